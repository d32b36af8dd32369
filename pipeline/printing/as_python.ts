import { repr } from "../escape.ts";
import type { SensorEvent } from "../event.ts";
import type { PrintFormat } from "./print_format.ts";

/** `SensorEvent(sensor_id='lux-1', ts=1484535480.613, val=371.6063)` */
export function asPython(): PrintFormat {
  return { lines: (events) => events.map(line).join("") };
}

function line({ sensor_id, ts, val }: SensorEvent): string {
  const value = typeof val === "string"
    ? repr(val)
    : typeof val === "boolean"
    ? (val ? "True" : "False")
    : val;
  return `SensorEvent(sensor_id=${repr(sensor_id)}, ts=${ts}, val=${value})\n`;
}
