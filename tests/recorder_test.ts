import assert from "node:assert/strict";
import {
  type Recorder,
  recorder,
  type Reject,
  type SensorEvent,
  WeirError,
} from "../pipeline/mod.ts";
import { startBranch } from "../pipeline/branch.ts";
import { type Folder, makeFolder } from "./helpers/folder.ts";
import { diskTest } from "./helpers/needs.ts";
import { run } from "./helpers/run.ts";
import { until } from "./helpers/until.ts";

let number = 0;

/** So many readings, each with a number of its own. */
function readings(count: number): SensorEvent[] {
  return Array.from({ length: count }, () => ({
    sensor_id: "lux-1",
    ts: 1484535480,
    val: number++,
  }));
}

/** The values in a recording. */
async function values(folder: Folder, name: string): Promise<number[]> {
  const rows = (await folder.read(name)).split("\r\n").slice(1, -1);
  return rows.map((row) => Number(row.split(",")[3]));
}

/** A recorder in the middle of a flow, fed by hand. */
function running(): Recorder & {
  push(batch: SensorEvent[]): Promise<number[]>;
  end(): Promise<void>;
  told: string[];
} {
  const told: string[] = [];
  const recording = recorder({ log: (text) => told.push(text) });
  const branch = startBranch(recording);
  return Object.assign(recording, {
    async push(batch: SensorEvent[]) {
      await branch.push(batch);
      return batch.map(({ val }) => val as number);
    },
    end: () => branch.end(),
    told,
  });
}

const reject: Reject = {
  time: 1484535480.613,
  topic: "sensor-data",
  reason: "not JSON",
  payload: new TextEncoder().encode("?"),
};

Deno.test("recorder() writes what comes between start and stop, and nothing else", async () => {
  await using folder = await makeFolder();
  const recording = running();
  await recording.push(readings(3));
  assert.equal(recording.snapshot().state, "stopped");
  await recording.start(folder.path("test.csv"));
  assert.equal(recording.snapshot().state, "recording");
  const wanted = await recording.push(readings(3));
  await recording.stop();
  await recording.push(readings(3));
  await recording.end();
  assert.deepEqual(await values(folder, "test.csv"), wanted);
  const { state, rows, synced, bytes, path } = recording.snapshot();
  assert.deepEqual([state, rows, synced], ["stopped", 3, 3]);
  assert.equal(bytes, (await Deno.stat(path!)).size);
});

Deno.test("recorder() lets readings go by while it is paused, and counts them", async () => {
  await using folder = await makeFolder();
  const recording = running();
  await recording.start(folder.path("test.csv"));
  const before = await recording.push(readings(2));
  recording.pause();
  assert.equal(recording.snapshot().state, "paused");
  await recording.push(readings(5));
  recording.resume();
  const after = await recording.push(readings(2));
  await recording.end();
  assert.deepEqual(await values(folder, "test.csv"), [...before, ...after]);
  assert.equal(recording.snapshot().passed, 5);
});

Deno.test("recorder() goes on in another file without losing or doubling a reading", async () => {
  await using folder = await makeFolder();
  const recording = running();
  const wanted: number[] = [];
  await recording.start(folder.path("0.csv"));
  for (let file = 1; file <= 5; file++) {
    const starting = recording.start(folder.path(`${file}.csv`));
    for (let batch = 0; batch < 20; batch++) {
      wanted.push(...await recording.push(readings(3)));
    }
    await starting;
  }
  await recording.end();
  const written: number[] = [];
  for (let file = 0; file <= 5; file++) {
    written.push(...await values(folder, `${file}.csv`));
  }
  assert.deepEqual(written, wanted);
});

Deno.test("recorder() stays with its file where the next one cannot be opened", async () => {
  await using folder = await makeFolder();
  await Deno.writeTextFile(folder.path("other.csv"), "a,b\r\n1,2\r\n");
  const recording = running();
  await recording.start(folder.path("test.csv"));
  await assert.rejects(
    recording.start(folder.path("other.csv")),
    (error) =>
      error instanceof WeirError && /another header/.test(error.message),
  );
  const wanted = await recording.push(readings(2));
  await recording.end();
  assert.deepEqual(await values(folder, "test.csv"), wanted);
  assert.equal(await folder.read("other.csv"), "a,b\r\n1,2\r\n");
});

Deno.test("recorder() appends to a recording, and replaces it only when asked to", async () => {
  await using folder = await makeFolder();
  const path = folder.path("test.csv");
  const recording = running();
  await recording.start(path);
  const first = await recording.push(readings(2));
  await recording.stop();
  await recording.start(path);
  const second = await recording.push(readings(2));
  await recording.stop();
  assert.deepEqual(await values(folder, "test.csv"), [...first, ...second]);
  assert.equal(recording.snapshot().rows, 2);
  await recording.start(path, { overwrite: true });
  const third = await recording.push(readings(1));
  await recording.end();
  assert.deepEqual(await values(folder, "test.csv"), third);
});

Deno.test("recorder() counts every reject, and writes those of its recording", async () => {
  await using folder = await makeFolder();
  const recording = running();
  const rejected = startBranch(recording.rejects);
  await rejected.push([reject]);
  assert.equal(recording.snapshot().rejected, 1);
  await recording.start(folder.path("test.csv"));
  assert.equal(recording.snapshot().rejected, 0);
  await rejected.push([reject, { ...reject, reason: "null" }]);
  recording.pause();
  await rejected.push([reject]);
  await rejected.end();
  await recording.end();
  assert.equal(recording.snapshot().rejected, 3);
  assert.equal(recording.snapshot().lastReject, "not JSON");
  const lines = (await folder.read("test.csv.rejects.jsonl")).trimEnd();
  assert.deepEqual(
    lines.split("\n").map((line) => JSON.parse(line).reason),
    ["not JSON", "null"],
  );
});

Deno.test("recorder() syncs what it wrote by itself", async () => {
  await using folder = await makeFolder();
  const recording = running();
  await recording.start(folder.path("test.csv"));
  await recording.push(readings(7));
  const { rows, synced } = recording.snapshot();
  assert.deepEqual([rows, synced], [7, 0]);
  await until("all is synced", () => recording.snapshot().synced === 7);
  await recording.end();
});

Deno.test("recorder() closes its file where the flow fails", async () => {
  await using folder = await makeFolder();
  const recording = recorder({ log: () => {} });
  const wanted = readings(2);
  await assert.rejects(
    recording((async function* () {
      await recording.start(folder.path("test.csv"));
      yield wanted;
      throw new WeirError("ERR_WEIR_CONNECTION_LOST", "the broker is gone");
    })()),
    /the broker is gone/,
  );
  const { state, synced } = recording.snapshot();
  assert.deepEqual([state, synced], ["stopped", 2]);
  assert.equal((await values(folder, "test.csv")).length, 2);
});

/** Lets every sync fail, and writes of more than so many bytes, while `act` runs. */
async function whileFailing(act: () => Promise<void>) {
  const { syncData, write } = Deno.FsFile.prototype;
  const fail = () =>
    Promise.reject(new Error("Input/output error (os error 5)"));
  Object.assign(Deno.FsFile.prototype, { syncData: fail, write: fail });
  try {
    await act();
  } finally {
    Object.assign(Deno.FsFile.prototype, { syncData, write });
  }
}

Deno.test("recorder() says how many were lost when it goes on in another file", async () => {
  await using folder = await makeFolder();
  const told: string[] = [];
  const recording = recorder({ log: (text) => told.push(text), maxWaiting: 2 });
  const branch = startBranch(recording);
  await recording.start(folder.path("a.csv"));
  await branch.push(readings(1));
  await whileFailing(async () => {
    await branch.push(readings(5));
    assert.equal(recording.snapshot().lost, 3);
  });
  await recording.start(folder.path("b.csv"));
  await branch.end();
  assert.ok(
    told.includes(`Closed ${folder.path("a.csv")}: 3 rows, 3 lost`),
    told.join("\n"),
  );
});

Deno.test("recorder() fails with the flow's error, and logs that of its file", async () => {
  await using folder = await makeFolder();
  const told: string[] = [];
  const recording = recorder({ log: (text) => told.push(text) });
  await recording.start(folder.path("test.csv"));
  await whileFailing(() =>
    assert.rejects(
      recording((async function* () {
        yield readings(2);
        throw new WeirError("ERR_WEIR_CONNECTION_LOST", "the broker is gone");
      })()),
      /the broker is gone/,
    )
  );
  assert.match(told.at(-1)!, /Input\/output error.* 2 that came after it/);
});

Deno.test("recorder() says that readings are lost when no more can wait", async () => {
  await using folder = await makeFolder();
  const path = folder.path("test.csv");
  const told: string[] = [];
  const recording = recorder({ log: (text) => told.push(text), maxWaiting: 2 });
  const branch = startBranch(recording);
  await recording.start(path);
  await whileFailing(async () => {
    for (let batch = 0; batch < 3; batch++) await branch.push(readings(2));
    const { state, reason, waiting, lost } = recording.snapshot();
    assert.deepEqual([state, waiting, lost], ["error", 2, 4]);
    assert.match(reason!, /Input\/output error/);
  });
  await branch.end();
  assert.deepEqual(told.filter((text) => /lost/.test(text)), [
    `2 readings wait for ${path}. There is no room for more: those that come now are lost.`,
  ]);
  const { rows, lost } = recording.snapshot();
  assert.deepEqual([rows, lost], [2, 4]);
});

Deno.test("recorder() gives up after a time, though nothing more comes, and says how many rows are safe", async () => {
  await using folder = await makeFolder();
  const path = folder.path("test.csv");
  const recording = recorder({ log: () => {}, giveUp: 0.2 });
  const silent = Promise.withResolvers<void>();
  await recording.start(path);
  await whileFailing(() =>
    assert.rejects(
      recording((async function* () {
        yield readings(3);
        await silent.promise;
      })()),
      (error) => {
        assert.ok(error instanceof WeirError);
        assert.equal(error.code, "ERR_WEIR_GAVE_UP");
        const reason = "Input/output error (os error 5)";
        assert.deepEqual(error.facts, { reason, path, safe: 0, lost: 3 });
        assert.match(
          error.message,
          /Gave up\. 0 rows of this recording are safe\. 3 that came after it could not be written\./,
        );
        return true;
      },
    )
  );
  silent.resolve();
  const { state, reason, lost } = recording.snapshot();
  assert.deepEqual([state, lost], ["stopped", 3]);
  assert.match(reason!, /Input\/output error/);
});

Deno.test("recorder() ends at an event that no file can hold, and names it", async () => {
  await using folder = await makeFolder();
  const recording = recorder({ log: () => {} });
  await recording.start(folder.path("test.csv"));
  const wanted = readings(2);
  const [wrong] = readings(1);
  await assert.rejects(
    recording((async function* () {
      yield wanted;
      yield [{ ...wrong, val: NaN }];
    })()),
    (error) =>
      error instanceof WeirError && error.code === "ERR_WEIR_EVENT" &&
      error.facts.sensor_id === "lux-1",
  );
  assert.deepEqual(
    await values(folder, "test.csv"),
    wanted.map(({ val }) => val),
  );
});

Deno.test("recorder() goes on where its rejects cannot be written, and counts those", async () => {
  await using folder = await makeFolder();
  const told: string[] = [];
  const recording = recorder({ log: (text) => told.push(text) });
  const branch = startBranch(recording);
  const rejected = startBranch(recording.rejects);
  await Deno.mkdir(folder.path("test.csv.rejects.jsonl"));
  await recording.start(folder.path("test.csv"));
  for (let batch = 0; batch < 3; batch++) {
    await rejected.push([reject]);
    await branch.push(readings(2));
    assert.equal(recording.snapshot().state, "recording");
  }
  await rejected.end();
  await branch.end();
  const { rows, synced, unkept, lost } = recording.snapshot();
  assert.deepEqual([rows, synced, unkept, lost], [6, 6, 3, 0]);
  const about = told.filter((text) => /rejects\.jsonl/.test(text));
  assert.equal(about.length, 1, about.join("\n"));
  assert.match(about[0], /it is a folder/);
});

Deno.test("recorder() leaves a file with its header where nothing came, and one that is there as it is", async () => {
  await using folder = await makeFolder();
  const recording = running();
  await Deno.writeTextFile(folder.path("old.csv"), "something else\n");
  for (const name of ["new.csv", "old.csv"]) {
    await recording.start(folder.path(name), { overwrite: true });
    await recording.stop();
  }
  await recording.end();
  assert.equal(
    await folder.read("new.csv"),
    "timestamp,datetime,sensor_id,value\r\n",
  );
  assert.equal(await folder.read("old.csv"), "something else\n");
});

/** Runs a script on a disk of 64 kB, in a namespace where it may mount one. */
async function onSmallDisk(folder: Folder, ...args: string[]) {
  const script = new URL("helpers/full_disk.ts", import.meta.url).pathname;
  const output = await run("unshare", [
    ..."-r -m sh -c".split(" "),
    'mount -t tmpfs -o size=64k none "$1" && shift && exec "$@"',
    "sh",
    folder.path(""),
    ...[Deno.execPath(), "run", "-A", script, folder.path("")],
    ...args,
  ]);
  return JSON.parse(output);
}

diskTest(
  "recorder() takes readings in while its disk is full, and writes them when there is room",
  async () => {
    await using folder = await makeFolder();
    const { states, told, sent, synced, lost, values } = await onSmallDisk(
      folder,
      "100000",
    );
    assert.deepEqual(states, ["recording", "error", "recording"]);
    assert.deepEqual([synced, lost], [sent, 0]);
    assert.deepEqual(values, Array.from({ length: sent }, (_, n) => n));
    const about = told.join("\n");
    assert.match(about, /no space left on the disk/);
    assert.match(about, /again: [\d,]+ readings that waited are in it/);
  },
  { namespace: true },
);

diskTest(
  "recorder() counts what it has no room for, and keeps the rest whole and in order",
  async () => {
    await using folder = await makeFolder();
    const { states, sent, lost, values } = await onSmallDisk(folder, "250");
    assert.deepEqual(states, ["recording", "error", "recording"]);
    assert.ok(lost > 0);
    assert.equal(values.length + lost, sent);
    assert.deepEqual(values, values.toSorted((a: number, b: number) => a - b));
    assert.equal(new Set(values).size, values.length);
  },
  { namespace: true },
);
