// Records to SQLite, each message exactly once: a batch and its position are
// committed in one transaction, and the session goes on from there.
import { DatabaseSync } from "node:sqlite";
import {
  mqtt,
  openSession,
  parse,
  pipe,
  type SensorEvent,
  stamp,
} from "../pipeline/mod.ts";

const [url = "mqtt://localhost", path = "lab.db"] = Deno.args;
// Another program that reads the database may lock it for a moment.
const db = new DatabaseSync(path, { timeout: 10_000 });
db.exec(`
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = FULL;
  CREATE TABLE IF NOT EXISTS readings (ts REAL, sensor_id TEXT, value);
  CREATE TABLE IF NOT EXISTS session (position INTEGER NOT NULL);
`);
const last = db.prepare("SELECT max(position) AS position FROM session");
const insert = db.prepare("INSERT INTO readings VALUES (?, ?, ?)");
const keep = db.prepare("INSERT INTO session VALUES (?)");

await using session = await openSession(path, {
  clientId: "lab-sqlite",
  url,
  committed: Number(last.get()?.position ?? 0),
});
const ending = new AbortController();
Deno.addSignalListener("SIGINT", () => ending.abort());
await pipe(
  mqtt(url, "lab/#", { session, signal: ending.signal, wait: true }),
  parse(),
  stamp(),
  session.collect<SensorEvent>(({ items, position }) => {
    db.exec("BEGIN; DELETE FROM session");
    for (const { ts, sensor_id, val } of items) {
      insert.run(ts, sensor_id, typeof val === "boolean" ? Number(val) : val);
    }
    keep.run(position);
    db.exec("COMMIT");
  }),
);
db.close();
// A timer of a client that is still taking its leave would hold the end up.
Deno.exit();
