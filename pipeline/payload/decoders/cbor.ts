import { Buffer } from "node:buffer";
import { decode, type DecodeOptions, Simple, Tag } from "cbor2";
import { type MakeDecoder, Opaque } from "../decoder.ts";
import { Unreadable } from "../outcome.ts";
import { bytesOf, MAX_DEPTH, toPlain } from "./plain_value.ts";

/** How many bytes an integer may have: its digits are text. */
const MAX_INTEGER = 64;

/** Tags whose values JSON has, too (RFC 8949, 3.4). */
const TAGS: NonNullable<DecodeOptions["tags"]> = new Map([
  [0, ({ contents }) => contents], // a time, as text
  [
    1,
    ({ contents }) =>
      typeof contents === "number"
        ? new Date(Math.round(contents * 1000))
        : new Opaque("a time that cannot be"),
  ],
  [2, ({ contents }) => readInteger(contents, (value) => value)],
  [3, ({ contents }) => readInteger(contents, (value) => -1n - value)],
  [55799, ({ contents }) => contents], // This is CBOR.
]);

/** CBOR (RFC 8949). */
export const cborDecoder: MakeDecoder = () => ({ payload }) => {
  let value: unknown;
  try {
    value = decode(payload, {
      createObject,
      ignoreGlobalTags: true,
      maxDepth: MAX_DEPTH,
      tags: TAGS,
    });
  } catch (error) {
    throw new Unreadable(
      `not CBOR: ${
        error instanceof RangeError
          ? "it ends too early"
          : (error as Error).message
      }`,
    );
  }
  return toPlain(value, (found) => {
    if (found instanceof Tag) return `the tag ${found.tag}`;
    if (found instanceof Simple) return `the simple value ${found.value}`;
  });
};

function readInteger(
  contents: unknown,
  sign: (value: bigint) => bigint,
): bigint | Opaque {
  if (!(contents instanceof Uint8Array) || contents.length > MAX_INTEGER) {
    return new Opaque(
      contents instanceof Uint8Array
        ? `an integer of ${bytesOf(contents)}`
        : "an integer that is none",
    );
  }
  return sign(BigInt(`0x0${Buffer.from(contents).toString("hex")}`));
}

/** The names of fields may be numbers, as those of SenML are (RFC 8428, 6). */
function createObject(pairs: readonly (readonly unknown[])[]): object {
  const fields = new Map<string, unknown>();
  for (const [key, value] of pairs) {
    if (typeof key === "object") throw new Error("a key that is no text");
    const name = `${key as string}`;
    if (fields.has(name)) throw new Error(`two fields "${name}"`);
    fields.set(name, value);
  }
  return Object.fromEntries(fields);
}
