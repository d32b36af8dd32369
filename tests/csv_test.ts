import assert from "node:assert/strict";
import { csv } from "../pipeline/mod.ts";
import { EVENT, flow, HEADER, record, ROW } from "./helpers/csv_rows.ts";
import { makeFolder } from "./helpers/folder.ts";
import { pythonTest } from "./helpers/needs.ts";
import { run } from "./helpers/run.ts";

Deno.test("csv() writes a header and a row for each event", async () => {
  await using folder = await makeFolder();
  await record(folder, [EVENT, { ...EVENT, ts: 1484535481, val: true }]);
  assert.equal(
    await folder.read("test.csv"),
    HEADER + ROW + "1484535481.000,2017-01-16T02:58:01.000Z,lux-1,true\r\n",
  );
});

Deno.test("csv() sums up what it wrote", async () => {
  await using folder = await makeFolder();
  const path = folder.path("test.csv");
  const summary = await csv(path)(
    flow([EVENT, EVENT], [{ ...EVENT, sensor_id: "lux-2" }]),
  );
  assert.deepEqual(summary, {
    path,
    rows: 3,
    sensors: 2,
    moreSensors: false,
    bytes: HEADER.length + 3 * ROW.length,
  });
});

Deno.test("csv() appends to a file that has its header", async () => {
  await using folder = await makeFolder();
  await record(folder, [EVENT]);
  assert.deepEqual(await record(folder, [EVENT]), []);
  assert.equal(await folder.read("test.csv"), HEADER + ROW + ROW);
});

Deno.test("csv() appends where another program saved the file its own way", async () => {
  for (
    const saved of [
      "timestamp,datetime,sensor_id,value\n1,1970-01-01T00:00:01.000Z,a,1\n",
      '"timestamp","datetime","sensor_id","value"\r\n',
      "\ufefftimestamp,datetime,sensor_id,value\r\n",
    ]
  ) {
    await using folder = await makeFolder();
    await Deno.writeTextFile(folder.path("test.csv"), saved);
    await record(folder, [EVENT]);
    const bytes = await Deno.readFile(folder.path("test.csv"));
    const text = new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
    assert.equal(text, saved + ROW);
  }
});

Deno.test("csv() replaces a file only where it is asked to", async () => {
  await using folder = await makeFolder();
  await Deno.writeTextFile(folder.path("test.csv"), "something else\n");
  await record(folder, [EVENT], { overwrite: true });
  assert.equal(await folder.read("test.csv"), HEADER + ROW);
});

Deno.test("csv() has every reading in the file before it pulls for the next", async () => {
  for (const sync of ["end", "batch"] as const) {
    await using folder = await makeFolder();
    await csv(folder.path("test.csv"), { sync })((async function* () {
      for (let rows = 1; rows <= 3; rows++) {
        yield [EVENT];
        assert.equal(await folder.read("test.csv"), HEADER + ROW.repeat(rows));
      }
    })());
  }
});

Deno.test("csv() calls rows safe only where they are", async () => {
  await using folder = await makeFolder();
  const failing = new Error("out of paper");
  const said = async () => {
    const log: string[] = [];
    const sink = csv(folder.path("test.csv"), {
      log: (text) => log.push(text),
    });
    async function* source() {
      yield [EVENT];
      throw failing;
    }
    await assert.rejects(sink(source()), failing);
    return log;
  };
  assert.deepEqual(await said(), [
    `Safe in ${folder.path("test.csv")}: 1 row.`,
  ]);
  const { syncData } = Deno.FsFile.prototype;
  Deno.FsFile.prototype.syncData = () =>
    Promise.reject(new Error("Input/output error (os error 5)"));
  try {
    assert.deepEqual(await said(), []);
  } finally {
    Deno.FsFile.prototype.syncData = syncData;
  }
});

Deno.test("csv() leaves the datetime empty where no calendar holds the time", async () => {
  await using folder = await makeFolder();
  await record(
    folder,
    [1e18, -1e18, 1e22, 8.64e12].map((ts) => ({ ...EVENT, ts })),
  );
  const rows = (await folder.read("test.csv")).split("\r\n").slice(1, -1);
  assert.equal(rows[2].split(",")[0], "10000000000000000000000.000");
  assert.deepEqual(rows.map((row) => row.split(",")[1]), [
    "",
    "",
    "",
    "+275760-09-13T00:00:00.000Z",
  ]);
});

Deno.test("csv() writes the same time as timestamp and as datetime", async () => {
  await using folder = await makeFolder();
  const times = [1.0005, -0.0005, -0.0001, 2.9996, 1484535480.6125];
  await record(folder, times.map((ts) => ({ ...EVENT, ts })));
  const rows = (await folder.read("test.csv")).split("\r\n").slice(1, -1);
  assert.deepEqual(rows.map((row) => row.split(",").slice(0, 2)), [
    ["1.001", "1970-01-01T00:00:01.001Z"],
    ["0.000", "1970-01-01T00:00:00.000Z"],
    ["0.000", "1970-01-01T00:00:00.000Z"],
    ["3.000", "1970-01-01T00:00:03.000Z"],
    ["1484535480.613", "2017-01-16T02:58:00.613Z"],
  ]);
});

pythonTest(
  "csv() is read by Python's csv module exactly as it was recorded",
  async () => {
    await using folder = await makeFolder();
    const texts = [
      "plain",
      "a,b",
      'say "hi"',
      "line\nbreak",
      "carriage\rreturn",
      "both\r\n",
      "\r",
      " padded ",
      "",
      "\x01\x1b[31m",
      "=1+1",
      "Ünï¢ødé 🌡️ 光",
      "\u2028\u2029",
    ];
    const numbers = [
      0,
      -0,
      0.1,
      1e21,
      1e-7,
      -371.6063,
      Number.MAX_SAFE_INTEGER,
    ];
    await record(folder, [
      ...texts.map((text) => ({ ...EVENT, sensor_id: text, val: text })),
      ...numbers.map((val) => ({ ...EVENT, val })),
      { ...EVENT, val: true },
      { ...EVENT, val: false },
    ]);
    const script = `
import csv, json, sys
with open(sys.argv[1], newline="", encoding="utf-8") as file:
    print(json.dumps([row[2:] for row in csv.reader(file, strict=True)]))`;
    const rows = JSON.parse(
      await run("python3", ["-c", script, folder.path("test.csv")]),
    );
    assert.deepEqual(rows, [
      ["sensor_id", "value"],
      ...texts.map((text) => [text, text]),
      ...numbers.map((number) => ["lux-1", String(number)]),
      ["lux-1", "true"],
      ["lux-1", "false"],
    ]);
  },
);

Deno.test("csv() counts the sensors up to a bound", async () => {
  await using folder = await makeFolder();
  async function* many() {
    for (let batch = 0; batch < 20; batch++) {
      yield Array.from({ length: 1000 }, (_, index) => ({
        ...EVENT,
        sensor_id: `${batch * 1000 + index}`.padStart(100, "0"),
      }));
    }
  }
  const summary = await csv(folder.path("test.csv"))(many());
  assert.equal(summary.rows, 20_000);
  assert.equal(summary.sensors, 10_000);
  assert.equal(summary.moreSensors, true);
});
