import { WeirError } from "../error.ts";
import { escape } from "../escape.ts";
import type { SensorEvent } from "../event.ts";
import { formatFor } from "./formats/format_for.ts";
import { readBytes } from "./read_bytes.ts";
import { readRows } from "./read_rows.ts";
import { formatOf, type Row } from "./row_format.ts";

/** A batch has at most so many events. */
const MAX_BATCH = 4096;

/** What is done while a recording is read. */
export interface ReadEventsOptions {
  /** Takes the number of a line that is no row, and why. */
  onFault?: (line: number, text: string) => void;
  /** Takes how many more bytes of the file were read. */
  onBytes?: (count: number) => void;
}

/**
 * Reads the events of a recording, in the order of its rows, by the format that
 * its name says; one that ends in `.gz` is unpacked on the way.
 *
 * @throws {WeirError} if the file cannot be read, or is no recording.
 */
export async function* readEvents(
  path: string,
  { onFault, onBytes }: ReadEventsOptions = {},
): AsyncGenerator<SensorEvent[]> {
  let format = formatFor(path.replace(/\.gz$/i, ""));
  let batch: SensorEvent[] = [];
  let first = format.header !== "";
  for await (
    const { line, text, row, fault } of readRows(
      readBytes(path, onBytes),
      format,
    )
  ) {
    if (first && text.trim() !== "") {
      first = false;
      format = formatOf(format, text);
      if (text.endsWith("\n") && format.begins(text)) continue;
      throw new WeirError(
        "ERR_WEIR_FILE_HEADER",
        `${
          escape(path)
        } is no recording: its first line is not ${format.header.trim()}.`,
        { facts: { path } },
      );
    }
    if (fault) onFault?.(line, fault.text);
    else if (batch.push(toEvent(row)) >= MAX_BATCH) {
      yield batch;
      batch = [];
    }
  }
  if (batch.length > 0) yield batch;
}

function toEvent({ ts, sensor_id, value, facts, event }: Row): SensorEvent {
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
