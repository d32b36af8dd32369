const LF = 0x0a;
const QUOTE = 0x22;

/** One line of a CSV, or several where a quoted cell holds line breaks. */
export interface CsvRecord {
  /** The number of its first line, from 1. */
  line: number;
  /** Its text, with the line end where it has one. */
  text: string;
}

/**
 * Reads a CSV record by record, in bounded memory: a record of over 16 MiB is
 * cut into pieces.
 *
 * @example
 * ```ts
 * import { readRecords } from "./records.ts";
 *
 * const stream = ReadableStream.from([new TextEncoder().encode('a\r\n"b\n"\r\nc')]);
 * const records = await Array.fromAsync(readRecords(stream));
 * const lines = records.map(({ line }) => line).join();
 * if (lines !== "1,2,4") throw lines;
 * ```
 */
export async function* readRecords(
  stream: AsyncIterable<Uint8Array>,
): AsyncGenerator<CsvRecord> {
  const MAX = 16 * 1_048_576;
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  let rest = new Uint8Array();
  let quoted = false;
  let searched = 0;
  let line = 1;

  const record = (bytes: Uint8Array): CsvRecord => {
    const found = { line, text: decoder.decode(bytes) };
    for (const byte of bytes) if (byte === LF) line++;
    return found;
  };
  for await (const chunk of stream) {
    const bytes = new Uint8Array(rest.length + chunk.length);
    bytes.set(rest);
    bytes.set(chunk, rest.length);
    let start = 0;
    for (let at = searched; at < bytes.length; at++) {
      if (bytes[at] === QUOTE) quoted = !quoted;
      else if (bytes[at] === LF && !quoted) {
        yield record(bytes.subarray(start, at + 1));
        start = at + 1;
      }
    }
    rest = bytes.slice(start);
    if (rest.length > MAX) {
      yield record(rest);
      rest = new Uint8Array();
      quoted = false;
    }
    searched = rest.length;
  }
  if (rest.length > 0) yield record(rest);
}
