import { jsonLine } from "../../escape.ts";
import type { SensorEvent } from "../../event.ts";
import {
  checkEvent,
  faulty,
  type ReadableFormat,
  type ReadRow,
  TORN,
} from "../row_format.ts";

/** What each row begins with. */
const START = '{"sensor_id":"';

/**
 * JSON lines: an event a line, with all that is known of it, under the names
 * that {@linkcode SensorEvent} has. Times have a resolution of 1 ms.
 *
 * @example
 * ```ts
 * import { jsonlFormat } from "../../mod.ts";
 *
 * const { rows } = jsonlFormat();
 * const row = rows([{ sensor_id: "lux-1", ts: 1484535480.613, val: 371.6, topic: "lab" }]);
 * const { sensor_id, ts, val, topic } = JSON.parse(row);
 * if ([sensor_id, ts, val, topic].join() !== "lux-1,1484535480.613,371.6,lab") throw row;
 * ```
 */
export function jsonlFormat(): ReadableFormat {
  return {
    header: "",
    lineEnd: "\n",
    quotes: false,
    rows: (events) => events.map(write).join(""),
    read,
    begins(text) {
      const end = text.indexOf("\n") + 1;
      if (end === 0) return START.startsWith(text) || text.startsWith(START);
      return read(text.slice(0, end)).fault === undefined;
    },
  };
}

function write(event: SensorEvent): string {
  checkEvent(event);
  const { sensor_id, ts, val, topic, device_ts, time, qos, retain, dup } =
    event;
  const known = { topic, device_ts, time: inMs(time), qos, retain, dup };
  return jsonLine({ sensor_id, ts: inMs(ts), val, ...known }) + "\n";
}

/** A time with the resolution of 1 ms, or none. */
function inMs(seconds: number | undefined): number | undefined {
  if (seconds === undefined) return undefined;
  const rounded = Math.round(seconds * 1000) / 1000;
  // Very large times have no finite number of milliseconds.
  return Number.isFinite(rounded) ? rounded : seconds;
}

function read(line: string): ReadRow {
  if (!line.endsWith("\n")) return TORN;
  let event: Partial<SensorEvent> | null;
  try {
    event = JSON.parse(line);
  } catch {
    return faulty("not JSON");
  }
  const { sensor_id, ts, val } = event ?? {};
  if (typeof sensor_id !== "string") return faulty("its sensor_id is no text");
  if (typeof ts !== "number") return faulty("its ts is no number");
  if (!["number", "string", "boolean"].includes(typeof val)) {
    return faulty("its val is no number, text, true or false");
  }
  const value = JSON.stringify(val);
  return { row: { ts, sensor_id, value, event: event as SensorEvent } };
}
