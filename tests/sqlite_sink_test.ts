import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { pipe, type SensorEvent, sqlite, WeirError } from "../pipeline/mod.ts";
import { EVENT, flow } from "./helpers/csv_rows.ts";
import { makeFolder } from "./helpers/folder.ts";

const failsWith = (code: string, text: RegExp) => (error: unknown) => {
  assert.ok(error instanceof WeirError, `${error}`);
  assert.equal(error.code, code);
  assert.match(error.message, text);
  return true;
};

/** The rows of a database, as another connection sees them. */
function rowsOf(path: string): unknown[] {
  using db = new DatabaseSync(path, { readOnly: true });
  return db.prepare("SELECT * FROM readings").all().map((row) => ({ ...row }));
}

Deno.test("sqlite() commits a batch before it pulls the next one", async () => {
  await using folder = await makeFolder();
  const path = folder.path("lab.db");
  const seen: number[] = [];
  async function* source() {
    yield [EVENT, EVENT];
    seen.push(rowsOf(path).length);
    yield [EVENT];
    seen.push(rowsOf(path).length);
  }
  const summary = await pipe(source(), sqlite(path));
  assert.deepEqual(seen, [2, 3]);
  assert.deepEqual(summary, { path, rows: 3, sensors: 1, moreSensors: false });
});

Deno.test("sqlite() keeps the type of each value, and appends to its table", async () => {
  await using folder = await makeFolder();
  const path = folder.path("lab.db");
  const values: SensorEvent["val"][] = [1.5, 2, "2", "", true, false, "ü\n"];
  for (const val of values) {
    const event = { ...EVENT, val, topic: "lab", device_ts: 624 };
    await sqlite(path)(flow([event]));
  }
  using db = new DatabaseSync(path);
  const rows = db.prepare(
    "SELECT value, typeof(value) AS type, topic, device_time FROM readings",
  ).all();
  assert.deepEqual(
    rows.map(({ value, type }) => [value, type]),
    [
      [1.5, "real"],
      [2, "real"],
      ["2", "text"],
      ["", "text"],
      [1, "integer"],
      [0, "integer"],
      ["ü\n", "text"],
    ],
  );
  assert.deepEqual([rows[0].topic, rows[0].device_time], ["lab", 624]);
});

Deno.test("sqlite() writes a batch whole, or not at all", async () => {
  await using folder = await makeFolder();
  const path = folder.path("lab.db");
  await assert.rejects(
    sqlite(path)(flow([EVENT], [EVENT, { ...EVENT, val: NaN }])),
    failsWith("ERR_WEIR_EVENT", /val is NaN/),
  );
  assert.equal(rowsOf(path).length, 1);
});

Deno.test("sqlite() says what is in its way", async () => {
  await using folder = await makeFolder();
  const other = folder.path("other.db");
  {
    using db = new DatabaseSync(other);
    db.exec("CREATE TABLE readings (ts REAL)");
  }
  await assert.rejects(
    sqlite(other)(flow([EVENT])),
    failsWith("ERR_WEIR_FILE", /a table readings of another kind/),
  );
  await Deno.writeTextFile(folder.path("lab.csv"), "no database".repeat(99));
  await assert.rejects(
    sqlite(folder.path("lab.csv"))(flow([EVENT])),
    failsWith("ERR_WEIR_FILE", /not a database/),
  );
  await assert.rejects(
    sqlite(folder.path("none/lab.db"))(flow([EVENT])),
    failsWith("ERR_WEIR_FILE", /unable to open/),
  );
});
