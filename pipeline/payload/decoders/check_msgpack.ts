import { isUtf8 } from "node:buffer";
import { Unreadable } from "../outcome.ts";

/** What follows the first bytes 0xc0 to 0xdf of a value. */
const KINDS = [
  { bytes: 0 }, // nil
  undefined, // 0xc1 is never used.
  { bytes: 0 }, // false
  { bytes: 0 }, // true
  { length: 1, per: 1 }, // bytes: their number
  { length: 2, per: 1 },
  { length: 4, per: 1 },
  { length: 1, per: 1, bytes: 1 }, // an extension: a number of bytes, its type
  { length: 2, per: 1, bytes: 1 },
  { length: 4, per: 1, bytes: 1 },
  { bytes: 4 }, // float 32
  { bytes: 8 }, // float 64
  { bytes: 1 }, // uint 8 to 64
  { bytes: 2 },
  { bytes: 4 },
  { bytes: 8 },
  { bytes: 1 }, // int 8 to 64
  { bytes: 2 },
  { bytes: 4 },
  { bytes: 8 },
  { bytes: 2 }, // an extension of 1 to 16 bytes: its type first
  { bytes: 3 },
  { bytes: 5 },
  { bytes: 9 },
  { bytes: 17 },
  { length: 1, per: 1, text: true }, // text: the number of its bytes
  { length: 2, per: 1, text: true },
  { length: 4, per: 1, text: true },
  { length: 2, values: 1 }, // an array: the number of its elements
  { length: 4, values: 1 },
  { length: 2, values: 2 }, // a map: the number of its pairs
  { length: 4, values: 2 },
] as const;

/** A value's kind, and the number that its first byte holds. */
function kindOf(first: number): [Kind | undefined, number] {
  if (first < 0x80 || first >= 0xe0) return [{}, 0];
  if (first < 0x90) return [{ values: 2 }, first & 15];
  if (first < 0xa0) return [{ values: 1 }, first & 15];
  if (first < 0xc0) return [{ per: 1, text: true }, first & 31];
  return [KINDS[first - 0xc0], 0];
}

interface Kind {
  /** How many bytes the number has that follows the first byte. */
  length?: 1 | 2 | 4;
  /** How many bytes there are for each of that number. */
  per?: 1;
  /** How many bytes there are besides. */
  bytes?: number;
  /** How many values there are for each of that number. */
  values?: 1 | 2;
  /** Whether the bytes are text. */
  text?: boolean;
}

/**
 * Checks that a payload is one value of MessagePack, whole, before a library
 * makes room for it: five bytes can announce an array of 4 billion elements, and
 * a thousand such arrays can lie in each other.
 *
 * @throws {Unreadable} if it is not.
 */
export function checkMsgpack(payload: Uint8Array): void {
  const { buffer, byteOffset, length } = payload;
  const view = new DataView(buffer, byteOffset, length);
  let at = 0;
  const skip = (bytes: number) => {
    if (bytes > length - at) throw notMsgpack("it ends too early");
    at += bytes;
    return at - bytes;
  };
  for (let values = 1; values > 0; values--) {
    const start = skip(1);
    let [kind, number] = kindOf(payload[start]);
    if (!kind) throw notMsgpack(`unexpected 0xc1 at ${start}`);
    if (kind.length === 1) number = view.getUint8(skip(1));
    if (kind.length === 2) number = view.getUint16(skip(2));
    if (kind.length === 4) number = view.getUint32(skip(4));
    const from = skip((kind.bytes ?? 0) + number * (kind.per ?? 0));
    if (kind.text && !isUtf8(payload.subarray(from, at))) {
      throw notMsgpack(`text that is not UTF-8 at ${from}`);
    }
    values += number * (kind.values ?? 0);
    // Each value has one byte at least.
    if (values - 1 > length - at) throw notMsgpack("it ends too early");
  }
  if (at < length) throw notMsgpack(`more after its end, at ${at}`);
}

/** The error of a payload that is not MessagePack. */
export function notMsgpack(reason: string): Unreadable {
  return new Unreadable(`not MessagePack: ${reason}`);
}
