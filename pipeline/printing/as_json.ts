import { jsonLine } from "../escape.ts";
import type { PrintFormat } from "./print_format.ts";

/** `{"sensor_id":"lux-1","ts":1484535480.613,"val":371.6063}` */
export function asJson(): PrintFormat {
  return {
    lines: (events) =>
      events.map(({ sensor_id, ts, val }) =>
        jsonLine({ sensor_id, ts, val }) + "\n"
      ).join(""),
  };
}
