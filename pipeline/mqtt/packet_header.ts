import type { Buffer } from "node:buffer";

/** Where the packet at an offset has its body and its end (MQTT 5, 1.5.5). */
export function readHeader(
  chunk: Buffer,
  at: number,
): { body: number; end: number } | "cut" {
  const read = readLength(chunk, at + 1);
  if (read === "cut") return read;
  // No length: mqtt.js has an error for it, and for all that follows.
  if (!read) return { body: at, end: Infinity };
  return { body: read.body, end: read.body + read.length };
}

/** Reads a length and says where what it counts begins (MQTT 5, section 1.5.5). */
export function readLength(
  chunk: Buffer,
  from: number,
): { length: number; body: number } | "cut" | undefined {
  let length = 0;
  for (let at = from, factor = 1; at < from + 4; factor *= 128) {
    if (at >= chunk.length) return "cut";
    const byte = chunk[at++];
    length += (byte & 0x7f) * factor;
    if (byte < 0x80) return { length, body: at };
  }
  return undefined;
}

/** Writes a length. */
export function writeLength(length: number): number[] {
  const bytes = [];
  do {
    bytes.push(length % 128 + (length >= 128 ? 128 : 0));
    length = Math.floor(length / 128);
  } while (length > 0);
  return bytes;
}
