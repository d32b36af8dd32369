import { Buffer, isUtf8 } from "node:buffer";
import { Unreadable } from "./outcome.ts";

/**
 * The text of a payload. `Buffer` is several times as fast as a `TextDecoder` at
 * the size of a reading.
 *
 * @throws {Unreadable} if the payload is not UTF-8.
 */
export function decodeUtf8(payload: Uint8Array): string {
  const { buffer, byteOffset, length } = payload;
  const text = Buffer.isBuffer(payload)
    ? payload.toString()
    : Buffer.from(buffer, byteOffset, length).toString();
  // Decoding puts U+FFFD for what is not UTF-8; the payload may hold its own.
  if (text.includes("\ufffd") && !isUtf8(payload)) {
    throw new Unreadable("not UTF-8");
  }
  return text;
}

/** A text without a byte order mark, and without NULs and white space at its end. */
export function stripText(text: string): string {
  const start = text.charCodeAt(0) === 0xfeff ? 1 : 0;
  let end = text.length;
  // No regular expression: over many spaces one would take quadratic time.
  while (
    end > start &&
    (text.charCodeAt(end - 1) === 0 || text[end - 1].trim() === "")
  ) end--;
  return text.slice(start, end);
}
