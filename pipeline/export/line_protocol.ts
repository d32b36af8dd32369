import type { SensorEvent } from "../event.ts";
import { checkEvent } from "../recording/row_format.ts";

/**
 * Returns events in InfluxDB's line protocol, a line each, with times in
 * nanoseconds: `weir,sensor_id=lux-1 value=371.6063 1484535480613000000`. A
 * field has one type, so a text is the field `text`, and true or false is the
 * field `state`.
 *
 * https://docs.influxdata.com/influxdb/v2/reference/syntax/line-protocol/
 *
 * @throws {WeirError} `ERR_WEIR_EVENT` if an event cannot be written.
 *
 * @example
 * ```ts
 * import { lineProtocol } from "../mod.ts";
 *
 * const lines = lineProtocol([{ sensor_id: "lux-1", ts: 1, val: 371.6063 }]);
 * if (lines !== "weir,sensor_id=lux-1 value=371.6063 1000000000\n") throw lines;
 * ```
 */
export function lineProtocol(events: readonly SensorEvent[]): string {
  return events.map(line).join("");
}

function line(event: SensorEvent): string {
  checkEvent(event);
  const { sensor_id, ts, topic } = event;
  const tags = { sensor_id, topic };
  const set = Object.entries(tags).filter(([, value]) => value)
    .map(([name, value]) => `,${name}=${tag(value!)}`).join("");
  return `weir${set} ${field(event)} ${BigInt(Math.round(ts * 1000))}000000\n`;
}

function field({ val }: SensorEvent): string {
  if (typeof val === "number") return `value=${JSON.stringify(val)}`;
  if (typeof val === "boolean") return `state=${val}`;
  return `text="${val.replaceAll(/["\\]/g, "\\$&")}"`;
}

/** A tag holds no line break, and no `\` at its end: both become others. */
function tag(text: string): string {
  return text.replaceAll(/[\r\n]+/g, " ").replace(/\\+$/, "/")
    .replaceAll(/[ ,=]/g, "\\$&");
}
