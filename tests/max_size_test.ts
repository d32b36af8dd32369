import assert from "node:assert/strict";
import { csv, filesByPattern, recorder } from "../pipeline/mod.ts";
import { startBranch } from "../pipeline/branch.ts";
import { flow, HEADER, valuesOf } from "./helpers/csv_rows.ts";
import { type Folder, makeFolder } from "./helpers/folder.ts";

const START = 1484535480;
const at = (seconds: number, val = seconds, sensor_id = "lux-1") => ({
  sensor_id,
  ts: START + seconds,
  val,
});

/** What a row of `at()` takes, if its value has a digit. */
const ROW_BYTES = "1484535480.000,2017-01-16T02:58:00.000Z,lux-1,1\r\n".length;

/** Room for so many rows. */
const roomFor = (rows: number) => HEADER.length + rows * ROW_BYTES;

async function values(folder: Folder): Promise<Record<string, number[]>> {
  const names = (await Array.fromAsync(Deno.readDir(folder.path("."))))
    .map(({ name }) => name).sort();
  const found: Record<string, number[]> = {};
  for (const name of names) found[name] = valuesOf(await folder.read(name));
  return found;
}

Deno.test("a recording goes on in the next file before one is larger than it may be", async () => {
  await using folder = await makeFolder();
  const events = Array.from({ length: 8 }, (_, n) => at(n));
  const { rows } = await csv(folder.path("lab.csv"), { maxSize: roomFor(3) })(
    flow(events.slice(0, 2), events.slice(2, 3), events.slice(3)),
  );
  assert.equal(rows, 8);
  assert.deepEqual(await values(folder), {
    "lab-2.csv": [3, 4, 5],
    "lab-3.csv": [6, 7],
    "lab.csv": [0, 1, 2],
  });
});

Deno.test("a restart goes on in the newest file that has room, and in none that is another's", async () => {
  await using folder = await makeFolder();
  const maxSize = roomFor(2);
  const record = (...seconds: number[]) =>
    csv(folder.path("lab.csv"), { maxSize })(
      flow(seconds.map((second) => at(second))),
    );
  await record(0, 1, 2);
  await record(3);
  await Deno.writeTextFile(folder.path("lab-3.csv"), "a;b\r\n");
  await record(4, 5, 6);
  assert.equal(await folder.read("lab-3.csv"), "a;b\r\n");
  await Deno.remove(folder.path("lab-3.csv"));
  assert.deepEqual(await values(folder), {
    "lab-2.csv": [2, 3],
    "lab-4.csv": [4, 5],
    "lab-5.csv": [6],
    "lab.csv": [0, 1],
  });
});

Deno.test("a row that is larger than a file may be has one of its own", async () => {
  await using folder = await makeFolder();
  await csv(folder.path("lab.csv"), { maxSize: 1 })(flow([at(0), at(1)]));
  assert.deepEqual(await values(folder), {
    "lab-2.csv": [1],
    "lab.csv": [0],
  });
});

Deno.test("each file of a pattern has its own bound, and a late reading goes to its newest", async () => {
  await using folder = await makeFolder();
  const pathOf = await filesByPattern(folder.path("%H-%M.csv"), { utc: true });
  // A value of a minute later has two digits.
  await csv(pathOf, { maxSize: roomFor(2) + 2 })(
    flow([at(0), at(60), at(1), at(2)], [at(61), at(62), at(3), at(4)]),
  );
  assert.deepEqual(await values(folder), {
    "02-58-2.csv": [2, 3],
    "02-58-3.csv": [4],
    "02-58.csv": [0, 1],
    "02-59-2.csv": [62],
    "02-59.csv": [60, 61],
  });
});

Deno.test("a further file of one sensor is never the file of another", async () => {
  await using folder = await makeFolder();
  const pathOf = await filesByPattern(folder.path("{sensor_id}.csv"));
  await csv(pathOf, { maxSize: 1 })(
    flow([at(0, 0, "lux"), at(1, 1, "lux"), at(2, 2, "lux-2")]),
  );
  assert.deepEqual(await values(folder), {
    "lux-2.csv": [2],
    "lux.csv": [0],
    "lux~2.csv": [1],
  });
  assert.match(pathOf(0, at(0, 0, "lux~2")), /\/lux~2~[0-9a-f]{12}\.csv$/);
});

Deno.test("readings that wait while the next file cannot be made are in order, and there once", async () => {
  await using folder = await makeFolder();
  const recording = recorder({ log: () => {}, maxSize: roomFor(2) });
  const branch = startBranch(recording);
  await recording.start(folder.path("lab.csv"));
  await branch.push([at(0)]);
  assert.equal(recording.snapshot().path, folder.path("lab.csv"));
  await Deno.symlink("none/lab.csv", folder.path("lab-2.csv"));
  await branch.push([at(1), at(2), at(3)]);
  const { state, waiting } = recording.snapshot();
  assert.deepEqual([state, waiting], ["error", 2]);
  await Deno.remove(folder.path("lab-2.csv"));
  await branch.push([at(4)]);
  await branch.end();
  assert.deepEqual(await values(folder), {
    "lab-2.csv": [2, 3],
    "lab-3.csv": [4],
    "lab.csv": [0, 1],
  });
});
