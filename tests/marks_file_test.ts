/** Marks of a recording: `FILE.marks.csv`, and `weir mark`. */
import assert from "node:assert/strict";
import { addMark, findRecordings, readMarks } from "../pipeline/mod.ts";
import { makeFolder } from "./helpers/folder.ts";
import { weir } from "./helpers/weir.ts";

Deno.test("marks are rows of a CSV beside the recording, and are read again in order", async () => {
  await using folder = await makeFolder();
  const recording = folder.path("lab.csv");
  assert.deepEqual(await readMarks(recording), []);
  await addMark(recording, 'lamp "2", on', 1484535481);
  await addMark(recording, "door\r\nopen", 1484535480.613);
  assert.equal(
    await folder.read("lab.csv.marks.csv"),
    "timestamp,datetime,text\r\n" +
      '1484535481.000,2017-01-16T02:58:01.000Z,"lamp ""2"", on"\r\n' +
      "1484535480.613,2017-01-16T02:58:00.613Z,door open\r\n",
  );
  assert.deepEqual(await readMarks(recording), [
    { ts: 1484535480.613, text: "door open" },
    { ts: 1484535481, text: 'lamp "2", on' },
  ]);
  await assert.rejects(addMark(recording, " \n"), /needs a text/);
});

Deno.test("two marks at one moment are two rows", async () => {
  await using folder = await makeFolder();
  const recording = folder.path("lab.csv");
  await Promise.all(["a", "b", "c"].map((text) => addMark(recording, text, 1)));
  const marks = await readMarks(recording);
  assert.equal(marks.map(({ text }) => text).sort().join(), "a,b,c");
});

Deno.test("a mark follows what an editor left without a line end, and no other file is added to", async () => {
  await using folder = await makeFolder();
  const recording = folder.path("lab.csv");
  const path = folder.path("lab.csv.marks.csv");
  await Deno.writeTextFile(
    path,
    "timestamp,datetime,text\n5,,by hand\nx,,no\n7",
  );
  await addMark(recording, "next", 6);
  assert.deepEqual(await readMarks(recording), [
    { ts: 5, text: "by hand" },
    { ts: 6, text: "next" },
  ]);
  await Deno.writeTextFile(path, "mine");
  await assert.rejects(addMark(recording, "next"), /has another header/);
  assert.equal(await Deno.readTextFile(path), "mine");
});

Deno.test("a pattern of recordings leaves marks out", async () => {
  await using folder = await makeFolder();
  const recording = folder.path("lab-1.csv");
  await Deno.writeTextFile(recording, "");
  await addMark(recording, "a");
  assert.deepEqual(await findRecordings([folder.path("lab-*.csv")]), [
    recording,
  ]);
});

Deno.test("weir mark marks a recording, and nothing that is none", async () => {
  await using folder = await makeFolder();
  const said = async (...args: string[]) => {
    await using run = weir(["mark", ...args], { cwd: folder.path("") });
    return [await run.code, run.stderr.text()] as const;
  };
  await Deno.writeTextFile(
    folder.path("lab.csv"),
    "timestamp,datetime,sensor_id,value\r\n",
  );
  const [code, text] = await said("lab.csv", "lamp on", "--at", "-5m");
  assert.equal(code, 0);
  assert.match(text, /^Marked 20.*Z in lab\.csv\.marks\.csv: lamp on\n$/);
  const [{ ts }] = await readMarks(folder.path("lab.csv"));
  assert.ok(Math.abs(Date.now() / 1000 - 300 - ts) < 60);
  assert.deepEqual(await said("none.csv", "x"), [
    2,
    "There is no recording none.csv.\n",
  ]);
  assert.match((await said("lab.csv", "lamp", "on"))[1], /quotes: "lamp on"/);
  await Deno.writeTextFile(folder.path("notes.txt"), "mine");
  assert.match((await said("notes.txt", "x"))[1], /is no recording/);
});
