import { parse } from "@std/csv";
import { fileError } from "./file_error.ts";
import { checkLedgers } from "./check_ledger.ts";
import { type CsvRecord, readRecords } from "./records.ts";
import { HEADER } from "./rows.ts";

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
 * with a number, the same time as ISO 8601 and a sensor id; that time does not
 * run backwards; gaps in what a sensor sent regularly; rows that are there twice;
 * and what a ledger beside it says of it. Memory is bounded.
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
    if (first) {
      first = false;
      await onRow(HEADER);
      if (isHeader(record.text)) continue;
      tell(`the header is not ${HEADER.trim()}`, record.line, true);
      if (readRow(record).fault) continue;
    }
    const { cells, fault } = readRow(record);
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
  if (first) tell("it is empty: it has no header");
  for (const text of await checkLedgers(path)) tell(text);
  return { rows, problems };
}

function isHeader(text: string): boolean {
  return text.replace(/^\ufeff/, "").trimEnd() === HEADER.trim();
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
    try {
      cells = parse(text)[0] ?? [];
    } catch {
      return { fault: "its quotes are wrong" };
    }
    if (cells.length !== 4) return { fault: `${cells.length} cells, not 4` };
  }
  const [timestamp, datetime] = cells;
  if (!/^-?\d+(\.\d+)?$/.test(timestamp)) {
    return { fault: "the timestamp is no number" };
  }
  const ms = Math.round(Number(timestamp) * 1000);
  // A time that no calendar date can be given to has an empty one; a time with
  // more than three decimals may have been rounded either way.
  const same = datetime === ""
    ? Number.isNaN(new Date(ms).getTime())
    : Math.abs(Date.parse(datetime) - ms) <= 1 && datetime.endsWith("Z");
  if (!same) {
    return { fault: "timestamp and datetime are not the same time" };
  }
  return { cells };
}

/** So many intervals make a sensor one that sends regularly. */
const REGULAR = 10;

/** So many sensors are remembered. */
const MAX_SENSORS = 10_000;

/** Compares each row with those before it. */
function createHistory() {
  const sensors = new Map<
    string,
    { last: number; count: number; longest: number }
  >();
  let latest = -Infinity;
  // The rows of this millisecond.
  let same = new Set<string>();
  return ([timestamp, datetime, id, value]: string[]) => {
    const time = Number(timestamp);
    const oddities: string[] = [];
    if (time < latest) {
      oddities.push(
        `time runs backwards: by ${(latest - time).toFixed(3)} s`,
      );
    }
    if (time !== latest) same = new Set();
    latest = time;
    const key = JSON.stringify([id, value]);
    if (same.has(key)) {
      return { oddities, double: `the same row again: ${datetime}` };
    }
    same.add(key);

    const sensor = sensors.get(id);
    if (sensor) {
      const interval = time - sensor.last;
      if (sensor.count >= REGULAR && interval > 10 * sensor.longest) {
        oddities.push(
          `a gap: nothing from ${JSON.stringify(id)} for ${
            interval.toFixed(1)
          } s, before that at most ${sensor.longest.toFixed(1)} s`,
        );
      } else sensor.longest = Math.max(sensor.longest, interval);
      sensor.count++;
      sensor.last = time;
    } else if (sensors.size < MAX_SENSORS) {
      sensors.set(id, { last: time, count: 0, longest: 0.1 });
    }
    return { oddities, double: undefined };
  };
}
