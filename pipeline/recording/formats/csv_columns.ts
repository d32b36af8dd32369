import { WeirError } from "../../error.ts";
import { escape } from "../../escape.ts";
import type { SensorEvent } from "../../event.ts";
import { readCells } from "../quotes.ts";
import {
  type Facts,
  faulty,
  type ReadRow,
  TORN,
  UNCLOSED,
} from "../row_format.ts";
import { readUsualTime } from "./usual_row.ts";

/**
 * The columns that a CSV can have. `device_time` is what the device's clock
 * said; `topic`, `qos` and `retain` are those of the message.
 *
 * @example
 * ```ts
 * import { CSV_COLUMNS, csvFormat } from "../../mod.ts";
 *
 * const { header } = csvFormat({ columns: CSV_COLUMNS });
 * if (!header.endsWith(",qos,retain\r\n")) throw header;
 * ```
 */
export const CSV_COLUMNS = [
  "timestamp",
  "datetime",
  "topic",
  "sensor_id",
  "value",
  "device_time",
  "qos",
  "retain",
] as const;

/** The name of a column of a CSV. */
export type CsvColumn = typeof CSV_COLUMNS[number];

/** The tutorial's columns. */
export const DEFAULT_COLUMNS: readonly CsvColumn[] = [
  "timestamp",
  "datetime",
  "sensor_id",
  "value",
];

/**
 * Refuses columns that no recording can have.
 *
 * @throws {WeirError} `ERR_WEIR_ARGUMENT`
 */
export function checkColumns(columns: readonly string[]): CsvColumn[] {
  const wrong = whyWrong(columns);
  if (wrong === undefined) return columns as CsvColumn[];
  throw new WeirError("ERR_WEIR_ARGUMENT", wrong);
}

function whyWrong(columns: readonly string[]): string | undefined {
  const known: readonly string[] = CSV_COLUMNS;
  const unknown = columns.find((name) => !known.includes(name));
  if (unknown !== undefined) {
    return `There is no column ${escape(unknown)}. There are ${
      CSV_COLUMNS.join(", ")
    }.`;
  }
  const twice = columns.find((name, at) => columns.indexOf(name) !== at);
  if (twice !== undefined) return `The column ${twice} is there twice.`;
  const timed = columns.includes("timestamp") || columns.includes("datetime");
  return timed && columns.includes("sensor_id") && columns.includes("value")
    ? undefined
    : "A recording needs the columns timestamp or datetime, sensor_id, and value.";
}

/** The columns that a header names, if a recording can have them. */
export function readHeader(line: string): CsvColumn[] | undefined {
  // A spreadsheet may have put a byte order mark before it.
  const cells = readCells(line.replace(/^\ufeff/, ""));
  if (typeof cells === "string" || whyWrong(cells)) return undefined;
  return cells as CsvColumn[];
}

/** A timestamp, and a datetime, which is empty if no calendar holds the time. */
const TIMES: Partial<Record<CsvColumn, string>> = {
  timestamp: String.raw`"?-?\d+(?:\.\d+)?"?`,
  datetime: String.raw`"?(?:[+-]?\d{4,6}-\d\d-\d\dT\d\d:\d\d:[\d.]+Z)?"?`,
};

/** Matches a line end and the beginning of a row with these columns. */
export function nextRowOf(columns: readonly CsvColumn[]): RegExp {
  const end = columns.findLastIndex((name) => name in TIMES) + 1;
  const cells = columns.slice(0, end).map((name) =>
    (TIMES[name] ?? '[^",\\r\\n]*') + (name === columns.at(-1) ? "\\r" : ",")
  );
  return new RegExp(`\\n${cells.join("")}`);
}

/** The cell of each fact of a message that is no text; empty if it is unknown. */
export const FACTS = {
  device_time: ({ device_ts }: SensorEvent) =>
    device_ts === undefined ? "" : JSON.stringify(device_ts),
  qos: ({ qos }: SensorEvent) => qos === undefined ? "" : `${qos}`,
  retain: ({ retain }: SensorEvent) => retain === undefined ? "" : `${retain}`,
};

/** Makes the function that reads rows with these columns. */
export function rowReader(
  columns: readonly CsvColumn[],
): (line: string) => ReadRow {
  const [timestamp, datetime, topic, sensor, value, device, qos, retain] =
    CSV_COLUMNS.map((name) => columns.indexOf(name));
  const hasFacts = [topic, device, qos, retain].some((at) => at >= 0);
  return (line) => {
    if (!line.endsWith("\n")) return TORN;
    const cells = readCells(line);
    if (cells === "unclosed") return UNCLOSED;
    if (cells === "misplaced") return faulty("its quotes are wrong");
    if (cells.length !== columns.length) {
      return faulty(`${cells.length} cells, not ${columns.length}`);
    }
    const ts = readTime(cells[timestamp], cells[datetime]);
    if (typeof ts === "string") return faulty(ts);
    const row = { ts, sensor_id: cells[sensor], value: cells[value] };
    if (!hasFacts) return { row };
    const facts = readFacts(
      cells[topic],
      cells[device],
      cells[qos],
      cells[retain],
    );
    return typeof facts === "string"
      ? faulty(facts)
      : { row: { ...row, facts } };
  };
}

/** The time of a row, in seconds since 1970, or why it has none. */
function readTime(timestamp?: string, datetime?: string): number | string {
  if (timestamp === undefined) {
    const ms = datetime!.endsWith("Z") ? Date.parse(datetime!) : NaN;
    return Number.isNaN(ms) ? "the datetime is no time in UTC" : ms / 1000;
  }
  if (timestamp.length === 14 && datetime?.length === 24) {
    const ts = readUsualTime(timestamp, 0, datetime, 0);
    if (!Number.isNaN(ts)) return ts;
  }
  if (!/^-?\d+(\.\d+)?$/.test(timestamp)) return "the timestamp is no number";
  const ts = Number(timestamp);
  if (datetime === undefined) return ts;
  const ms = Math.round(ts * 1000);
  // A time that no calendar date can be given to has an empty one.
  const same = datetime === ""
    ? Number.isNaN(new Date(ms).getTime())
    : Date.parse(datetime) === ms && datetime.endsWith("Z");
  if (!same) return "timestamp and datetime are not the same time";
  return ts;
}

const QOS = ["0", "1", "2"];

/** What a row says of its message, or what is wrong with that. */
function readFacts(
  topic = "",
  device = "",
  qos = "",
  retain = "",
): Facts | string {
  const facts: Facts = {};
  if (topic !== "") facts.topic = topic;
  if (device !== "") {
    facts.device_ts = Number(device);
    if (!Number.isFinite(facts.device_ts)) {
      return "the device_time is no number";
    }
  }
  if (qos !== "") {
    if (!QOS.includes(qos)) return "the qos is not 0, 1 or 2";
    facts.qos = Number(qos) as 0 | 1 | 2;
  }
  if (retain !== "") {
    if (retain !== "true" && retain !== "false") {
      return "the retain is not true or false";
    }
    facts.retain = retain === "true";
  }
  return facts;
}
