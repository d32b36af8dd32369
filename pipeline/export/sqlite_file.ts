import { DatabaseSync } from "node:sqlite";
import { insertReadings } from "../recording/sqlite_table.ts";
import type { Output } from "./output.ts";

/** SQLite: the table that the sink `sqlite()` makes, with an index by time. */
export function sqliteOutput(path: string): Output {
  const db = new DatabaseSync(path);
  // A file that is not whole is removed, so it needs no journal.
  db.exec("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF");
  const insert = insertReadings(db);
  db.exec("BEGIN");
  return {
    write: (events) => {
      insert(events);
      return Promise.resolve();
    },
    async close() {
      db.exec("CREATE INDEX readings_by_time ON readings (timestamp); COMMIT");
      db.close();
      using file = await Deno.open(path, { write: true });
      await file.sync();
    },
    abort: () => db.close(),
  };
}
