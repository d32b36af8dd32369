import type { MakeDecoder } from "./decoder.ts";

/**
 * The names of decoders, which make values of payloads.
 *
 * @example
 * ```ts
 * import { DECODER_NAMES } from "../mod.ts";
 *
 * if (!DECODER_NAMES.includes("json")) throw DECODER_NAMES;
 * ```
 */
export const DECODER_NAMES = [
  "json",
  "text",
  "csv",
  "msgpack",
  "cbor",
  "sparkplug",
  "gzip+json",
] as const;

/** The name of a decoder. */
export type DecoderName = typeof DECODER_NAMES[number];

/** The decoders, each loaded when a rule asks for it. */
export const DECODERS: Record<DecoderName, () => Promise<MakeDecoder>> = {
  json: async () => (await import("./json.ts")).jsonDecoder,
  text: async () => (await import("./text.ts")).textDecoder,
  csv: async () => (await import("./decoders/csv_cells.ts")).csvDecoder,
  msgpack: async () => (await import("./decoders/msgpack.ts")).msgpackDecoder,
  cbor: async () => (await import("./decoders/cbor.ts")).cborDecoder,
  sparkplug: async () =>
    (await import("./decoders/sparkplug.ts")).sparkplugDecoder,
  "gzip+json": async () =>
    (await import("./decoders/gzip_json.ts")).gzipJsonDecoder,
};
