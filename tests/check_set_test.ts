import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import { csvFormat, jsonlFormat } from "../pipeline/mod.ts";
import { type Folder, makeFolder } from "./helpers/folder.ts";
import { weir } from "./helpers/weir.ts";

const START = 1484535480;

/** Writes a recording of readings at these seconds. */
async function write(
  folder: Folder,
  name: string,
  seconds: number[],
  sensor_id = "lux-1",
) {
  const { header, rows } = csvFormat();
  const text = header +
    rows(seconds.map((val) => ({ sensor_id, ts: START + val, val })));
  const bytes = new TextEncoder().encode(text);
  await Deno.writeFile(
    folder.path(name),
    name.endsWith(".gz") ? gzipSync(bytes) : bytes,
  );
}

/** Checks all of them; returns the code, and the lines on stdout and stderr. */
async function check(folder: Folder, ...patterns: string[]) {
  await using run = weir(["check", ...patterns], { cwd: folder.path("") });
  const code = await run.code;
  return { code, out: run.stdout.text(), log: run.stderr.text() };
}

Deno.test("files that follow each other are in order as a set, gzipped ones too", async () => {
  await using folder = await makeFolder();
  await write(folder, "lab-1.csv.gz", [0, 1, 2]);
  await write(folder, "lab-2.csv", [3, 4]);
  await write(folder, "lab-3.csv", [0, 1, 4], "lux-2");
  const { code, out } = await check(folder, "lab-*.csv*");
  assert.deepEqual([code, out], [0, ""]);
});

Deno.test("a time that runs backwards from one file to the next is found", async () => {
  await using folder = await makeFolder();
  await write(folder, "lab-1.csv", [0, 1, 5]);
  await write(folder, "lab-2.csv.gz", [3, 4]);
  const { code, out, log } = await check(folder, "lab-*");
  assert.equal(code, 1);
  assert.match(
    out,
    /^lab-2\.csv\.gz: time runs backwards from lab-1\.csv to this file: by 2\.000 s, of lux-1\n$/,
  );
  assert.match(
    log,
    /0 of 2 files are not in order\. 1 problem between files\./,
  );
});

Deno.test("rows that are in two files are found, and rows of one time that differ are not", async () => {
  await using folder = await makeFolder();
  await write(folder, "lab-1.csv.gz", [0, 1, 2]);
  await write(folder, "lab-2.csv", [1, 2, 3]);
  await write(folder, "lab-3.csv", [3], "lux-2");
  const { code, out } = await check(folder, "lab-*");
  assert.equal(code, 1);
  assert.match(
    out,
    /lab-2\.csv: 2 rows of lab-1\.csv\.gz are in this file too, the first of 2017-01-16T02:58:01\.000Z\n/,
  );
  assert.equal(out.trim().split("\n").length, 2, out);
});

Deno.test("a compressed copy beside its file is left out, and said", async () => {
  await using folder = await makeFolder();
  await write(folder, "lab.csv", [0, 1]);
  await write(folder, "lab.csv.gz", [0, 1]);
  await write(folder, "lab-2.csv", [2]);
  const { code, out, log } = await check(folder, "lab*");
  assert.deepEqual([code, out], [0, ""]);
  assert.match(log, /^lab\.csv\.gz is left out: .* holds the same rows\./);
});

Deno.test("rows that differ in their topic or device time are no doubles, if both files have them", async () => {
  await using folder = await makeFolder();
  const write = async (name: string, ...facts: object[]) => {
    const { header, rows } = name.endsWith(".csv")
      ? csvFormat()
      : jsonlFormat();
    const event = { sensor_id: "lux-1", ts: START, val: 1 };
    const events = facts.map((more) => ({ ...event, ...more }));
    await Deno.writeTextFile(folder.path(name), header + rows(events));
  };
  await write("a.jsonl", { topic: "a", device_ts: 1 });
  await write("b.jsonl", { topic: "b", device_ts: 1 });
  await write("c.jsonl", { topic: "a", device_ts: 2 });
  assert.equal((await check(folder, "*.jsonl")).out, "");
  // A CSV of four columns does not know.
  await write("d.csv", {});
  const { code, out } = await check(folder, "*");
  assert.equal(code, 1);
  assert.match(out, /^d\.csv: 1 row of a\.jsonl is in this file too, .*\n$/);
});

Deno.test("messages that are in two raw recordings are found, whatever they hold", async () => {
  await using folder = await makeFolder();
  const line = (time: number, payload: string) => {
    const facts = { qos: 1, retain: false, dup: false };
    return JSON.stringify({ time, topic: "lab/a", payload, ...facts }) + "\n";
  };
  const shared = line(START + 2, "{no JSON");
  const first = line(START, "") + line(START + 1, "on");
  await Deno.writeTextFile(folder.path("raw-1.jsonl"), first + shared);
  const last = line(START + 2, "off") + line(START + 3, "");
  await Deno.writeTextFile(folder.path("raw-2.jsonl"), shared + last);
  const { code, out } = await check(folder, "raw-*");
  assert.equal(code, 1);
  assert.match(
    out,
    /^raw-2\.jsonl: 1 row of raw-1\.jsonl is in this file too, .*\n$/,
  );
});
