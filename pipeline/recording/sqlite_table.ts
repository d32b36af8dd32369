import { DatabaseSync } from "node:sqlite";
import { WeirError } from "../error.ts";
import { escape } from "../escape.ts";
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

const COLUMNS = "timestamp,sensor_id,value,topic,device_time";

/** Makes the table if it is not there; returns what puts events into it. */
export function insertReadings(
  db: DatabaseSync,
): (events: readonly SensorEvent[]) => void {
  db.exec(TABLE);
  const insert = db.prepare(
    `INSERT INTO readings (${COLUMNS}) VALUES (?, ?, ?, ?, ?)`,
  );
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

/** The table of readings in a database that others may read. */
export interface Readings extends Disposable {
  /** Writes events in one transaction: all of them, or none. */
  write(events: readonly SensorEvent[]): void;
}

/** Another program may lock the database for so many milliseconds. */
const PATIENCE = 10_000;

/**
 * Opens the table of readings in a database, which is made if it is not there.
 *
 * @throws {WeirError} if that fails. So does writing.
 */
export function openReadings(path: string): Readings {
  const said = <T>(act: () => T): T => {
    try {
      return act();
    } catch (error) {
      throw sqliteError(path, error);
    }
  };
  const db = said(() => new DatabaseSync(path, { timeout: PATIENCE }));
  try {
    const insert = said(() => {
      // Readers do not lock a writer out; a commit is on the disk itself.
      db.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL");
      return insertReadings(db);
    });
    return {
      write: (events) =>
        said(() => {
          db.exec("BEGIN IMMEDIATE");
          try {
            insert(events);
            db.exec("COMMIT");
          } catch (error) {
            if (db.isTransaction) db.exec("ROLLBACK");
            throw error;
          }
        }),
      [Symbol.dispose]: () => db.close(),
    };
  } catch (error) {
    db.close();
    throw error;
  }
}

/** Result codes of SQLite (https://sqlite.org/rescode.html). */
const BUSY = 5;
const FULL = 13;

/** An error of SQLite as one that a person can do something about. */
function sqliteError(path: string, error: unknown): WeirError {
  if (error instanceof WeirError) return error;
  const { errcode, message: reason } = error as Error & { errcode?: number };
  const advice = errcode === BUSY
    ? " Another program has locked it."
    : /readings has no column/.test(reason)
    ? " It has a table readings of another kind: record to another database."
    : "";
  return new WeirError(
    errcode === FULL ? "ERR_WEIR_DISK_FULL" : "ERR_WEIR_FILE",
    `Cannot write ${escape(path)}: ${reason}.${advice}`,
    { cause: error, facts: { path, reason } },
  );
}
