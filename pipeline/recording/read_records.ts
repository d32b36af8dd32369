import { faulty, type ReadRow, readRow, UNCLOSED } from "./read_row.ts";

const LF = 0x0a;
const QUOTE = 0x22;

/** No record is longer, in bytes: what is longer is cut into pieces. */
const MAX = 16 * 1_048_576;

/** One line of a CSV, or several where a quoted cell holds line breaks. */
export type CsvRecord = ReadRow & {
  /** The number of its first line, from 1. */
  line: number;
  /** Its text, with the line end where it has one. */
  text: string;
};

/**
 * Reads a recording record by record, in bounded memory: a record of over 16 MiB
 * is cut into pieces. Where a quote was lost, so that the rows that follow seem
 * to be in a cell, the next of them is read as a row of its own.
 *
 * @example
 * ```ts
 * import { readRecords } from "./read_records.ts";
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
  let rest = new Uint8Array();
  let quoted = false;
  let searched = 0;
  let line = 1;

  /** What is at the beginning of these bytes, and how many of them it takes. */
  const take = (bytes: Uint8Array): { record: CsvRecord; length: number } => {
    let record = { line, ...read(bytes) };
    let { length } = bytes;
    const lost = record.fault && bytes.indexOf(LF) < length - 1
      ? findRow(bytes)
      : undefined;
    if (lost !== undefined) {
      length = lost;
      const { text } = read(bytes.subarray(0, length));
      record = { line, text, ...faulty(...UNCLOSED) };
    }
    for (let at = 0; at < length; at++) if (bytes[at] === LF) line++;
    return { record, length };
  };

  for await (const chunk of stream) {
    const bytes = new Uint8Array(rest.length + chunk.length);
    bytes.set(rest);
    bytes.set(chunk, rest.length);
    let start = 0;
    for (let at = searched; at < bytes.length; at++) {
      if (bytes[at] === QUOTE) quoted = !quoted;
      const ends = bytes[at] === LF && !quoted;
      if (!ends && at - start < MAX) continue;
      const { record, length } = take(bytes.subarray(start, at + 1));
      yield record;
      start += length;
      at = start - 1;
      quoted = false;
    }
    rest = bytes.slice(start);
    searched = rest.length;
  }
  // The end closes no quote: rows may follow in what seems to be a cell.
  while (rest.length > 0) {
    const { record, length } = take(rest.subarray(0, endOfRecord(rest)));
    yield record;
    rest = rest.subarray(length);
  }
}

/** Where the first record ends, at the latest with the bytes. */
function endOfRecord(bytes: Uint8Array): number {
  let quoted = false;
  for (let at = 0; at < bytes.length; at++) {
    if (bytes[at] === QUOTE) quoted = !quoted;
    else if (bytes[at] === LF && !quoted) return at + 1;
  }
  return bytes.length;
}

const strict = new TextDecoder("utf-8", { ignoreBOM: true, fatal: true });
const lenient = new TextDecoder("utf-8", { ignoreBOM: true });

function read(bytes: Uint8Array): ReadRow & { text: string } {
  try {
    const text = strict.decode(bytes);
    return { text, ...readRow(text) };
  } catch {
    return { text: lenient.decode(bytes), ...faulty("not UTF-8") };
  }
}

/** The times of a row, at the beginning of a line that is not the first. */
const ROW =
  /\n"?-?\d+(?:\.\d+)?"?,"?[+-]?\d{4,6}-\d\d-\d\dT\d\d:\d\d:[\d.]+Z"?,/;

/** Where the first line begins that looks like a row, after the first one. */
function findRow(bytes: Uint8Array): number | undefined {
  // A character a byte, so that both are counted alike.
  const at = new TextDecoder("latin1").decode(bytes).search(ROW);
  return at < 0 ? undefined : at + 1;
}
