import { Buffer } from "node:buffer";
import { WeirError } from "../error.ts";
import { escape } from "../escape.ts";
import type { Message, SensorEvent } from "../event.ts";
import { loadReader, type ReadOptions } from "../payload/load_reader.ts";
import { createOutcome, type Read } from "../payload/outcome.ts";
import { stamped } from "../stamp.ts";
import { formatToRead } from "./format_to_read.ts";
import { readBytes } from "./read_bytes.ts";
import { type FileRow, readRows } from "./read_rows.ts";
import type { Row, RowMessage } from "./row_format.ts";

/** How the messages of a raw recording become events. */
export interface ReadRawOptions extends Pick<ReadOptions, "rules"> {
  /**
   * Whose time the events have. Default: the host's. It is also in the place of a
   * corrected one: nothing is known of the clocks of boards there.
   */
  timestamps?: "host" | "device" | "corrected";
}

/** How a recording is read, and what is done meanwhile. */
export interface ReadEventsOptions extends ReadRawOptions {
  /** Takes the number of a line that is no row, and why. */
  onFault?: (line: number, text: string) => void;
  /** Takes how many more bytes of the file were read. */
  onBytes?: (count: number) => void;
}

/**
 * Reads the events of a recording, in the order of its rows, in the format that
 * its name and its first line say; one that ends in `.gz` is unpacked on the way.
 * The messages of a raw recording are read by rules.
 *
 * @throws {WeirError} if the file cannot be read, or is no recording.
 */
export async function* readEvents(
  path: string,
  options: ReadEventsOptions = {},
): AsyncGenerator<SensorEvent[]> {
  const read = eventReader(options);
  for await (const rows of readRecording(path, options)) {
    const events = await read(rows);
    if (events.length > 0) yield events;
  }
}

/** Makes a function that reads the events of rows; raw ones by rules. */
export function eventReader(
  options: ReadEventsOptions,
): (rows: readonly FileRow[]) => Promise<SensorEvent[]> {
  const { onFault, timestamps } = options;
  let read: Read | undefined;
  return async (rows) => {
    const events: SensorEvent[] = [];
    for (const { line, row, fault } of rows) {
      if (fault) onFault?.(line, fault.text);
      else if (!row.message) events.push(toEvent(row));
      else {
        // A message may be larger than one that is recorded.
        read ??= await loadReader({ ...options, maxPayload: Infinity })();
        const outcome = createOutcome();
        read(withBytes(row.message), outcome);
        for (const { reason } of outcome.rejects) onFault?.(line, reason);
        const found = timestamps === "device"
          ? outcome.events
          : outcome.events.map(stamped);
        for (const event of found) events.push(event);
      }
    }
    return events;
  };
}

/** A message as it came: its payload is bytes. */
function withBytes(message: RowMessage): Message {
  const { payload } = message;
  return typeof payload === "string"
    ? { ...message, payload: Buffer.from(payload) }
    : { ...message, payload };
}

/**
 * Reads the rows of a recording, and what is in the place of one, without its
 * header.
 *
 * @throws {WeirError} if the file cannot be read, or is no recording.
 */
export async function* readRecording(
  path: string,
  { onBytes }: Pick<ReadEventsOptions, "onBytes">,
): AsyncGenerator<FileRow[]> {
  const choose = (beginning: string) => formatToRead(path, beginning);
  let first = true;
  for await (
    const { rows, format } of readRows(readBytes(path, onBytes), choose)
  ) {
    let start = 0;
    while (first && start < rows.length && format.header !== "") {
      const { text } = rows[start++];
      if (text.trim() === "") continue;
      first = false;
      if (text.endsWith("\n") && format.begins(text)) continue;
      throw new WeirError(
        "ERR_WEIR_FILE_HEADER",
        `${
          escape(path)
        } is no recording: its first line is not ${format.header.trim()}.`,
        { facts: { path } },
      );
    }
    yield start > 0 ? rows.slice(start) : rows;
  }
}

/** The event of a row of a recording that is not raw. */
export function toEvent(
  { ts, sensor_id, value, facts, event }: Row,
): SensorEvent {
  return event ?? { sensor_id, ts, val: toValue(value), ...facts };
}

/** JSON's numbers; a text that looks like one came back as the same text. */
const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

/** A double keeps so many digits of any number. */
const SAFE_DIGITS = 15;

/** The value of a cell: a number if a double holds all its digits. */
function toValue(text: string): number | string | boolean {
  if (text === "true" || text === "false") return text === "true";
  if (!NUMBER.test(text)) return text;
  const value = Number(text);
  if (!Number.isFinite(value)) return text;
  return text.length <= SAFE_DIGITS || JSON.stringify(value) === text
    ? value
    : text;
}
