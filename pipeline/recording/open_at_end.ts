import { WeirError } from "../error.ts";
import { writeAll } from "../write_all.ts";
import { fileError } from "./file_error.ts";
import { openLocked } from "./open_locked.ts";
import { readAt } from "./read_at.ts";
import { HEADER, isHeader, type RowOptions } from "./row_format.ts";

/** How a recording's file is opened. */
export interface OpenOptions extends RowOptions {
  /** Whether to replace what is there, at the first write. */
  overwrite?: boolean;
  /** Takes what a person should know of it. Default: stderr. */
  log?: (text: string) => void;
}

const HEADER_BYTES = new TextEncoder().encode(HEADER);
const LF = 0x0a;
const QUOTE = 0x22;
const CHUNK = 1_048_576;

/** No row is longer, in bytes: that is far more than a payload may be. */
const MAX_ROW = 16 * 1_048_576;

/**
 * Opens a recording's file for writing at its end: creates it with its header,
 * or checks the header that it has. A row that a crash left torn is moved into
 * `FILE.torn`. The file is locked against a second recorder until it is closed.
 *
 * @throws {WeirError} where it cannot be opened, has another header, or is in
 * use by another recorder.
 *
 * @example
 * ```ts
 * import { openFile } from "./open_at_end.ts";
 *
 * const path = `${await Deno.makeTempDir()}/test.csv`;
 * (await openFile(path)).close();
 * const text = await Deno.readTextFile(path);
 * if (text !== "timestamp,datetime,sensor_id,value\r\n") throw new Error(text);
 * ```
 */
export async function openFile(
  path: string,
  { overwrite = false, log = console.error }: OpenOptions = {},
): Promise<Deno.FsFile> {
  const file = await openLocked(
    path,
    0o644,
    `${path} is being recorded by another weir. Stop that one, or record to another file.`,
  );
  try {
    // What is to be overwritten stays until there is something to write.
    const { size } = await file.stat();
    if (!overwrite || size === 0) await prepare(file, path, log);
    return file;
  } catch (error) {
    file.close();
    throw fileError(path, error);
  }
}

/** Leaves the file with a header and whole rows, positioned at its end. */
async function prepare(
  file: Deno.FsFile,
  path: string,
  log: (text: string) => void,
): Promise<void> {
  if (!await beginsAsRecording(file)) {
    throw new WeirError(
      "ERR_WEIR_FILE_HEADER",
      `${path} has another header than ${HEADER.trim()}. Record to another file, or replace this one with --overwrite.`,
    );
  }
  const { end, size } = await scan(file);
  if (end < size) await moveTorn(file, path, end, size, log);
  await file.seek(end, Deno.SeekMode.Start);
  if (end === 0) await writeAll(file, HEADER_BYTES);
}

/**
 * Empties a file and writes the header.
 *
 * @example
 * ```ts
 * import { openFile, startAnew } from "./open_at_end.ts";
 *
 * const path = await Deno.makeTempFile();
 * const file = await openFile(path, { overwrite: true });
 * await startAnew(file);
 * file.close();
 * ```
 */
export async function startAnew(file: Deno.FsFile): Promise<void> {
  await file.truncate();
  await file.seek(0, Deno.SeekMode.Start);
  await writeAll(file, HEADER_BYTES);
}

/**
 * Whether a file begins as a recording does, and may so be replaced by one: it
 * has the header, is empty, or a crash came in the middle of the first line.
 *
 * @example
 * ```ts
 * import { beginsAsRecording } from "./open_at_end.ts";
 *
 * const path = await Deno.makeTempFile();
 * await Deno.writeTextFile(path, "time,value\r\n");
 * using file = await Deno.open(path);
 * if (await beginsAsRecording(file)) throw path;
 * ```
 */
export async function beginsAsRecording(file: Deno.FsFile): Promise<boolean> {
  const begin = await readAt(file, 0, 1024);
  const newline = begin.indexOf(LF);
  const length = newline < 0 ? begin.length : newline + 1;
  const header = new TextDecoder().decode(begin.subarray(0, length));
  return isHeader(header) || HEADER.startsWith(header);
}

/** Reads through the file: where its last whole row ends. */
async function scan(
  file: Deno.FsFile,
): Promise<{ end: number; size: number }> {
  let size = 0;
  let end = 0;
  let quoted = false;
  const buffer = new Uint8Array(CHUNK);
  await file.seek(0, Deno.SeekMode.Start);
  for (let read; (read = await file.read(buffer)) !== null; size += read) {
    const chunk = buffer.subarray(0, read);
    for (let from = 0; from < read;) {
      const quote = chunk.indexOf(QUOTE, from);
      const to = quote < 0 ? read : quote;
      if (!quoted) {
        const newline = chunk.subarray(from, to).lastIndexOf(LF);
        if (newline >= 0) end = size + from + newline + 1;
      }
      if (quote >= 0) quoted = !quoted;
      from = to + 1;
    }
  }
  return { end, size };
}

/** A row of a recording that follows another one. */
const ROW = /\n-?\d+\.\d{3},/;

/** Moves what follows the last whole row into `FILE.torn`. */
async function moveTorn(
  file: Deno.FsFile,
  path: string,
  end: number,
  size: number,
  log: (text: string) => void,
): Promise<void> {
  const unclosed = () =>
    new WeirError(
      "ERR_WEIR_FILE_QUOTE",
      `${path} has a quote that is never closed, after byte ${end}. Mend that line, or record to another file.`,
    );
  // No row is that long, so it is not for reading into memory.
  if (size - end > MAX_ROW) throw unclosed();
  const torn = await readAt(file, end, size - end);
  // A crash tears one row. Where rows follow, a quote was lost some other way,
  // and cutting there would take good rows out of the recording.
  if (ROW.test(new TextDecoder().decode(torn))) {
    throw unclosed();
  }
  await Deno.writeFile(`${path}.torn`, torn, { append: true });
  await file.truncate(end);
  log(
    `${path} ended in a torn row: moved its ${torn.length} bytes to ${path}.torn`,
  );
}
