import assert from "node:assert/strict";
import { gunzipSync, gzipSync } from "node:zlib";
import {
  checkRecording,
  csv,
  type CsvOptions,
  exportRecordings,
  filesByPattern,
  findRecordings,
  type SensorEvent,
} from "../pipeline/mod.ts";
import { flow, HEADER, ROW, valuesOf } from "./helpers/csv_rows.ts";
import { type Folder, makeFolder } from "./helpers/folder.ts";

const START = 1484535480;
const at = (seconds: number, sensor_id = "lux-1") => ({
  sensor_id,
  ts: START + seconds,
  val: seconds,
});

/** The values in each file, also in those that are compressed. */
async function values(folder: Folder): Promise<Record<string, number[]>> {
  const names = (await Array.fromAsync(Deno.readDir(folder.path("."))))
    .map(({ name }) => name).sort();
  const found: Record<string, number[]> = {};
  for (const name of names) {
    const bytes = await Deno.readFile(folder.path(name));
    const text = new TextDecoder().decode(
      name.endsWith(".gz") ? gunzipSync(bytes) : bytes,
    );
    found[name] = valuesOf(text);
  }
  return found;
}

/** Records to a file a minute. */
async function record(
  folder: Folder,
  batches: SensorEvent[][],
  { pattern = "%H-%M.csv", ...options }: CsvOptions & { pattern?: string } = {},
) {
  const pathOf = await filesByPattern(folder.path(pattern), { utc: true });
  const log: string[] = [];
  await csv(pathOf, { gzip: true, log: (text) => log.push(text), ...options })(
    flow(...batches),
  );
  return log;
}

Deno.test("a file whose time is over is compressed, and the current one is not", async () => {
  await using folder = await makeFolder();
  await record(folder, [[at(0)], [at(30)], [at(60)], [at(120)]]);
  assert.deepEqual(await values(folder), {
    "02-58.csv.gz": [0, 30],
    "02-59.csv.gz": [60],
    "03-00.csv": [120],
  });
});

Deno.test("a reading that is late by less than a minute is in the file of its time, a later one in a further file", async () => {
  await using folder = await makeFolder();
  await record(folder, [
    ...[[at(59)], [at(60)], [at(58)], [at(110)], [at(57)]],
    ...[[at(170)], [at(56)], [at(230)], [at(55)], [at(290)], [at(54)]],
  ]);
  assert.deepEqual(await values(folder), {
    "02-58-2.csv.gz": [56, 55, 54],
    "02-58.csv.gz": [59, 58, 57],
    "02-59.csv.gz": [60, 110],
    "03-00.csv.gz": [170],
    "03-01.csv.gz": [230],
    "03-02.csv": [290],
  });
});

Deno.test("a restart goes on in the file of now, and in none that is compressed", async () => {
  await using folder = await makeFolder();
  await record(folder, [[at(0)], [at(60)]]);
  await record(folder, [[at(61)], [at(1)]]);
  assert.deepEqual(await values(folder), {
    "02-58-2.csv.gz": [1],
    "02-58.csv.gz": [0],
    "02-59-2.csv": [61],
    "02-59.csv.gz": [60],
  });
});

Deno.test("a full file is compressed, without a pattern too", async () => {
  await using folder = await makeFolder();
  const options = { gzip: true, maxSize: 1 };
  await csv(folder.path("lab.csv"), options)(flow([at(0), at(1), at(2)]));
  await csv(folder.path("lab.csv"), options)(flow([at(3)]));
  assert.deepEqual(await values(folder), {
    "lab-2.csv.gz": [1],
    "lab-3.csv.gz": [2],
    "lab-4.csv": [3],
    "lab.csv.gz": [0],
  });
});

Deno.test("what an earlier recording left is compressed at the next start, the files of others are not", async () => {
  await using folder = await makeFolder();
  await record(folder, [[at(0, "a"), at(0, "b")]], {
    pattern: "{sensor_id}-%Y-%m-%d.csv",
    gzip: false,
  });
  await Deno.writeTextFile(folder.path("a-2017-x-y.csv"), HEADER);
  await Deno.writeTextFile(folder.path("a-2017-01-16~2.csv"), HEADER + ROW);
  await record(folder, [[{ sensor_id: "a", ts: Date.now() / 1000, val: 1 }]], {
    pattern: "{sensor_id}-%Y-%m-%d.csv",
  });
  const found = await values(folder);
  const today = new Date().toISOString().slice(0, 10);
  assert.deepEqual(found, {
    "a-2017-01-16.csv.gz": [0],
    "a-2017-01-16~2.csv.gz": [371.6063],
    "a-2017-x-y.csv": [],
    [`a-${today}.csv`]: [1],
    "b-2017-01-16.csv.gz": [0],
  });
});

for (
  const [what, packed, left] of [
    ["nothing of the copy", undefined, ["02-58.csv.gz"]],
    ["a part of the copy", "new", ["02-58.csv.gz"]],
    ["the whole copy", "same", ["02-58.csv.gz"]],
    ["another copy", "other", ["02-58.csv", "02-58.csv.gz"]],
    ["a copy that is cut off", "cut", ["02-58.csv", "02-58.csv.gz"]],
  ] as const
) {
  Deno.test(`a file that a crash left with ${what} beside it is whole, once, after the next start`, async () => {
    await using folder = await makeFolder();
    const text = HEADER + ROW;
    await Deno.writeTextFile(folder.path("02-58.csv"), text);
    const gz = folder.path("02-58.csv.gz");
    const bytes = gzipSync(packed === "other" ? HEADER : text);
    if (packed === "new") await Deno.writeFile(`${gz}.new`, bytes.slice(5));
    else if (packed === "cut") await Deno.writeFile(gz, bytes.slice(0, -5));
    else if (packed) await Deno.writeFile(gz, bytes);
    const log = await record(folder, [[at(60)]]);
    const names = (await Array.fromAsync(Deno.readDir(folder.path("."))))
      .map(({ name }) => name).filter((name) => name.startsWith("02-58"));
    assert.deepEqual(names.sort(), left);
    if (left.length === 1) {
      const packed = gunzipSync(await Deno.readFile(gz));
      assert.equal(new TextDecoder().decode(packed), text);
    } else {
      assert.equal(await folder.read("02-58.csv"), text);
      assert.match(`${log}`, /is there already and holds something else/);
    }
  });
}

Deno.test("a file that was compressed since it was named is read all the same", async () => {
  await using folder = await makeFolder();
  const path = folder.path("lab.csv");
  await Deno.writeFile(`${path}.gz`, gzipSync(HEADER + ROW));
  const { rows } = await checkRecording(path, { onProblem: () => {} });
  assert.equal(rows, 1);
  await exportRecordings([path], folder.path("all.csv"));
  assert.equal(await folder.read("all.csv"), HEADER + ROW);
});

Deno.test("a file and its compressed copy are one recording, unless they differ", async () => {
  await using folder = await makeFolder();
  const path = folder.path("lab.csv");
  await Deno.writeTextFile(path, HEADER + ROW);
  await Deno.writeFile(`${path}.gz`, gzipSync(HEADER + ROW));
  assert.deepEqual(await findRecordings([folder.path("lab*")]), [path]);
  await Deno.writeFile(`${path}.gz`, gzipSync(HEADER));
  assert.deepEqual(await findRecordings([path, `${path}.gz`]), [
    path,
    `${path}.gz`,
  ]);
});
