import { parse } from "@std/csv";
import { fileError } from "./file_error.ts";
import { checkLedgers } from "./check_ledger.ts";
import { type CsvRecord, readRecords } from "./records.ts";
import { HEADER, isHeader } from "./rows.ts";

/** Something that is off in a recording. */
export interface Problem {
  /** The line, from 1; none where it is about the file as a whole. */
  line?: number;
  /** What, for a person to read. */
  text: string;
  /** Whether the line is no row of its own, and a repaired copy goes without. */
  drop: boolean;
}

/** What a check found. */
export interface CheckResult {
  /** How many whole rows there are. */
  rows: number;
  /** How many problems there are. */
  problems: number;
}

/** What is done with what a check finds, as it goes. */
export interface CheckOptions {
  /** Takes each problem. */
  onProblem: (problem: Problem) => void;
  /** Takes the text of each row that is in order, and of the header. */
  onRow?: (text: string) => Promise<void>;
}

/**
 * Checks a recording: its header; that every line is a whole row of four cells
 * with a number, the same time as ISO 8601 and a sensor id; that a sensor's time
 * does not run backwards; gaps in what a sensor sent regularly; rows that are
 * there twice; and what a ledger beside it says of it. Memory is bounded: of more
 * than 10,000 sensors, and of as many rows of one time, the first are compared.
 *
 * @throws {WeirError} where the file cannot be read.
 *
 * @example
 * ```ts
 * import { checkCsv } from "./check.ts";
 *
 * const path = `${await Deno.makeTempDir()}/test.csv`;
 * await Deno.writeTextFile(path, "timestamp,datetime,sensor_id,value\r\n1.0,");
 * const found: string[] = [];
 * await checkCsv(path, { onProblem: ({ line, text }) => found.push(`${line}: ${text}`) });
 * if (found[0] !== "2: torn: it has no line end") throw found;
 * ```
 */
export async function checkCsv(
  path: string,
  { onProblem, onRow = () => Promise.resolve() }: CheckOptions,
): Promise<CheckResult> {
  let file: Deno.FsFile;
  try {
    file = await Deno.open(path);
  } catch (error) {
    throw fileError(path, error, "read");
  }
  let problems = 0;
  let rows = 0;
  const tell = (text: string, line?: number, drop = false) => {
    problems++;
    onProblem({ line, text, drop });
  };
  const history = createHistory();
  let first = true;
  for await (const record of readRecords(file.readable)) {
    const { cells, fault } = readRow(record);
    if (first) {
      first = false;
      await onRow(HEADER);
      // A spreadsheet may have put a byte order mark before it.
      if (isHeader(record.text.replace(/^\ufeff/, ""))) continue;
      tell(`the header is not ${HEADER.trim()}`, record.line, true);
      if (fault) continue;
    }
    if (!cells) {
      tell(fault!, record.line, true);
      continue;
    }
    const seen = history(cells);
    if (seen.double) tell(seen.double, record.line, true);
    else {
      rows++;
      await onRow(record.text.replace(/\r?\n$/, "\r\n"));
    }
    for (const text of seen.oddities) tell(text, record.line);
  }
  if (first) {
    await onRow(HEADER);
    tell("it is empty: it has no header");
  }
  for (const text of await checkLedgers(path)) tell(text);
  return { rows, problems };
}

/** A row without anything quoted in it. */
const PLAIN = /^([^",\r\n]*),([^",\r\n]*),([^",\r\n]*),([^",\r\n]*)\r?\n$/;

/** The four cells of a record, or why it is no row. */
function readRow(
  { text }: CsvRecord,
): { cells?: string[]; fault?: string } {
  let cells: string[] | undefined = PLAIN.exec(text)?.slice(1);
  if (!cells) {
    if (!text.endsWith("\n")) return { fault: "torn: it has no line end" };
    let rows: string[][] = [];
    try {
      rows = parse(text);
    } catch {
      // Said below.
    }
    if (rows.length !== 1) return { fault: "its quotes are wrong" };
    [cells] = rows;
    if (cells.length !== 4) return { fault: `${cells.length} cells, not 4` };
  }
  const [timestamp, datetime] = cells;
  if (!/^-?\d+(\.\d+)?$/.test(timestamp)) {
    return { fault: "the timestamp is no number" };
  }
  const ms = Math.round(Number(timestamp) * 1000);
  // A time that no calendar date can be given to has an empty one.
  const same = datetime === ""
    ? Number.isNaN(new Date(ms).getTime())
    : Date.parse(datetime) === ms && datetime.endsWith("Z");
  if (!same) {
    return { fault: "timestamp and datetime are not the same time" };
  }
  return { cells };
}

/** So many intervals make a sensor one that sends regularly. */
const REGULAR = 10;

/** So many sensors, and rows of one time, are remembered. */
const MAX_KEPT = 10_000;

/** Compares each row with those before it. */
function createHistory() {
  const sensors = new Map<
    string,
    { last: number; count: number; longest: number }
  >();
  let before = NaN;
  // The rows of one time that follow each other.
  let same = new Set<string>();
  return ([timestamp, datetime, id, value]: string[]) => {
    const time = Number(timestamp);
    if (time !== before) same = new Set();
    before = time;
    const key = JSON.stringify([id, value]);
    if (same.has(key)) {
      return { oddities: [], double: `the same row again: ${datetime}` };
    }
    if (same.size < MAX_KEPT) same.add(key);

    const sensor = sensors.get(id);
    if (!sensor) {
      if (sensors.size < MAX_KEPT) {
        sensors.set(id, { last: time, count: 0, longest: 0.1 });
      }
      return { oddities: [], double: undefined };
    }
    const oddities: string[] = [];
    const { last, count, longest } = sensor;
    const interval = time - last;
    if (interval < 0) {
      oddities.push(`time runs backwards: by ${(-interval).toFixed(3)} s`);
    }
    if (count >= REGULAR && interval > 10 * longest) {
      oddities.push(
        `a gap: nothing from ${JSON.stringify(id)} for ${
          interval.toFixed(1)
        } s, before that at most ${longest.toFixed(1)} s`,
      );
    } else sensor.longest = Math.max(longest, interval);
    sensor.count++;
    sensor.last = time;
    return { oddities, double: undefined };
  };
}
