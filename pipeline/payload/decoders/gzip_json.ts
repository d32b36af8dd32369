import { gunzipSync } from "node:zlib";
import type { MakeDecoder } from "../decoder.ts";
import { jsonDecoder } from "../json.ts";
import { Unreadable } from "../outcome.ts";

/** How many bytes a payload may unpack to: a megabyte can become a gigabyte. */
const MAX_UNPACKED = 4 * 1_048_576;

/** JSON, packed with gzip (RFC 1952). */
export const gzipJsonDecoder: MakeDecoder = (options) => {
  const decode = jsonDecoder(options);
  return (message, exact) =>
    decode({ ...message, payload: unpack(message.payload) }, exact);
};

function unpack(payload: Uint8Array): Uint8Array {
  try {
    return gunzipSync(payload, { maxOutputLength: MAX_UNPACKED });
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new Unreadable(
      code === "ERR_BUFFER_TOO_LARGE"
        ? `over ${MAX_UNPACKED} bytes once it is unpacked`
        : `not gzip: ${message}`,
    );
  }
}
