import assert from "node:assert/strict";
import { csv, type SensorEvent } from "../../pipeline/mod.ts";
import type { Folder } from "./folder.ts";

/** What a recording begins with. */
export const HEADER = "timestamp,datetime,sensor_id,value\r\n";

/** The row of {@linkcode EVENT}. */
export const ROW = "1484535480.613,2017-01-16T02:58:00.613Z,lux-1,371.6063\r\n";

/** An event. */
export const EVENT: SensorEvent = {
  sensor_id: "lux-1",
  ts: 1484535480.613,
  val: 371.6063,
};

/** A flow of these batches. */
export async function* flow(...batches: SensorEvent[][]) {
  yield* batches;
}

/** Records events to `test.csv` in a folder; returns what csv() logged. */
export async function record(
  folder: Folder,
  events: SensorEvent[],
  options: { overwrite?: boolean } = {},
): Promise<string[]> {
  const logged: string[] = [];
  const log = (text: string) => logged.push(text);
  await csv(folder.path("test.csv"), { ...options, log })(flow(events));
  return logged;
}

/** The values of the rows of a CSV, as they are written. */
export function cellsOf(csv: string): string[] {
  assert.ok(csv.startsWith(HEADER), csv);
  assert.ok(csv.endsWith("\r\n"), csv);
  return csv.split("\r\n").slice(1, -1).map((row) => row.split(",")[3]);
}

/** The same as numbers. */
export function valuesOf(csv: string): number[] {
  return cellsOf(csv).map(Number);
}
