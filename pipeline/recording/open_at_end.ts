import { Buffer } from "node:buffer";
import { WeirError } from "../error.ts";
import { writeAll } from "../write_all.ts";
import { fileError, refuseIrregular } from "./file_error.ts";
import { formatFor } from "./formats/format_for.ts";
import { openLocked } from "./open_locked.ts";
import { readAt } from "./read_at.ts";
import { beginsInQuotes, outsideQuotes } from "./quotes.ts";
import { formatOf, MAX_ROW, type RowFormat } from "./row_format.ts";
import { say } from "../say.ts";

/** How a recording's file is opened. */
export interface OpenOptions {
  /** Whether to replace what is there, at the first write. */
  overwrite?: boolean;
  /** Takes what a person should know of it. Default: stderr. */
  log?: (text: string) => void;
}

/**
 * Opens a recording's file for writing at its end: creates it with its header,
 * or checks that it is of its format. A row that a crash left torn is moved into
 * `FILE.torn`. The file is locked against a second recorder until it is closed.
 *
 * @throws {WeirError} if it cannot be opened, is of another format, or is in use
 * by another recorder.
 */
export async function openAtEnd(
  path: string,
  format: RowFormat,
  { overwrite = false, log = say }: OpenOptions = {},
  help?: "overwrite",
): Promise<Deno.FsFile> {
  const file = await openLocked(
    path,
    0o644,
    `${path} is being recorded by another weir. Stop that one, or record to another file.`,
  );
  try {
    // What is to be overwritten stays until there is something to write.
    const { size } = await file.stat();
    if (!overwrite || size === 0) {
      await refuseForeign(file, path, format, help);
      await prepare(file, path, format, size, log);
    }
    return file;
  } catch (error) {
    file.close();
    throw fileError(path, error);
  }
}

async function refuseForeign(
  file: Deno.FsFile,
  path: string,
  format: RowFormat,
  help?: string,
): Promise<void> {
  if (format.begins(await beginningOf(file))) return;
  const what = format.header
    ? `has another header than ${format.header.trim()}`
    : "does not begin with a row of this format";
  throw new WeirError(
    "ERR_WEIR_FILE_HEADER",
    `${path} ${what}. Record to another file.`,
    { facts: { path, help } },
  );
}

/** Leaves the file with a header and whole rows, positioned at its end. */
async function prepare(
  file: Deno.FsFile,
  path: string,
  format: RowFormat,
  size: number,
  log: (text: string) => void,
): Promise<void> {
  const end = await findEnd(file, size, format);
  if (end < size) await moveTorn(file, path, format, { end, size }, log);
  await file.seek(end, Deno.SeekMode.Start);
  if (end === 0) await writeAll(file, new TextEncoder().encode(format.header));
}

/**
 * Resolves with whether a file is a recording of the format that its name says,
 * or the torn beginning of one; with `undefined` if there is no such file.
 *
 * @throws {WeirError} if it cannot be read, or is no regular file.
 *
 * @example
 * ```ts
 * import { isRecording } from "../mod.ts";
 *
 * const path = await Deno.makeTempFile({ suffix: ".csv" });
 * await Deno.writeTextFile(path, "time,value\r\n");
 * if (await isRecording(path)) throw path;
 * if (await isRecording(`${path}.none`) !== undefined) throw path;
 * ```
 */
export async function isRecording(
  path: string,
  format?: RowFormat,
): Promise<boolean | undefined> {
  try {
    await refuseIrregular(path, "write");
    using file = await Deno.open(path);
    const text = await beginningOf(file);
    return (format ?? formatOf(formatFor(path), text)).begins(text);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw fileError(path, error);
  }
}

/** The text that a file begins with, without the zeros of a loss of power. */
async function beginningOf(file: Deno.FsFile): Promise<string> {
  const text = new TextDecoder().decode(await readAt(file, 0, 1024));
  return text.replace(/\0+$/, "");
}

/**
 * Resolves with the format in which a file goes on: its own header decides, if
 * it has one.
 */
export async function formatOfFile<F extends RowFormat>(
  path: string,
  format: F,
  log: (text: string) => void = say,
): Promise<F> {
  let own: F;
  try {
    await refuseIrregular(path, "write");
    using file = await Deno.open(path);
    own = formatOf(format, await beginningOf(file));
  } catch {
    // Whoever opens it reports that.
    return format;
  }
  if (own !== format) {
    log(`${path} has the columns ${own.header.trim()}, and keeps them.`);
  }
  return own;
}

/** How many bytes of a file's end are looked at together. */
const PIECE = 1_048_576;

const [LF, QUOTE] = [0x0a, 0x22];

/** Where the last whole row in a file ends. */
async function findEnd(
  file: Deno.FsFile,
  size: number,
  { quotes }: RowFormat,
): Promise<number> {
  const from = Math.max(0, size - MAX_ROW);
  const memory = new Uint8Array(Math.min(PIECE, size - from));
  let lineEnd = -1;
  let hasQuote = false;
  for (let to = size; to > from && !hasQuote; to -= PIECE) {
    const at = Math.max(from, to - PIECE);
    const bytes = await readAt(file, at, to - at, memory);
    if (lineEnd < 0) {
      const found = bytes.lastIndexOf(LF);
      if (found >= 0) lineEnd = at + found;
    }
    if (!quotes && lineEnd >= 0) break;
    hasQuote = quotes && bytes.includes(QUOTE);
  }
  // No row is longer: without a quote in it, it ends outside of quotes.
  if (!hasQuote && (lineEnd >= 0 || from === 0)) return lineEnd + 1;
  const inTail = from > 0 ? await findEndFrom(file, from, size) : undefined;
  if (inTail !== undefined) return inTail;
  const state = { quoted: false };
  let end = 0;
  for (let at = 0; at < size; at += MAX_ROW) {
    const text = await readText(file, at, Math.min(MAX_ROW, size - at));
    for (const lineEnd of outsideQuotes(text, "\n", state)) {
      end = at + lineEnd + 1;
    }
  }
  return end;
}

/** The same, found in a part of the file alone if its quotes allow that. */
async function findEndFrom(
  file: Deno.FsFile,
  from: number,
  size: number,
): Promise<number | undefined> {
  const part = await readText(file, from, size - from);
  const start = part.indexOf("\n") + 1;
  const text = part.slice(start);
  const quoted = start > 0 ? beginsInQuotes(text) : undefined;
  if (quoted === undefined) return undefined;
  let last: number | undefined;
  for (const lineEnd of outsideQuotes(text, "\n", { quoted })) last = lineEnd;
  return last === undefined ? undefined : from + start + last + 1;
}

/** Reads a part of a file, as text with a character for each byte. */
async function readText(
  file: Deno.FsFile,
  from: number,
  size: number,
): Promise<string> {
  const bytes = await readAt(file, from, size);
  return Buffer.from(bytes.buffer, 0, bytes.length).toString("latin1");
}

/** Moves what follows the last whole row into `FILE.torn`. */
async function moveTorn(
  file: Deno.FsFile,
  path: string,
  { nextRow, quotes }: RowFormat,
  { end, size }: { end: number; size: number },
  log: (text: string) => void,
): Promise<void> {
  const endless = () =>
    new WeirError(
      "ERR_WEIR_FILE_QUOTE",
      `${path} has a ${
        quotes ? "quote that is never closed" : "row that never ends"
      }, after byte ${end}. Mend that line, or record to another file.`,
      { facts: { path, offset: end } },
    );
  // No row is that long, so it is not for reading into memory.
  if (size - end > MAX_ROW) throw endless();
  const torn = await readAt(file, end, size - end);
  // A crash tears one row. If rows follow, a quote was lost some other way,
  // and cutting there would take good rows out of the recording.
  if (nextRow?.test(new TextDecoder().decode(torn))) throw endless();
  await Deno.writeFile(`${path}.torn`, torn, { append: true });
  await file.truncate(end);
  log(
    `${path} ended in a torn row: moved its ${torn.length} bytes to ${path}.torn`,
  );
}
