import { Buffer } from "node:buffer";
import { readLength, writeLength } from "./packet_header.ts";

/** A PUBLISH of which the beginning is taken in. */
export interface CutPacket {
  /** The packet with the beginning of its payload, and a length to match. */
  packet: Buffer;
  /** How many bytes its payload has. */
  size: number;
}

/** How much of a payload is taken in, in bytes: what a reject keeps. */
const KEPT = 4096;

/** So long, in bytes, may a topic and properties be, 64 KiB each. */
const OVERHEAD = 131_072;

/** The longest packet that is taken in whole, by the largest payload. */
export function longestPacket(maxPayload: number): number {
  return Math.max(maxPayload, 1_048_576) + OVERHEAD;
}

/** So much of a packet has to be there before it can be cut. */
export const CUT_FROM = OVERHEAD + KEPT;

/**
 * Cuts a PUBLISH that is too long to be taken in (MQTT 5, section 3.3): from
 * `at` to `end`, of which `chunk` has the beginning. Returns nothing if it is no
 * PUBLISH, or has so many properties that there is no payload in sight.
 */
export function cutPacket(
  chunk: Buffer,
  { at, body, end }: { at: number; body: number; end: number },
  version: 3 | 5,
): CutPacket | undefined {
  const head = chunk[at];
  if (head >> 4 !== 3) return undefined;
  let payload = body + 2 + chunk.readUInt16BE(body);
  if (head & 6) payload += 2;
  if (version === 5) {
    const properties = readLength(chunk, payload);
    if (!properties || properties === "cut") return undefined;
    payload = properties.body + properties.length;
  }
  const kept = payload + KEPT;
  if (kept > chunk.length || kept > end) return undefined;
  const rest = chunk.subarray(body, kept);
  const packet = Buffer.concat([
    Buffer.from([head, ...writeLength(rest.length)]),
    rest,
  ]);
  return { packet, size: end - payload };
}
