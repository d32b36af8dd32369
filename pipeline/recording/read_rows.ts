import { Buffer } from "node:buffer";
import { outsideQuotes } from "./quotes.ts";
import {
  faulty,
  formatOf,
  MAX_ROW,
  type ReadableFormat,
  type ReadRow,
  UNCLOSED,
} from "./row_format.ts";

/** A row of a file, or what is in its place. */
export type FileRow = ReadRow & {
  /** The number of its first line, from 1. */
  line: number;
  /** Its text, with the line end if it has one. */
  text: string;
};

/**
 * Reads the rows of a file, in bounded memory: a row of over 16 MiB is cut into
 * pieces. If a quote was lost, so that the rows that follow seem to be in a
 * cell, the next of them is read as a row of its own.
 */
export async function* readRows(
  stream: AsyncIterable<Uint8Array>,
  format: ReadableFormat,
): AsyncGenerator<FileRow> {
  /** What no row was made of yet, with a character for each byte. */
  let rest = "";
  let line = 1;

  /** The row that is at the beginning, and how much of the text it takes. */
  const take = (text: string): { row: FileRow; length: number } => {
    let row: FileRow = { line, ...readText(text, format) };
    let { length } = text;
    const next = row.fault && format.nextRow ? text.search(format.nextRow) : -1;
    if (next >= 0) {
      length = next + 1;
      row = { line, text: decode(text.slice(0, length)).text, ...UNCLOSED };
    }
    for (let at = 0; (at = text.indexOf("\n", at) + 1) > 0 && at <= length;) {
      line++;
    }
    return { row, length };
  };

  let state = { quoted: false };
  let searched = 0;
  for await (const { buffer, byteOffset, length } of stream) {
    rest += Buffer.from(buffer, byteOffset, length).toString("latin1");
    if (line === 1) format = formatOf(format, rest);
    let start = 0;
    for (;;) {
      let end = endOfRow(rest, format, state, start + searched);
      if (end < 0 && rest.length - start >= MAX_ROW) end = start + MAX_ROW;
      if (end < 0) break;
      const { row, length } = take(rest.slice(start, end));
      yield row;
      start += length;
      state = { quoted: false };
      searched = 0;
    }
    rest = rest.slice(start);
    searched = rest.length;
  }
  // The end closes no quote: rows may follow in what seems to be a cell.
  while (rest.length > 0) {
    const end = endOfRow(rest, format, { quoted: false }, 0);
    const { row, length } = take(end < 0 ? rest : rest.slice(0, end));
    yield row;
    rest = rest.slice(length);
  }
}

/** Where the row ends that begins before `from`, or -1. */
function endOfRow(
  text: string,
  { quotes }: ReadableFormat,
  state: { quoted: boolean },
  from: number,
): number {
  if (!quotes) return text.indexOf("\n", from) + 1 || -1;
  for (const end of outsideQuotes(text, "\n", state, from)) return end + 1;
  return -1;
}

const strict = new TextDecoder("utf-8", { ignoreBOM: true, fatal: true });
const lenient = new TextDecoder("utf-8", { ignoreBOM: true });

/** Text of bytes, a character each, and whether they are UTF-8. */
function decode(text: string): { text: string; isUtf8: boolean } {
  if (!/[\x80-\xff]/.test(text)) return { text, isUtf8: true };
  const bytes = Buffer.from(text, "latin1");
  try {
    return { text: strict.decode(bytes), isUtf8: true };
  } catch {
    return { text: lenient.decode(bytes), isUtf8: false };
  }
}

function readText(
  bytes: string,
  format: ReadableFormat,
): ReadRow & { text: string } {
  const { text, isUtf8 } = decode(bytes);
  if (!isUtf8) return { text, ...faulty("not UTF-8") };
  if (/^\s*\n$/.test(text)) return { text, ...faulty("an empty line") };
  return { text, ...format.read(text) };
}
