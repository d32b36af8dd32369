// Records to PostgreSQL (or TimescaleDB), each message exactly once: what a batch
// became and its position are committed in one transaction.
import postgres from "postgres";
import {
  mqtt,
  openSession,
  parse,
  pipe,
  type SensorEvent,
  stamp,
} from "../pipeline/mod.ts";

const [url = "mqtt://localhost", database = "postgres://localhost/lab"] =
  Deno.args;
const ending = new AbortController();
const { signal } = ending;
Deno.addSignalListener("SIGINT", () => ending.abort());

await using stack = new AsyncDisposableStack();
const sql = stack.adopt(
  postgres(database, { onnotice() {} }),
  (sql) => sql.end(),
);
await sql`
  CREATE TABLE IF NOT EXISTS readings
    (time timestamptz NOT NULL, sensor_id text NOT NULL, value double precision,
     text text)`;
await sql`CREATE TABLE IF NOT EXISTS session (position bigint NOT NULL)`;
const [{ position }] = await sql`SELECT max(position) AS position FROM session`;

const lab = { clientId: "lab-postgres", url, signal };
await using session = await openSession("lab-postgres", {
  ...lab,
  committed: Number(position ?? 0),
});
await pipe(
  mqtt(url, "lab/#", { session, signal, wait: true }),
  parse(),
  stamp(),
  session.collect<SensorEvent>(async ({ items, position }) => {
    const rows = items.map(({ ts, sensor_id, val }) => ({
      time: new Date(ts * 1000),
      sensor_id,
      value: typeof val === "number" ? val : null,
      // PostgreSQL's text holds no NUL.
      text: typeof val === "number" ? null : `${val}`.replaceAll("\0", ""),
    }));
    await sql.begin(async (sql) => {
      await sql`DELETE FROM session`;
      await sql`INSERT INTO session VALUES (${position})`;
      // A statement has at most 65,535 parameters.
      for (let at = 0; at < rows.length; at += 10_000) {
        await sql`INSERT INTO readings ${sql(rows.slice(at, at + 10_000))}`;
      }
    });
  }),
);
