// Records to SQLite, each message exactly once: what a batch became and its
// position are committed in one transaction, and the session goes on from there.
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
// Before all else, so that a Ctrl-C always ends it in order.
const ending = new AbortController();
const { signal } = ending;
Deno.addSignalListener("SIGINT", () => ending.abort());

// Another program that reads the database may lock it for a moment.
using db = new DatabaseSync(path, { timeout: 10_000 });
db.exec(`
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = FULL;
  CREATE TABLE IF NOT EXISTS readings (ts REAL, sensor_id TEXT, value);
  CREATE TABLE IF NOT EXISTS rejects
    (time REAL, topic TEXT, reason TEXT, payload BLOB);
  CREATE TABLE IF NOT EXISTS session (position INTEGER NOT NULL);
`);
const last = db.prepare("SELECT max(position) AS position FROM session");
const insert = db.prepare("INSERT INTO readings VALUES (?, ?, ?)");
const reject = db.prepare("INSERT INTO rejects VALUES (?, ?, ?, ?)");
const keep = db.prepare("INSERT INTO session VALUES (?)");

await using session = await openSession(path, {
  clientId: "lab-sqlite",
  url,
  signal,
  committed: Number(last.get()?.position ?? 0),
});
await pipe(
  mqtt(url, "lab/#", { session, signal, wait: true }),
  parse({ rejects: session.rejects }),
  stamp(),
  session.collect<SensorEvent>(({ items, rejects, position }) => {
    db.exec("BEGIN; DELETE FROM session");
    for (const { ts, sensor_id, val } of items) {
      insert.run(ts, sensor_id, typeof val === "boolean" ? Number(val) : val);
    }
    for (const { time, topic, reason, payload } of rejects) {
      reject.run(time, topic, reason, payload);
    }
    keep.run(position);
    db.exec("COMMIT");
  }),
);
