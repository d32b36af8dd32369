import { stringify } from "@std/csv";
import type { SensorEvent } from "../../event.ts";
import { checkEvent, type ReadableFormat } from "../row_format.ts";
import {
  checkColumns,
  type CsvColumn,
  DEFAULT_COLUMNS,
  FACTS,
  nextRowOf,
  readHeader,
  rowReader,
} from "./csv_columns.ts";
import { readUsualRow } from "./usual_row.ts";

/** Options of {@linkcode csvFormat}. */
export interface CsvFormatOptions {
  /**
   * Whether text that a spreadsheet would run as a formula gets a `'` before
   * it. Default: false.
   */
  safeCells?: boolean;
  /**
   * The columns, in their order: a time, `sensor_id` and `value` at least.
   * Default: `timestamp`, `datetime`, `sensor_id`, `value`.
   */
  columns?: readonly CsvColumn[];
}

/** How many characters of texts are kept as cells, before they are dropped. */
const MAX_KEPT = 1_000_000;

const USUAL_HEADER = `${DEFAULT_COLUMNS}\r\n`;

/** The times that a `Date` holds: ±100,000,000 days (ECMA-262, 21.4.1.1). */
const MAX_MS = 8.64e15;

/**
 * The CSV of RFC 4180, with CRLF: `timestamp,datetime,sensor_id,value`, or
 * other columns. The timestamp is in seconds since 1970 with three decimals, the
 * datetime the same in ISO 8601. The datetime is empty if no calendar holds the
 * time. A file that has columns of its own keeps them.
 *
 * @throws {WeirError} `ERR_WEIR_ARGUMENT` if no recording can have the columns.
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
  { safeCells = false, columns = DEFAULT_COLUMNS }: CsvFormatOptions = {},
): ReadableFormat {
  checkColumns(columns);
  const header = `${columns}\r\n`;
  const isUsual = header === USUAL_HEADER;
  const cell = safeCells ? (text: string) => csvCell(defuse(text)) : csvCell;
  const texts = rememberCells(cell);
  const valueCell = (val: SensorEvent["val"]) =>
    // The same text as String() makes, but V8 would keep each of that in
    // its cache of numbers, in the old generation.
    typeof val === "string" ? cell(val) : JSON.stringify(val);
  return {
    header,
    lineEnd: "\r\n",
    quotes: true,
    read: rowReader(columns),
    readUsual: isUsual ? readUsualRow : undefined,
    nextRow: nextRowOf(columns),
    rows: isUsual
      ? usualRows(texts, valueCell)
      : rowsOf(columns, texts, valueCell),
    begins(text) {
      const end = text.indexOf("\n") + 1;
      if (end === 0) return header.startsWith(text);
      return `${readHeader(text.slice(0, end))}` === `${columns}`;
    },
    ofFile(text) {
      const own = readHeader(text.slice(0, text.indexOf("\n") + 1));
      return own && `${own}` !== `${columns}`
        ? csvFormat({ safeCells, columns: own })
        : this;
    },
  };
}

type Cell<T> = (of: T) => string;

/**
 * Keeps the cells of texts that come again, such as ids: formatting them is
 * most of the cost of a row.
 */
function rememberCells(cell: Cell<string>): Cell<string> {
  const known = new Map<string, string>();
  let kept = 0;
  return (text) => {
    let found = known.get(text);
    if (found === undefined) {
      found = cell(text);
      kept += found.length;
      if (kept > MAX_KEPT) {
        known.clear();
        kept = found.length;
      }
      known.set(text, found);
    }
    return found;
  };
}

/** The rows of the tutorial's columns, which is what most recordings have. */
function usualRows(
  textCell: Cell<string>,
  valueCell: Cell<SensorEvent["val"]>,
): ReadableFormat["rows"] {
  let lastTs = NaN;
  let lastTime = "";
  return (events) => {
    let text = "";
    for (const event of events) {
      checkEvent(event);
      const { sensor_id, ts, val } = event;
      if (ts !== lastTs) {
        lastTs = ts;
        lastTime = timeCells(ts);
      }
      text += lastTime + textCell(sensor_id) + "," + valueCell(val) + "\r\n";
    }
    return text;
  };
}

/** The rows of any columns. */
function rowsOf(
  columns: readonly CsvColumn[],
  textCell: Cell<string>,
  valueCell: Cell<SensorEvent["val"]>,
): ReadableFormat["rows"] {
  let lastTs = NaN;
  let times: string[] = [];
  const cellOf: Record<CsvColumn, Cell<SensorEvent>> = {
    timestamp: () => times[0],
    datetime: () => times[1],
    sensor_id: ({ sensor_id }) => textCell(sensor_id),
    value: ({ val }) => valueCell(val),
    ...FACTS,
    topic: ({ topic = "" }) => textCell(topic),
  };
  const cells = columns.map((name) => cellOf[name]);
  return (events) => {
    let text = "";
    for (const event of events) {
      checkEvent(event);
      if (event.ts !== lastTs) {
        lastTs = event.ts;
        times = timeCells(lastTs).split(",");
      }
      for (let at = 0; at < cells.length; at++) {
        text += (at > 0 ? "," : "") + cells[at](event);
      }
      text += "\r\n";
    }
    return text;
  };
}

/** From here on years have more digits, in milliseconds since 1970. */
const YEAR_10000 = 253_402_300_800_000;

const THREE_DIGITS = Array.from(
  { length: 1000 },
  (_, n) => `${n}`.padStart(3, "0"),
);

// Most times are in the same second as the one before.
let lastSecond = NaN;
let timestampStart = "";
let datetimeStart = "";

/** `1484535480.613,2017-01-16T02:58:00.613Z,` */
export function timeCells(ts: number): string {
  // Both from one rounding, so that they are the same time; and no -0.
  const ms = Math.round(ts * 1000) + 0;
  if (ms >= 0 && ms < YEAR_10000) {
    const second = Math.floor(ms / 1000);
    if (second !== lastSecond) {
      lastSecond = second;
      timestampStart = `${second}.`;
      datetimeStart = `,${new Date(ms).toISOString().slice(0, -4)}`;
    }
    const three = THREE_DIGITS[ms - second * 1000];
    return timestampStart + three + datetimeStart + three + "Z,";
  }
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
