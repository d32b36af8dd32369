import { WeirError } from "../error.ts";
import { shorten } from "../shorten.ts";
import type { Message, SensorEvent } from "../event.ts";

/**
 * How events become the rows of a file, and how such a file is recognised when
 * it is opened again: what `csvFormat()` and `jsonlFormat()` return. `csv()`,
 * `recorder()` and `openDurable()` take one.
 *
 * @example
 * ```ts
 * import { csv, pipe, type RowFormat } from "../mod.ts";
 *
 * const values: RowFormat = {
 *   header: "value\n",
 *   quotes: false,
 *   rows: (events) => events.map(({ val }) => `${val}\n`).join(""),
 *   begins: (text) => text === "" || text.startsWith("value\n"),
 * };
 * const path = `${await Deno.makeTempDir()}/values.txt`;
 * async function* source() {
 *   yield [{ sensor_id: "lux-1", ts: 1484535480.613, val: 371.6063 }];
 * }
 * await pipe(source(), csv(path, { format: values }));
 * const text = await Deno.readTextFile(path);
 * if (text !== "value\n371.6063\n") throw text;
 * ```
 */
export interface RowFormat {
  /** What a file begins with, with its line end. Empty if there is nothing. */
  readonly header: string;
  /**
   * Whether line ends may stand in quotes. If so, a row ends at the first line
   * end outside of quotes. Otherwise it ends at the first line end.
   */
  readonly quotes: boolean;
  /**
   * Matches a line end and the beginning of a row after it. It tells a lost
   * quote from a torn row. Only a format with quotes needs it.
   */
  readonly nextRow?: RegExp;
  /**
   * Writes events as rows, each with its line end.
   *
   * @throws {WeirError} `ERR_WEIR_EVENT` if an event cannot be written.
   */
  rows(events: readonly SensorEvent[]): string;
  /**
   * Whether a file that begins with this text (1 KiB of it, or all) is one of
   * this format. So is an empty file, and one that a crash left with a part of
   * its first line.
   */
  begins(text: string): boolean;
  /**
   * Returns the format in which a file goes on that begins with this text, if
   * its own first line decides that. Default: this one.
   */
  ofFile?(text: string): RowFormat;
}

/** A format whose rows are read again, for a check. */
export interface ReadableFormat extends RowFormat {
  /** The end of a line. */
  readonly lineEnd: "\n" | "\r\n";
  /** Reads a line, with its line end, as a row. */
  read(line: string): ReadRow;
  /**
   * Reads the row that stands between two places of a text, with its line end
   * and without a quote, if that is faster than `read()`; else returns nothing.
   */
  readUsual?(text: string, start: number, end: number): Row | undefined;
  /** Returns the format of a file that begins with this text. Default: this one. */
  ofFile?(text: string): ReadableFormat;
}

/** What a row says, or what is wrong with it. */
export type ReadRow =
  | { row: Row; fault?: undefined }
  | { row?: undefined; fault: Fault };

/** What a row says. */
export interface Row {
  /** Seconds since 1970. */
  ts: number;
  /** What names the sensor. */
  sensor_id: string;
  /** The value, as it is written. */
  value: string;
  /** What else the row says of the event. */
  facts?: Facts;
  /** The whole event, if the format keeps it. */
  event?: SensorEvent;
  /** The message, if the recording is raw. */
  message?: RowMessage;
}

/** A message of a raw recording, whose payload is text if it was UTF-8. */
export interface RowMessage extends Omit<Message, "payload"> {
  /** The payload. */
  payload: string | Uint8Array;
}

/** What a row may say of the message of an event. */
export type Facts = Pick<
  SensorEvent,
  "topic" | "device_ts" | "qos" | "retain"
>;

/** Why something is no row. */
export interface Fault {
  /** What kind of problem that is: `torn row`. */
  kind: string;
  /** What, for a person to read. */
  text: string;
}

/** The format of a file that begins with this text. */
export function formatOf<F extends RowFormat>(format: F, text: string): F {
  return (format.ofFile?.(text) ?? format) as F;
}

/** No row is longer, in bytes: that is far more than a payload may be. */
export const MAX_ROW = 16 * 1_048_576;

/** Says that something is no row. */
export function faulty(text: string, kind = "broken row"): { fault: Fault } {
  return { fault: { kind, text } };
}

/** The beginning of a row, as a crash leaves it. */
export const TORN = faulty("torn: it has no line end", "torn row");

/** A row with a quote whose other one was lost. */
export const UNCLOSED = faulty("a quote that is never closed", "lost quote");

/**
 * Refuses an event that no file can hold: one with a time or a number that is
 * not finite, or with a field of another type than `SensorEvent` has.
 *
 * @throws {WeirError} `ERR_WEIR_EVENT`, which names the event.
 */
export function checkEvent(event: SensorEvent): void {
  const { sensor_id, ts, val } = event;
  if (typeof sensor_id !== "string") {
    throw refuseEvent(event, "sensor_id", "text");
  }
  if (!Number.isFinite(ts)) {
    throw refuseEvent(event, "ts", "a finite number of seconds");
  }
  if (typeof val === "string" || typeof val === "boolean") return;
  if (!Number.isFinite(val)) {
    throw refuseEvent(event, "val", "a finite number, text, true or false");
  }
}

/** The error of an event with a field that cannot be written. */
export function refuseEvent(
  event: SensorEvent,
  field: "sensor_id" | "ts" | "val",
  wanted: string,
): WeirError {
  const [sensor_id, ts, val, found] = [
    event.sensor_id,
    event.ts,
    event.val,
    event[field],
  ].map((value) => shorten(String(value), 100));
  return new WeirError(
    "ERR_WEIR_EVENT",
    `Cannot write an event of sensor ${
      JSON.stringify(sensor_id)
    }: its ${field} is ${found}, not ${wanted}. Change it with map(), or leave it out with filter().`,
    { facts: { field, sensor_id, ts, val } },
  );
}
