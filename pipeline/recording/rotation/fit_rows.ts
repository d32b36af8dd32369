import { Buffer } from "node:buffer";
import type { SensorEvent } from "../../event.ts";
import type { RowFormat } from "../row_format.ts";

/** Returns how many of these events, from the first on, fit as rows into so many bytes. */
export function fitRows(
  events: readonly SensorEvent[],
  format: RowFormat,
  room: number,
): number {
  if (estimate(events) <= room) return events.length;
  let count = 0;
  for (const event of events) {
    room -= Buffer.byteLength(format.rows([event]));
    if (room < 0) break;
    count++;
  }
  return count;
}

/** More bytes than the rows have, found without writing them. */
function estimate(events: readonly SensorEvent[]): number {
  let bytes = 0;
  for (const { sensor_id, val, topic = "" } of events) {
    const text = typeof val === "string" ? val.length : 0;
    // JSON has at most 6 bytes for a character.
    bytes += 300 + 6 * (sensor_id.length + topic.length + text);
  }
  return bytes;
}
