import type { DatabaseSync } from "node:sqlite";
import type { SensorEvent } from "../event.ts";
import { checkEvent } from "./row_format.ts";

/**
 * The table of readings. A column without a type keeps what it is given: a
 * number is REAL, a text is TEXT, and true and false are the INTEGER 1 and 0.
 */
const TABLE = `CREATE TABLE IF NOT EXISTS readings (
  timestamp REAL NOT NULL,
  sensor_id TEXT NOT NULL,
  value NOT NULL,
  topic TEXT,
  device_time REAL
)`;

/** Makes the table if it is not there; returns what puts events into it. */
export function insertReadings(
  db: DatabaseSync,
): (events: readonly SensorEvent[]) => void {
  db.exec(TABLE);
  const insert = db.prepare("INSERT INTO readings VALUES (?, ?, ?, ?, ?)");
  return (events) => {
    for (const event of events) {
      checkEvent(event);
      const { ts, sensor_id, val, topic = null, device_ts = null } = event;
      insert.run(
        Math.round(ts * 1000) / 1000,
        sensor_id,
        // SQLite has no type for them. A BigInt is bound as an INTEGER.
        typeof val === "boolean" ? BigInt(val) : val,
        topic,
        device_ts,
      );
    }
  };
}
