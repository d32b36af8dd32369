import { escape } from "../escape.ts";
import type { SensorEvent } from "../event.ts";
import { timeCells } from "../recording/formats/csv.ts";
import type { PrintFormat } from "./print_format.ts";

/**
 * Cells between tabs, those of the CSV: for `cut`, `awk` and `join`. A tab or a
 * line end in a text is written as `\t` or `\n`, so a line is always an event.
 */
export function asTsv(): PrintFormat {
  return {
    head: "timestamp\tdatetime\tsensor_id\tvalue\n",
    lines: (events) => events.map(line).join(""),
  };
}

function line({ sensor_id, ts, val }: SensorEvent): string {
  const times = timeCells(ts).replaceAll(",", "\t");
  return `${times}${cell(sensor_id)}\t${cell(String(val))}\n`;
}

function cell(text: string): string {
  return escape(text.replaceAll("\\", "\\\\"));
}
