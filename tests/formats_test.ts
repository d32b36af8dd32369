import assert from "node:assert/strict";
import {
  csv,
  csvFormat,
  formatFor,
  jsonl,
  jsonlFormat,
  recorder,
  type SensorEvent,
  WeirError,
} from "../pipeline/mod.ts";
import { EVENT, flow, HEADER, ROW } from "./helpers/csv_rows.ts";
import { makeFolder } from "./helpers/folder.ts";

/** An event with all that can be known of one. */
const FULL: SensorEvent = {
  sensor_id: 'say "hi",\r\n\u009b',
  ts: 1484535480.613,
  val: "a\nb",
  topic: "lab/door",
  device_ts: 624,
  time: 1484535480.613,
  retain: true,
  dup: false,
};

const LINE = '{"sensor_id":"lux-1","ts":1484535480.613,"val":371.6063}\n';

Deno.test("jsonl() writes an event a line, with all that is known of it", async () => {
  await using folder = await makeFolder();
  const path = folder.path("test.jsonl");
  const summary = await jsonl(path)(flow([FULL, { ...EVENT, val: true }]));
  const text = await folder.read("test.jsonl");
  const lines = text.trimEnd().split("\n").map((line) => JSON.parse(line));
  assert.deepEqual(lines, [FULL, { ...EVENT, val: true }]);
  assert.deepEqual(summary, {
    path,
    rows: 2,
    sensors: 2,
    moreSensors: false,
    bytes: new TextEncoder().encode(text).length,
  });
});

Deno.test("jsonl() appends to JSON lines, and to nothing else", async () => {
  await using folder = await makeFolder();
  const path = folder.path("test.jsonl");
  const record = () => jsonl(path, { log: () => {} })(flow([EVENT]));
  for (const own of ["", LINE, `{"ts": 1, "val": "x", "sensor_id": "a"}\n`]) {
    await Deno.writeTextFile(path, own);
    await record();
    assert.equal(await folder.read("test.jsonl"), own + LINE);
  }
  for (const other of [HEADER, "{}\n", '{"name": "a", "x', "no JSON\n", "1"]) {
    await Deno.writeTextFile(path, other);
    await assert.rejects(
      record(),
      (error) =>
        error instanceof WeirError && error.code === "ERR_WEIR_FILE_HEADER",
    );
    assert.equal(await folder.read("test.jsonl"), other);
  }
});

Deno.test("jsonl() moves a torn last row to FILE.torn, wherever it was torn", async () => {
  const row = jsonlFormat().rows([FULL]);
  for (const before of ["", LINE]) {
    for (let length = 1; length < row.length; length += 7) {
      await using folder = await makeFolder();
      const path = folder.path("test.jsonl");
      const torn = row.slice(0, length);
      await Deno.writeTextFile(path, before + torn);
      await jsonl(path, { log: () => {} })(flow([EVENT]));
      assert.equal(await folder.read("test.jsonl"), before + LINE);
      assert.equal(await folder.read("test.jsonl.torn"), torn);
    }
  }
});

Deno.test("a file's format goes by the ending of its name", async () => {
  await using folder = await makeFolder();
  const recording = recorder({ log: () => {} });
  await recording((async function* () {
    for (const name of ["a.csv", "b.jsonl", "c.JSONL", "d.txt", "e"]) {
      await recording.start(folder.path(name));
      yield [EVENT];
    }
  })());
  const texts = ["a.csv", "b.jsonl", "c.JSONL", "d.txt", "e"].map(folder.read);
  assert.deepEqual(await Promise.all(texts), [
    HEADER + ROW,
    LINE,
    LINE,
    HEADER + ROW,
    HEADER + ROW,
  ]);
  assert.equal(formatFor("x.csv").header, HEADER);
});

Deno.test("safe cells defuse text that a spreadsheet would run, and no number", () => {
  const { rows } = formatFor("x.csv", { safeCells: true });
  const texts = ["=1+1", "+1", "-1", "@x", "\tx", "\r", "plain", "1"];
  assert.deepEqual(
    texts.map((val) => rows([{ ...EVENT, ts: 0, val }])),
    ["'=1+1", "'+1", "'-1", "'@x", "'\tx", `"'\r"`, "plain", "1"]
      .map((cell) => `0.000,1970-01-01T00:00:00.000Z,lux-1,${cell}\r\n`),
  );
  assert.match(rows([{ ...EVENT, val: -1 }]), /,-1\r\n$/);
});

for (
  const [name, format] of [["CSV", csvFormat], [
    "JSON lines",
    jsonlFormat,
  ]] as const
) {
  Deno.test(`${name} refuses an event that no file can hold, and names it`, async () => {
    await using folder = await makeFolder();
    for (
      const [field, wrong] of [
        ["val", NaN],
        ["val", Infinity],
        ["val", undefined],
        ["val", null],
        ["val", { a: 1 }],
        ["ts", NaN],
        ["ts", -Infinity],
        ["ts", undefined],
        ["ts", "1"],
        ["sensor_id", undefined],
      ] as const
    ) {
      const path = folder.path("test");
      const event = { ...EVENT, [field]: wrong } as SensorEvent;
      await assert.rejects(
        csv(path, { format: format(), log: () => {} })(
          flow([EVENT], [EVENT, event]),
        ),
        (error) => {
          assert.ok(error instanceof WeirError);
          assert.equal(error.code, "ERR_WEIR_EVENT");
          assert.equal(error.facts.field, field);
          assert.equal(error.facts.sensor_id, String(event.sensor_id));
          assert.ok(error.message.includes(`its ${field} is ${wrong}, not`));
          return true;
        },
      );
      // The batch before it is there, and nothing of its own.
      assert.equal(
        await folder.read("test"),
        format().header + format().rows([EVENT]),
      );
      await Deno.remove(path);
    }
  });
}
