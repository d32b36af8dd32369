import { jsonLine } from "../../escape.ts";
import type { SensorEvent } from "../../event.ts";
import { checkEvent, type RowFormat } from "../row_format.ts";

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
export function jsonlFormat(): RowFormat {
  return {
    header: "",
    quotes: false,
    rows: (events) => events.map(row).join(""),
    begins(text) {
      const end = text.indexOf("\n");
      if (end < 0) return START.startsWith(text) || text.startsWith(START);
      return isEvent(text.slice(0, end));
    },
  };
}

function row(event: SensorEvent): string {
  checkEvent(event);
  const { sensor_id, ts, val, topic, device_ts, time, retain, dup } = event;
  const known = { topic, device_ts, time: inMs(time), retain, dup };
  return jsonLine({ sensor_id, ts: inMs(ts), val, ...known }) + "\n";
}

/** A time with the resolution of 1 ms, or none. */
function inMs(seconds: number | undefined): number | undefined {
  if (seconds === undefined) return undefined;
  const rounded = Math.round(seconds * 1000) / 1000;
  // Very large times have no finite number of milliseconds.
  return Number.isFinite(rounded) ? rounded : seconds;
}

function isEvent(line: string): boolean {
  try {
    const { sensor_id, ts, val } = JSON.parse(line);
    return typeof sensor_id === "string" && typeof ts === "number" &&
      val !== undefined;
  } catch {
    return false;
  }
}
