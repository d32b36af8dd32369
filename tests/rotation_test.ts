import assert from "node:assert/strict";
import {
  csv,
  jsonl,
  type PathOf,
  recorder,
  type SensorEvent,
  WeirError,
} from "../pipeline/mod.ts";
import { startBranch } from "../pipeline/branch.ts";
import { EVENT, flow, HEADER } from "./helpers/csv_rows.ts";
import { type Folder, makeFolder } from "./helpers/folder.ts";

const MINUTE = 60;
const START = 1484535480;

/** A file for each minute. */
const byMinute = (folder: Folder): PathOf => (time) =>
  folder.path(`${Math.floor((time - START) / MINUTE)}.csv`);

/** A file for each sensor. */
const bySensor = (folder: Folder): PathOf => (_, { sensor_id }) =>
  folder.path(`${sensor_id}.csv`);

/** An event so many seconds after the start. */
const at = (seconds: number, val = seconds, sensor_id = "lux-1") => ({
  sensor_id,
  ts: START + seconds,
  val,
});

/** The values in each file. */
async function values(folder: Folder): Promise<Record<string, number[]>> {
  const found: Record<string, number[]> = {};
  for await (const { name } of Deno.readDir(folder.path("."))) {
    const text = await folder.read(name);
    assert.ok(text.startsWith(HEADER), name);
    const rows = text.split("\r\n").slice(1, -1);
    found[name] = rows.map((row) => Number(row.split(",")[3]));
  }
  return found;
}

/** The files of this process that are open in a folder. */
function openFiles(folder: Folder): string[] {
  return [...Deno.readDirSync("/proc/self/fd")]
    .flatMap(({ name }) => {
      try {
        return [Deno.readLinkSync(`/proc/self/fd/${name}`)];
      } catch {
        return [];
      }
    })
    .filter((path) => path.startsWith(folder.path("")))
    .map((path) => path.slice(folder.path("").length));
}

Deno.test("each event goes to the file of its own time, a late one too", async () => {
  await using folder = await makeFolder();
  const summary = await csv(byMinute(folder), { log: () => {} })(flow(
    [at(0), at(59)],
    [at(60), at(1), at(61)],
    [at(130), at(62), at(2)],
  ));
  assert.deepEqual(await values(folder), {
    "0.csv": [0, 59, 1, 2],
    "1.csv": [60, 61, 62],
    "2.csv": [130],
  });
  assert.equal(summary.rows, 8);
});

Deno.test({
  name: "a file that is over is synced and closed when the next one opens",
  ignore: Deno.build.os !== "linux",
  fn: async () => {
    await using folder = await makeFolder();
    const seen: string[][] = [];
    await csv(byMinute(folder))((async function* () {
      for (const seconds of [0, 30, 60, 90, 120]) {
        yield [at(seconds)];
        seen.push(openFiles(folder));
      }
    })());
    assert.deepEqual(seen, [["0.csv"], ["0.csv"], ["1.csv"], ["1.csv"], [
      "2.csv",
    ]]);
    assert.deepEqual(openFiles(folder), []);
  },
});

Deno.test({
  name: "at most 64 files are open, and each has all of its events",
  ignore: Deno.build.os !== "linux",
  fn: async () => {
    await using folder = await makeFolder();
    const batch = (round: number): SensorEvent[] =>
      Array.from({ length: 100 }, (_, n) => at(round, n, `s${n}`));
    let most = 0;
    await csv(bySensor(folder))((async function* () {
      for (let round = 0; round < 3; round++) {
        yield batch(round);
        most = Math.max(most, openFiles(folder).length);
      }
    })());
    assert.equal(most, 64);
    const found = await values(folder);
    assert.equal(Object.keys(found).length, 100);
    for (let n = 0; n < 100; n++) {
      assert.deepEqual(found[`s${n}.csv`], [n, n, n]);
    }
  },
});

Deno.test("a name under which something else is saved goes on in its next file, also once it was closed", async () => {
  await using folder = await makeFolder();
  await csv(byMinute(folder), { log: () => {} })((async function* () {
    yield [at(0)];
    await Deno.writeTextFile(folder.path("0.csv"), "a;b\r\n");
    yield [at(1)];
    yield [at(60)];
    yield [at(2)];
  })());
  assert.equal(await folder.read("0.csv"), "a;b\r\n");
  await Deno.remove(folder.path("0.csv"));
  assert.deepEqual(await values(folder), {
    "0-2.csv": [1, 2],
    "1.csv": [60],
  });
});

Deno.test("recorder() goes on by name, each file in its format, with the rejects beside the last one", async () => {
  await using folder = await makeFolder();
  const recording = recorder({ log: () => {} });
  const branch = startBranch(recording);
  const rejected = startBranch(recording.rejects);
  const reject = {
    time: START,
    topic: "t",
    reason: "null",
    payload: new Uint8Array(),
  };
  await recording.start((time) =>
    folder.path(time < START + MINUTE ? "0.csv" : "1.jsonl")
  );
  assert.equal(recording.snapshot().path, undefined);
  await rejected.push([reject]);
  await branch.push([at(0)]);
  await rejected.push([reject]);
  await branch.push([at(60)]);
  await rejected.push([reject]);
  await rejected.end();
  const { rows, path } = recording.snapshot();
  assert.deepEqual([rows, path], [2, folder.path("1.jsonl")]);
  await branch.end();
  assert.equal(recording.snapshot().synced, 2);
  const lines = async (name: string) =>
    (await folder.read(name)).trimEnd().split("\n").length;
  assert.deepEqual(
    await Promise.all([
      "0.csv",
      "0.csv.rejects.jsonl",
      "1.jsonl",
      "1.jsonl.rejects.jsonl",
    ].map(lines)),
    [2, 2, 1, 1],
  );
});

Deno.test("recorder() keeps apart what is written and what waits, if one of its files cannot be written", async () => {
  await using folder = await makeFolder();
  const told: string[] = [];
  const recording = recorder({ log: (text) => told.push(text) });
  const branch = startBranch(recording);
  await recording.start(bySensor(folder));
  await Deno.mkdir(folder.path("b.csv"));
  await branch.push([
    at(0, 0, "a"),
    at(0, 1, "b"),
    at(0, 2, "a"),
    at(0, 3, "c"),
  ]);
  const { state, waiting, reason } = recording.snapshot();
  assert.deepEqual([state, waiting], ["error", 2]);
  assert.equal(reason, "it is a folder");
  assert.match(told.join(), /b\.csv: it is a folder/);
  await branch.push([at(1, 4, "b"), at(1, 5, "a")]);
  await Deno.remove(folder.path("b.csv"));
  await branch.end();
  assert.deepEqual(await values(folder), {
    "a.csv": [0, 2, 5],
    "b.csv": [1, 4],
    "c.csv": [3],
  });
  const { synced, lost } = recording.snapshot();
  assert.deepEqual([synced, lost], [6, 0]);
});

Deno.test("files by name are appended to and not overwritten, and a name is a path", async () => {
  await using folder = await makeFolder();
  await csv(byMinute(folder))(flow([at(0)]));
  await csv(byMinute(folder))(flow([at(1)]));
  assert.deepEqual(await values(folder), { "0.csv": [0, 1] });
  for (
    const sink of [
      csv(byMinute(folder), { overwrite: true }),
      jsonl(() => ""),
      csv((() => undefined) as never),
    ]
  ) {
    await assert.rejects(
      sink(flow([EVENT])),
      (error) =>
        error instanceof WeirError && error.code === "ERR_WEIR_ARGUMENT",
    );
  }
});
