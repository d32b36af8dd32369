import { isUtf8 } from "node:buffer";
import { createHash } from "node:crypto";
import type { Reject } from "../event.ts";

/** How much of a payload a reject keeps, in bytes: of text, and of what is none. */
const MAX_TEXT = 4096;
const MAX_BINARY = 256;

/**
 * A reject with no more of its payload than is worth keeping, and with its size
 * and SHA-256 if that is not all of it. Its payload is a copy: a view would keep
 * all that came with it in memory.
 */
export function boundReject(reject: Reject): Reject {
  const { payload, bytes } = reject;
  const { length } = payload;
  const max = length > MAX_BINARY && !isUtf8(payload) ? MAX_BINARY : MAX_TEXT;
  const bounded = { ...reject, payload: payload.slice(0, max) };
  // What was not taken in whole has no SHA-256 that anybody knows.
  if (length <= max || bytes !== undefined) return bounded;
  const sha256 = createHash("sha256").update(payload).digest("hex");
  return { ...bounded, bytes: length, sha256 };
}
