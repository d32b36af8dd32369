import assert from "node:assert/strict";
import { gunzipSync } from "node:zlib";
import {
  checkRecording,
  type DurableOptions,
  filesByPattern,
  fixedPath,
  openDurable,
  type SensorEvent,
} from "../pipeline/mod.ts";
import { startBranch } from "../pipeline/branch.ts";
import { openLedger } from "../pipeline/durable/ledger.ts";
import type { Entry } from "../pipeline/durable/ledger_entry.ts";
import { flow, HEADER, ROW, valuesOf } from "./helpers/csv_rows.ts";
import { type Folder, makeFolder } from "./helpers/folder.ts";

const START = 1484535480;
const at = (seconds: number, sensor_id = "lux-1") => ({
  sensor_id,
  ts: START + seconds,
  val: seconds,
});

/** A durable recording whose batches are these events. */
async function open(
  folder: Folder,
  pattern: string,
  options: Partial<DurableOptions> = {},
) {
  const told: string[] = [];
  const path = folder.path(pattern);
  const durable = await openDurable(fixedPath(path), {
    clientId: "lab",
    url: "mqtt://localhost",
    pathOf: await filesByPattern(path, { utc: true }),
    log: (text) => told.push(text),
    ...options,
  });
  const branch = startBranch(durable.collect);
  let { safe } = durable.session.commits;
  return {
    told,
    counts: durable.counts,
    async commit(...events: SensorEvent[]) {
      await branch.push(events);
      await durable.session.commits.commit(++safe);
    },
    async [Symbol.asyncDispose]() {
      await branch.end();
      await durable[Symbol.asyncDispose]();
    },
  };
}

/** The values in each file of rows. */
async function values(
  folder: Folder,
  within = ".",
): Promise<Record<string, number[]>> {
  const found: Record<string, number[]> = {};
  for await (const { name, isDirectory } of Deno.readDir(folder.path(within))) {
    const path = `${within}/${name}`;
    if (isDirectory) Object.assign(found, await values(folder, path));
    else if (/\.csv(\.gz)?$/.test(name)) {
      const bytes = await Deno.readFile(folder.path(path));
      const plain = name.endsWith(".gz") ? gunzipSync(bytes) : bytes;
      found[path.slice(2)] = valuesOf(new TextDecoder().decode(plain));
    }
  }
  return found;
}

Deno.test("a durable recording goes to the files of a pattern, each bounded and compressed", async () => {
  await using folder = await makeFolder();
  {
    await using recording = await open(folder, "%H/%M.csv", {
      maxSize: HEADER.length + 2 * (ROW.length - 4),
      gzip: true,
    });
    await recording.commit(at(0), at(60), at(1), at(2));
    await recording.commit(at(61), at(3));
    assert.equal(recording.counts().written, 6);
  }
  assert.deepEqual(await values(folder), {
    "02/58-2.csv.gz": [2, 3],
    "02/58.csv.gz": [0, 1],
    "02/59.csv": [60, 61],
  });
  const names = [...Deno.readDirSync(folder.path("."))].map(({ name }) => name);
  assert.equal(names.filter((name) => name.endsWith(".ledger")).length, 1);
});

Deno.test("a batch of more sensors than files can be open is recorded whole", async () => {
  await using folder = await makeFolder();
  const ids = Array.from({ length: 150 }, (_, n) => `s${n}`);
  {
    await using recording = await open(folder, "{sensor_id}.csv");
    await recording.commit(...ids.map((id) => at(0, id)));
    await recording.commit(...ids.map((id) => at(1, id)));
  }
  const found = await values(folder);
  assert.equal(Object.keys(found).length, 150);
  for (const id of ids) assert.deepEqual(found[`${id}.csv`], [0, 1]);
});

Deno.test("a start without a bound goes on in each file where the last one ended", async () => {
  await using folder = await makeFolder();
  for (const seconds of [0, 1, 60]) {
    await using recording = await open(folder, "%M.csv");
    await recording.commit(at(seconds));
  }
  assert.deepEqual(await values(folder), { "58.csv": [0, 1], "59.csv": [60] });
});

/** Leaves a ledger as a crash does: with rows that may be in no file yet. */
async function crash(folder: Folder, parts: Record<string, [number, string]>) {
  const encode = (text: string) => new TextEncoder().encode(text);
  const { ledger } = await openLedger(
    folder.path("lab@localhost_1883.ledger"),
  );
  const base: Entry = {
    kind: "base",
    safe: 0,
    topics: ["t"],
    sure: true,
    files: [],
    identities: [],
  };
  await ledger.replace(base);
  await ledger.append({
    kind: "batch",
    safe: 2,
    forgotten: 0,
    rows: encode(Object.values(parts).map(([, text]) => text).join("")),
    parts: Object.entries(parts).map(([name, [offset, text]]) => ({
      name,
      offset,
      length: encode(text).length,
    })),
    rejects: new Uint8Array(),
    identities: [],
  });
  ledger.close();
}

for (
  const [what, there] of [
    ["no file and no folder", undefined],
    ["an empty file", ""],
    ["a part of the header", HEADER.slice(0, 9)],
    ["zeros", "\0".repeat(HEADER.length + 9)],
    ["a part of the row", HEADER + ROW.slice(0, 9)],
    ["all of it", HEADER + ROW],
  ] as const
) {
  Deno.test(`a file that a crash left as ${what} is completed from the ledger`, async () => {
    await using folder = await makeFolder();
    await Deno.writeTextFile(folder.path("58.csv"), HEADER + ROW);
    if (there !== undefined) {
      await Deno.mkdir(folder.path("new"));
      await Deno.writeTextFile(folder.path("new/59.csv"), there);
    }
    await crash(folder, {
      "58.csv": [(HEADER + ROW).length, ROW],
      "new/59.csv": [0, HEADER + ROW],
    });
    {
      await using recording = await open(folder, "%M.csv");
      assert.deepEqual(recording.told, []);
    }
    const value = 371.6063;
    assert.deepEqual(await values(folder), {
      "58.csv": [value, value],
      "new/59.csv": [value],
    });
  });
}

Deno.test("check finds the ledger of a pattern in a folder above", async () => {
  await using folder = await makeFolder();
  await Deno.mkdir(folder.path("a/b"), { recursive: true });
  await Deno.writeTextFile(folder.path("a/b/58.csv"), HEADER);
  await crash(folder, { "a/b/58.csv": [0, HEADER + ROW] });
  const found: string[] = [];
  await checkRecording(folder.path("a/b/58.csv"), {
    onProblem: ({ text }) => found.push(text),
  });
  assert.match(found.join(), /its last 56 bytes are in the ledger lab@/);
});

Deno.test("a ledger of one file is completed by a recording of many", async () => {
  await using folder = await makeFolder();
  {
    await using durable = await openDurable(folder.path("one.csv"), {
      clientId: "lab",
      url: "mqtt://localhost",
    });
    await durable.collect(flow([at(0)]));
    await durable.session.commits.commit(1);
  }
  {
    await using recording = await open(folder, "%M.csv");
    await recording.commit(at(60));
  }
  assert.deepEqual(await values(folder), { "59.csv": [60], "one.csv": [0] });
});
