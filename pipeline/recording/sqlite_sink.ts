import type { SensorEvent } from "../event.ts";
import type { Sink } from "../flow.ts";
import { createSensorCount } from "./sensor_count.ts";

/** What a recording to SQLite came to. */
export interface SqliteSummary {
  /** The database. */
  path: string;
  /** How many rows were written, one for each event. */
  rows: number;
  /** How many sensors they came from; counted up to some 10,000. */
  sensors: number;
  /** Whether there were more sensors than that. */
  moreSensors: boolean;
}

/**
 * Records events to the table `readings` of an SQLite database, which is made if
 * it is not there. A batch is a transaction: it is committed, and on the disk
 * itself, before the next one is pulled, so before its messages are
 * acknowledged.
 *
 * The columns are `timestamp` (REAL, seconds since 1970 with a resolution of
 * 1 ms), `sensor_id` (TEXT), `value` (REAL, TEXT, or the INTEGER 1 and 0 for
 * true and false), `topic` (TEXT) and `device_time` (REAL). The last two are
 * NULL if they are unknown.
 *
 * @throws {WeirError} if the database cannot be opened or written, or has
 * another table of that name; `ERR_WEIR_EVENT` if an event cannot be written.
 * The batch is then not in the table.
 *
 * @example
 * ```ts
 * import { DatabaseSync } from "node:sqlite";
 * import { pipe, sqlite } from "../mod.ts";
 *
 * const path = `${await Deno.makeTempDir()}/lab.db`;
 * async function* source() {
 *   yield [{ sensor_id: "lux-1", ts: 1484535480.613, val: 371.6063 }];
 * }
 * const { rows } = await pipe(source(), sqlite(path));
 * using db = new DatabaseSync(path);
 * const row = db.prepare("SELECT timestamp, value FROM readings").get();
 * if (rows !== 1 || row?.value !== 371.6063) throw row;
 * ```
 */
export function sqlite(path: string): Sink<SensorEvent, SqliteSummary> {
  return async (flow) => {
    const { openReadings } = await import("./sqlite_table.ts");
    using readings = openReadings(path);
    const sensors = createSensorCount();
    let rows = 0;
    for await (const events of flow) {
      readings.write(events);
      rows += events.length;
      sensors.add(events);
    }
    return { path, rows, ...sensors.count() };
  };
}
