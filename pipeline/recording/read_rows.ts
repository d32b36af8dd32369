import { Buffer } from "node:buffer";
import { outsideQuotes } from "./quotes.ts";
import {
  faulty,
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

/** Rows of a file that were read together. */
export interface FileRows {
  /** The rows, the header among them. */
  rows: FileRow[];
  /** The format of the file. */
  format: ReadableFormat;
}

/**
 * Reads the rows of a file, in bounded memory: a row of over 16 MiB is cut into
 * pieces. Its beginning says in which format. If a quote was lost, so that the
 * rows that follow seem to be in a cell, the next of them is read as a row of
 * its own.
 */
export async function* readRows(
  stream: AsyncIterable<Uint8Array>,
  formatOf: (beginning: string) => ReadableFormat,
): AsyncGenerator<FileRows> {
  /** What no row was made of yet, with a character for each byte. */
  let rest = "";
  let line = 1;
  let format: ReadableFormat | undefined;

  /** The row that is at the beginning, and how much of the text it takes. */
  const take = (
    text: string,
    format: ReadableFormat,
    isAscii: boolean,
  ): { row: FileRow; length: number } => {
    const row = readText(text, line, format, isAscii);
    const next = row.fault && format.nextRow ? text.search(format.nextRow) : -1;
    if (next >= 0) {
      const length = next + 1;
      const { text: own } = decode(text.slice(0, length));
      const cut = { line, text: own, ...UNCLOSED };
      line += countLines(text, length);
      return { row: cut, length };
    }
    line += countLines(text, text.length);
    return { row, length: text.length };
  };

  let state = { quoted: false };
  let searched = 0;
  for await (const { buffer, byteOffset, length } of stream) {
    rest += Buffer.from(buffer, byteOffset, length).toString("latin1");
    if (!rest.includes("\n") && rest.length < MAX_ROW) continue;
    format ??= formatOf(firstLine(rest));
    const isAscii = !BEYOND_ASCII.test(rest);
    const rows: FileRow[] = [];
    let start = 0;
    let quote = format.quotes ? rest.indexOf('"') : -1;
    for (;;) {
      if (quote >= 0 && quote < start) quote = rest.indexOf('"', start);
      const from = start + searched;
      const lineEnd = rest.indexOf("\n", from);
      // Without a quote before it, it is outside of quotes.
      const isPlain = lineEnd >= 0 && (quote < 0 || lineEnd < quote);
      let end = isPlain ? lineEnd + 1 : endOfRow(rest, format, state, from);
      const usual = isPlain && isAscii
        ? format.readUsual?.(rest, start, end)
        : undefined;
      if (usual) {
        rows.push({ line, text: rest.slice(start, end), row: usual });
        line++;
        start = end;
        searched = 0;
        continue;
      }
      if (end < 0 && rest.length - start >= MAX_ROW) end = start + MAX_ROW;
      if (end < 0) break;
      const { row, length } = take(rest.slice(start, end), format, isAscii);
      rows.push(row);
      start += length;
      state = { quoted: false };
      searched = 0;
    }
    rest = rest.slice(start);
    searched = rest.length;
    if (rows.length > 0) yield { rows, format };
  }
  // The end closes no quote: rows may follow in what seems to be a cell.
  format ??= formatOf(firstLine(rest));
  const rows: FileRow[] = [];
  while (rest.length > 0) {
    const end = endOfRow(rest, format, { quoted: false }, 0);
    const text = end < 0 ? rest : rest.slice(0, end);
    const { row, length } = take(text, format, false);
    rows.push(row);
    rest = rest.slice(length);
  }
  if (rows.length > 0) yield { rows, format };
}

/** The first line that is not empty, as far as it is there. */
function firstLine(bytes: string): string {
  const [line = ""] = /[^\r\n][^\n]*\n?/.exec(bytes) ?? [];
  return decode(line).text;
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

function countLines(text: string, length: number): number {
  let lines = 0;
  for (let at = 0; (at = text.indexOf("\n", at) + 1) > 0 && at <= length;) {
    lines++;
  }
  return lines;
}

const BEYOND_ASCII = /[\x80-\xff]/;

const strict = new TextDecoder("utf-8", { ignoreBOM: true, fatal: true });
const lenient = new TextDecoder("utf-8", { ignoreBOM: true });

/** Text of bytes, a character each, and whether they are UTF-8. */
function decode(text: string): { text: string; isUtf8: boolean } {
  if (!BEYOND_ASCII.test(text)) return { text, isUtf8: true };
  const bytes = Buffer.from(text, "latin1");
  try {
    return { text: strict.decode(bytes), isUtf8: true };
  } catch {
    return { text: lenient.decode(bytes), isUtf8: false };
  }
}

function readText(
  bytes: string,
  line: number,
  format: ReadableFormat,
  isAscii: boolean,
): FileRow {
  const { text, isUtf8 } = isAscii
    ? { text: bytes, isUtf8: true }
    : decode(bytes);
  const read = !isUtf8
    ? faulty("not UTF-8")
    : text.trimStart() === "" && text.endsWith("\n")
    ? faulty("an empty line")
    : format.read(text);
  return { line, text, ...read } as FileRow;
}
