import {
  decode,
  decodeTimestampExtension,
  EXT_TIMESTAMP,
} from "@msgpack/msgpack";
import { type MakeDecoder, Opaque } from "../decoder.ts";
import { checkMsgpack, notMsgpack } from "./check_msgpack.ts";
import { toPlain } from "./plain_value.ts";

/** MessagePack (https://github.com/msgpack/msgpack/blob/master/spec.md). */
export const msgpackDecoder: MakeDecoder = () => ({ payload }) => {
  checkMsgpack(payload);
  let value: unknown;
  try {
    value = decode(payload, {
      extensionCodec: { tryToEncode: () => null, decode: readExtension },
      mapKeyConverter: nameOfKey,
      useBigInt64: true,
    });
  } catch (error) {
    throw notMsgpack((error as Error).message);
  }
  return toPlain(value);
};

function readExtension(data: Uint8Array, type: number): unknown {
  return type === EXT_TIMESTAMP
    ? decodeTimestampExtension(data)
    : new Opaque(`the extension ${type}`);
}

/** A key as the name of a field. */
function nameOfKey(key: unknown): string {
  if (typeof key === "object") throw new Error("a key that is no text");
  return `${key}`;
}
