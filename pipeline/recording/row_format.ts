import { parse, stringify } from "@std/csv";
import type { SensorEvent } from "../event.ts";

/** The first line of a recording. */
export const HEADER = "timestamp,datetime,sensor_id,value\r\n";

/**
 * Whether a first line holds the header's names, quoted or not.
 *
 * @example
 * ```ts
 * import { HEADER, isHeader } from "./row_format.ts";
 *
 * if (!isHeader(HEADER) || isHeader("time,value\n")) throw new Error();
 * ```
 */
export function isHeader(line: string): boolean {
  // Some readers pass over a quote that is never closed.
  if (!line.endsWith("\n") || line.split('"').length % 2 === 0) return false;
  try {
    const [cells] = parse(line);
    return cells.length === 4 && cells.join() === HEADER.trim();
  } catch {
    return false;
  }
}

/** How many characters of ids are kept as cells before that starts anew. */
const MAX_KEPT = 1_000_000;

/** The times that a `Date` holds: ±100,000,000 days (ECMA-262, 21.4.1.1). */
const MAX_MS = 8.64e15;

/** How rows are written. */
export interface RowOptions {
  /** Whether text that a spreadsheet would run as a formula is defused. */
  safeCells?: boolean;
}

/**
 * Makes a function that writes events as rows of CSV (RFC 4180, CRLF):
 * `1484535480.613,2017-01-16T02:58:00.613Z,lux-1,371.6063`. The datetime of a
 * time that no calendar date can be given to is left empty.
 *
 * The texts of the last time and of the ids are kept, since they come again:
 * formatting them is most of the cost of a row.
 *
 * @example
 * ```ts
 * import { createRowFormat } from "./row_format.ts";
 *
 * const rows = createRowFormat();
 * const row = rows([{ sensor_id: "a,b", ts: 1484535480.613, val: true }]);
 * if (row !== '1484535480.613,2017-01-16T02:58:00.613Z,"a,b",true\r\n') throw row;
 * ```
 */
export function createRowFormat(
  { safeCells = false }: RowOptions = {},
): (events: readonly SensorEvent[]) => string {
  const cell = safeCells ? (text: string) => quote(defuse(text)) : quote;
  const ids = new Map<string, string>();
  let kept = 0;
  let lastTs = NaN;
  let lastTime = "";

  return (events) => {
    let text = "";
    for (const { sensor_id, ts, val } of events) {
      if (ts !== lastTs) {
        lastTs = ts;
        lastTime = timeCells(ts);
      }
      let id = ids.get(sensor_id);
      if (id === undefined) {
        id = cell(sensor_id);
        kept += id.length;
        if (kept > MAX_KEPT) {
          ids.clear();
          kept = id.length;
        }
        ids.set(sensor_id, id);
      }
      // The same text as String() makes, but V8 would keep each of that in its
      // cache of numbers, in the old generation.
      text += lastTime + id + "," +
        (typeof val === "string" ? cell(val) : JSON.stringify(val)) + "\r\n";
    }
    return text;
  };
}

/** `1484535480.613,2017-01-16T02:58:00.613Z,` */
function timeCells(ts: number): string {
  // Both from one rounding, so that they are the same time; and no -0.
  const ms = Math.round(ts * 1000) + 0;
  const datetime = Math.abs(ms) <= MAX_MS ? new Date(ms).toISOString() : "";
  // From 1e21 on toFixed() writes an exponent.
  const timestamp = Math.abs(ts) < 1e21
    ? (ms / 1000).toFixed(3)
    : `${BigInt(Math.round(ts))}.000`;
  return `${timestamp},${datetime},`;
}

/** A cell as RFC 4180, section 2 asks for it. */
function quote(text: string): string {
  const written = stringify([[text]], { headers: false }).slice(0, -2);
  // @std/csv leaves a bare CR unquoted, and many readers end the row there.
  return written === text && text.includes("\r") ? `"${text}"` : written;
}

/**
 * Text that a spreadsheet would run as a formula, with a `'` before it: it then
 * shows it (OWASP, CSV Injection).
 */
function defuse(text: string): string {
  return /^[=+\-@\t\r\n]/.test(text) ? `'${text}` : text;
}
