import { WeirError } from "../error.ts";
import { escape } from "../escape.ts";
import { writeAll } from "../write_all.ts";
import { fileError, refuseIrregular } from "./file_error.ts";
import { csvCell, timeCells } from "./formats/csv.ts";
import { openLocked } from "./open_locked.ts";
import { readCells } from "./quotes.ts";
import { readAt } from "./read_at.ts";

/** What a person noted of a moment of a recording. */
export interface TimeMark {
  /** When, in seconds since 1970. */
  ts: number;
  /** A line of text. */
  text: string;
}

const HEADER = "timestamp,datetime,text\r\n";

/** No mark is longer, in characters. */
const MAX_TEXT = 1000;

/** Of a larger file its end is read, in bytes. */
const MAX_READ = 4_000_000;

/** The name of the file that keeps the marks of a recording. */
export function marksPath(recording: string): string {
  return `${recording}.marks.csv`;
}

/**
 * Appends a mark to the marks of a recording, in `FILE.marks.csv`. Line breaks
 * in its text become spaces, and it is cut after 1,000 characters.
 *
 * @throws {WeirError} if the text is blank, or the file cannot be written or is
 * no file of marks.
 *
 * @example
 * ```ts
 * import { addMark, readMarks } from "../mod.ts";
 *
 * const recording = `${await Deno.makeTempDir()}/lab.csv`;
 * await addMark(recording, "lamp on", 1484535480.613);
 * const [{ ts, text }] = await readMarks(recording);
 * if (ts !== 1484535480.613 || text !== "lamp on") throw text;
 * ```
 */
export async function addMark(
  recording: string,
  text: string,
  ts: number = Date.now() / 1000,
): Promise<TimeMark> {
  const line = text.replace(/\s+/g, " ").trim().slice(0, MAX_TEXT);
  if (line === "") {
    throw new WeirError("ERR_WEIR_ARGUMENT", "A mark needs a text.");
  }
  const path = marksPath(recording);
  const inUse = `${escape(path)} is in use by another weir. Try again.`;
  try {
    using file = await openLocked(path, 0o644, inUse);
    const { size } = await file.stat();
    const start = new TextDecoder().decode(
      await readAt(file, 0, HEADER.length),
    );
    if (!isMarks(start)) {
      throw new WeirError(
        "ERR_WEIR_FILE_HEADER",
        `${
          escape(path)
        } has another header than ${HEADER.trim()}. Move it away.`,
        { facts: { path } },
      );
    }
    const last = new TextDecoder().decode(
      await readAt(file, Math.max(0, size - 1), 1),
    );
    await file.seek(0, Deno.SeekMode.End);
    // A crash or an editor may have left the last line without its end.
    const before = size === 0 ? HEADER : last === "\n" ? "" : "\r\n";
    const row = `${before}${timeCells(ts)}${csvCell(line)}\r\n`;
    await writeAll(file, new TextEncoder().encode(row));
  } catch (error) {
    throw fileError(path, error);
  }
  return { ts, text: line };
}

function isMarks(start: string): boolean {
  const [header] = start.replace(/^\ufeff/, "").split(/\r?\n/);
  return HEADER.startsWith(start) || header.startsWith(HEADER.trim());
}

/**
 * Resolves with the marks of a recording, the oldest first; none if it has no
 * file of marks. Lines that are no marks are passed over. Of a file of over
 * 4 MB the end is read.
 *
 * @throws {WeirError} if the file is there and cannot be read.
 */
export async function readMarks(recording: string): Promise<TimeMark[]> {
  const path = marksPath(recording);
  try {
    await refuseIrregular(path, "read");
    using file = await Deno.open(path);
    const { size } = await file.stat();
    const from = Math.max(0, size - MAX_READ);
    const bytes = await readAt(file, from, MAX_READ);
    return new TextDecoder().decode(bytes).split("\n")
      .flatMap(readMark).sort((a, b) => a.ts - b.ts);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw fileError(path, error, "read");
  }
}

function readMark(line: string): TimeMark[] {
  const cells = readCells(line.replace(/\r$/, ""));
  if (!Array.isArray(cells) || cells.length !== 3) return [];
  const [timestamp, , text] = cells;
  const ts = Number(timestamp);
  return timestamp !== "" && Number.isFinite(ts) ? [{ ts, text }] : [];
}
