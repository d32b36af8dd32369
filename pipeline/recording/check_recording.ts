import { fileError, refuseIrregular } from "./file_error.ts";
import { checkLedgers } from "../durable/check_ledger.ts";
import { readAt } from "./read_at.ts";
import { findPacked, readBytes } from "./read_bytes.ts";
import { readRows } from "./read_rows.ts";
import { counted, grouped } from "../counted.ts";
import { WeirError } from "../error.ts";
import { createIntervals, type Intervals } from "../series/intervals.ts";
import { shorten } from "../shorten.ts";
import { endOfTimes, timeText, whyOdd } from "../odd_times.ts";
import { formatToRead } from "./format_to_read.ts";
import type { Row } from "./row_format.ts";

/** Something that is off in a recording. */
export interface Problem {
  /** The line, from 1; left out if it is about the whole file. */
  line?: number;
  /** What, for a person to read. */
  text: string;
  /** What kind of problem it is: `gap`, `torn row`. */
  kind: string;
  /** Whether the line is no row of its own, and a repaired copy goes without. */
  drop: boolean;
}

/** What a check found. */
export interface CheckResult {
  /** How many whole rows there are. */
  rows: number;
  /** How many problems there are. */
  problems: number;
  /**
   * The data capture of each sensor that sent regularly: the share of its usual
   * intervals that have a reading, from 0 to 1, as `readSeries()` counts it.
   */
  captures: { id: string; share: number }[];
}

/** What is done with what a check finds, as it goes. */
export interface CheckOptions {
  /** Takes each problem. */
  onProblem: (problem: Problem) => void;
  /** Takes the text of each row that is in order, and of the header. */
  onRow?: (text: string) => Promise<void>;
  /** Takes what each row says. */
  onReading?: (row: Row) => void;
}

/**
 * Checks a recording, by the format that its name says: its header; that every
 * line is a whole row with a time, a sensor id and a value; that a sensor's time
 * does not run backwards; gaps in what a sensor sent regularly; rows that are
 * there again, with the same time; times that cannot be (before 2010, after next
 * year); and what a ledger beside it says of it.
 * Memory is bounded: of more than 10,000 sensors, and of as many rows of one
 * time, the first are compared.
 *
 * @throws {WeirError} if the file cannot be read.
 *
 * @example
 * ```ts
 * import { checkRecording } from "../mod.ts";
 *
 * const path = `${await Deno.makeTempDir()}/test.csv`;
 * await Deno.writeTextFile(path, "timestamp,datetime,sensor_id,value\r\n1.0,");
 * const found: string[] = [];
 * await checkRecording(path, { onProblem: ({ line, text }) => found.push(`${line}: ${text}`) });
 * if (found[0] !== "2: torn: it has no line end") throw found;
 * ```
 */
export async function checkRecording(
  path: string,
  { onProblem, onRow, onReading }: CheckOptions,
): Promise<CheckResult> {
  const stream = await open(path);
  let problems = 0;
  let count = 0;
  const tell = (problem: Omit<Problem, "drop">, drop = false) => {
    problems++;
    onProblem({ ...problem, drop });
  };
  const history = createHistory(tell);
  const choose = (beginning: string) => formatToRead(path, beginning);
  let { header } = choose("");
  let first = header !== "";
  for await (const { rows, format } of readRows(stream, choose)) {
    header = format.header;
    for (const { line, text, row, fault } of rows) {
      if (first && text.trim() !== "") {
        first = false;
        await onRow?.(header);
        if (text.endsWith("\n") && format.begins(text)) continue;
        const wrong = `the header is not ${header.trim()}`;
        tell({ line, text: wrong, kind: "wrong header" }, fault !== undefined);
        if (fault) continue;
      }
      if (fault) {
        tell({ line, ...fault }, true);
        continue;
      }
      count++;
      if (onRow) await onRow(text.replace(/\r?\n$/, format.lineEnd));
      history.add(line, row);
      onReading?.(row);
    }
  }
  const captures = history.end();
  if (first) {
    await onRow?.(header);
    tell({ text: "it is empty: it has no header", kind: "wrong header" });
  }
  for (const problem of await checkLedgers(path)) tell(problem);
  return { rows: count, problems, captures };
}

/** So many bytes of a file are looked at for whether it is a recording. */
const BEGINNING = 65_536;

/**
 * Refuses a file that begins with another header and has few rows: each line of
 * somebody's README would be a problem.
 */
async function refuseForeign(path: string, file: Deno.FsFile): Promise<void> {
  const bytes = await readAt(file, 0, BEGINNING);
  await file.seek(0, Deno.SeekMode.Start);
  const text = new TextDecoder().decode(bytes);
  const format = formatToRead(path, text);
  const [first, ...lines] = text.split(/(?<=\n)/);
  // A row that is cut off, or too long to look at, says nothing.
  if (lines.length === 0 || format.begins(text)) return;
  const rows = lines.filter((line) => !format.read(line).fault).length;
  if (rows * 2 >= lines.length) return;
  file.close();
  const header = format.header.trim();
  throw new WeirError(
    "ERR_WEIR_FILE_HEADER",
    `${path} is no recording of weir: it begins with ${
      JSON.stringify(shorten(first.trim(), 40))
    }, and ${rows === 0 ? "none" : rows} of the ${
      counted(lines.length, "line")
    } after that ${rows > 1 ? "are rows" : "is a row"}${
      header === "" ? "" : ` of ${header}`
    }.`,
  );
}

/** The bytes of a recording, unpacked if it is one that was packed. */
async function open(named: string): Promise<AsyncIterable<Uint8Array>> {
  const path = await findPacked(named);
  if (/\.gz$/i.test(path)) return readBytes(path);
  try {
    await refuseIrregular(path, "read");
    const file = await Deno.open(path);
    await refuseForeign(path, file);
    return readChunks(file);
  } catch (error) {
    throw fileError(path, error, "read");
  }
}

/** How many bytes are read at a time: few enough that memory stays flat. */
const CHUNK = 262_144;

/** The bytes of a file. Each chunk is valid until the next one. */
async function* readChunks(opened: Deno.FsFile): AsyncGenerator<Uint8Array> {
  using file = opened;
  const chunk = new Uint8Array(CHUNK);
  for (;;) {
    const length = await file.read(chunk);
    if (length === null) return;
    yield chunk.subarray(0, length);
  }
}

/** So many intervals make a sensor one that sends regularly. */
const REGULAR = 10;

/** So many sensors, and rows of one time, are remembered. */
const MAX_KEPT = 10_000;

/** Compares each row with those before it. */
function createHistory(tell: (problem: Omit<Problem, "drop">) => void) {
  const sensors = new Map<
    string,
    { last: number; count: number; longest: number; intervals: Intervals }
  >();
  let earliest = Infinity;
  let latestRow = -Infinity;
  let time = NaN;
  // The first row of a time: most times have no other.
  let first = { line: 0, id: "", value: "" };
  // The rows of one time that follow each other: how often each is there, and
  // the line of its second time.
  const same = new Map<string, { count: number; line: number }>();
  const latest = endOfTimes();
  // Of each kind of time that cannot be, where it was first, and how often.
  const odd = new Map<string, { line: number; ts: number; count: number }>();
  const endTime = () => {
    if (same.size === 0) return;
    for (const { count, line } of same.values()) {
      if (count === 1) continue;
      const times = `${grouped(count)} times`;
      const text = `the same row ${times}: ${
        timeText(time)
      } (readings of one millisecond, or one written more than once)`;
      tell({ line, text, kind: "repeated row" });
    }
    same.clear();
  };
  const isRepeated = ({ line, id, value }: typeof first) => {
    const row = `${id.length}:${id}${value}`;
    const seen = same.get(row);
    if (!seen) {
      if (same.size < MAX_KEPT) same.set(row, { count: 1, line });
      return false;
    }
    if (++seen.count === 2) seen.line = line;
    return true;
  };
  const add = (line: number, { ts: now, sensor_id: id, value }: Row) => {
    const why = whyOdd(now, latest);
    if (why !== undefined) {
      const first = odd.getOrInsert(why, { line, ts: now, count: 0 });
      first.count++;
    }
    if (now !== time) {
      endTime();
      time = now;
      first = { line, id, value };
    } else {
      if (same.size === 0) isRepeated(first);
      if (isRepeated({ line, id, value })) return;
    }

    earliest = Math.min(earliest, now);
    latestRow = Math.max(latestRow, now);
    const sensor = sensors.get(id);
    if (!sensor) {
      if (sensors.size < MAX_KEPT) {
        const intervals = createIntervals();
        intervals.add(now);
        sensors.set(id, { last: now, count: 0, longest: 0.1, intervals });
      }
      return;
    }
    sensor.intervals.add(now);
    const { last, count, longest } = sensor;
    const interval = now - last;
    if (interval < 0) {
      const text = `time runs backwards: by ${(-interval).toFixed(3)} s`;
      tell({ line, text, kind: "step back" });
    }
    if (count >= REGULAR && interval > 10 * longest) {
      const text = `a gap: nothing from ${JSON.stringify(id)} for ${
        interval.toFixed(1)
      } s, before that at most ${longest.toFixed(1)} s`;
      tell({ line, text, kind: "gap" });
    } else sensor.longest = Math.max(longest, interval);
    sensor.count++;
    sensor.last = now;
  };
  const end = () => {
    endTime();
    for (const [why, { line, ts, count }] of odd) {
      const rows = count === 1
        ? ""
        : ` (and ${counted(count - 1, "later row")})`;
      const text = `${timeText(ts)} cannot be: ${why}${rows}`;
      tell({ line, text, kind: "impossible time" });
    }
    return [...sensors].filter(([, { count }]) => count >= REGULAR)
      .map(([id, { intervals }]) => (
        { id, share: intervals.capture(earliest, latestRow)! }
      ));
  };
  return { add, end };
}
