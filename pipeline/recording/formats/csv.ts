import { stringify } from "@std/csv";
import { readCells } from "../quotes.ts";
import {
  checkEvent,
  faulty,
  type ReadableFormat,
  type ReadRow,
  TORN,
  UNCLOSED,
} from "../row_format.ts";

/** Options of {@linkcode csvFormat}. */
export interface CsvFormatOptions {
  /**
   * Whether text that a spreadsheet would run as a formula gets a `'` before
   * it. Default: false.
   */
  safeCells?: boolean;
}

const HEADER = "timestamp,datetime,sensor_id,value\r\n";

/** A timestamp, and a datetime, which is empty if no calendar holds the time. */
const NEXT_ROW =
  /\n"?-?\d+(?:\.\d+)?"?,"?(?:[+-]?\d{4,6}-\d\d-\d\dT\d\d:\d\d:[\d.]+Z)?"?,/;

/** How many characters of ids are kept as cells, before they are dropped. */
const MAX_KEPT = 1_000_000;

/** The times that a `Date` holds: ±100,000,000 days (ECMA-262, 21.4.1.1). */
const MAX_MS = 8.64e15;

/**
 * The CSV of RFC 4180, with CRLF: `timestamp,datetime,sensor_id,value`. The
 * timestamp is in seconds since 1970 with three decimals, the datetime the same
 * in ISO 8601. The datetime is empty if no calendar holds the time.
 *
 * @example
 * ```ts
 * import { csvFormat } from "../../mod.ts";
 *
 * const { rows } = csvFormat({ safeCells: true });
 * const row = rows([{ sensor_id: "a,b", ts: 1484535480.613, val: "=1+1" }]);
 * if (row !== `1484535480.613,2017-01-16T02:58:00.613Z,"a,b",'=1+1\r\n`) throw row;
 * ```
 */
export function csvFormat(
  { safeCells = false }: CsvFormatOptions = {},
): ReadableFormat {
  const cell = safeCells ? (text: string) => csvCell(defuse(text)) : csvCell;
  // The texts of the last time and of the ids are kept, since they come again:
  // formatting them is most of the cost of a row.
  const ids = new Map<string, string>();
  let kept = 0;
  let lastTs = NaN;
  let lastTime = "";

  return {
    header: HEADER,
    lineEnd: "\r\n",
    quotes: true,
    read,
    nextRow: NEXT_ROW,
    rows(events) {
      let text = "";
      for (const event of events) {
        checkEvent(event);
        const { sensor_id, ts, val } = event;
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
        // The same text as String() makes, but V8 would keep each of that in
        // its cache of numbers, in the old generation.
        text += lastTime + id + "," +
          (typeof val === "string" ? cell(val) : JSON.stringify(val)) + "\r\n";
      }
      return text;
    },
    begins(text) {
      const end = text.indexOf("\n") + 1;
      if (end === 0) return HEADER.startsWith(text);
      // A spreadsheet may have put a byte order mark before it.
      const cells = readCells(text.slice(0, end).replace(/^\ufeff/, ""));
      return cells.length === 4 && cells.toString() === HEADER.trim();
    },
  };
}

function read(line: string): ReadRow {
  if (!line.endsWith("\n")) return TORN;
  const cells = readCells(line);
  if (cells === "unclosed") return UNCLOSED;
  if (cells === "misplaced") return faulty("its quotes are wrong");
  if (cells.length !== 4) return faulty(`${cells.length} cells, not 4`);
  const [timestamp, datetime, sensor_id, value] = cells;
  if (!/^-?\d+(\.\d+)?$/.test(timestamp)) {
    return faulty("the timestamp is no number");
  }
  const ts = Number(timestamp);
  const ms = Math.round(ts * 1000);
  // A time that no calendar date can be given to has an empty one.
  const same = datetime === ""
    ? Number.isNaN(new Date(ms).getTime())
    : Date.parse(datetime) === ms && datetime.endsWith("Z");
  if (!same) return faulty("timestamp and datetime are not the same time");
  return { row: { ts, sensor_id, value } };
}

/** `1484535480.613,2017-01-16T02:58:00.613Z,` */
export function timeCells(ts: number): string {
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
export function csvCell(text: string): string {
  const written = stringify([[text]], { headers: false }).slice(0, -2);
  // @std/csv leaves a bare CR unquoted, and many readers end the row there.
  return written === text && /[\r\n]/.test(text) ? `"${text}"` : written;
}

/**
 * Text that a spreadsheet would run as a formula, with a `'` before it: it then
 * shows it (OWASP, CSV Injection).
 */
export function defuse(text: string): string {
  return /^[=+\-@\t\r\n]/.test(text) ? `'${text}` : text;
}
