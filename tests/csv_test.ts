import assert from "node:assert/strict";
import { csv, type SensorEvent, WeirError } from "../pipeline/mod.ts";
import { type Folder, makeFolder } from "./helpers/folder.ts";
import { pythonTest } from "./helpers/needs.ts";
import { run } from "./helpers/run.ts";

const HEADER = "timestamp,datetime,sensor_id,value\r\n";
const ROW = "1484535480.613,2017-01-16T02:58:00.613Z,lux-1,371.6063\r\n";
const EVENT: SensorEvent = {
  sensor_id: "lux-1",
  ts: 1484535480.613,
  val: 371.6063,
};

async function* flow(...batches: SensorEvent[][]) {
  yield* batches;
}

/** Records events to `test.csv` in a folder; returns what csv() logged. */
async function record(
  folder: Folder,
  events: SensorEvent[],
  options: { overwrite?: boolean } = {},
): Promise<string[]> {
  const logged: string[] = [];
  const log = (text: string) => logged.push(text);
  await csv(folder.path("test.csv"), { ...options, log })(flow(events));
  return logged;
}

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

Deno.test("csv() refuses a file with another header and leaves it alone", async () => {
  for (
    const other of [
      "time,value\r\n1,2\r\n",
      "timestamp,datetime,sensor_id\r\n",
      "\0\x01\x02 a photo, say",
      '"never closed\r\n',
    ]
  ) {
    await using folder = await makeFolder();
    await Deno.writeTextFile(folder.path("test.csv"), other);
    await assert.rejects(record(folder, [EVENT]), (error) => {
      assert.ok(error instanceof WeirError);
      assert.match(
        error.message,
        /has another header than timestamp,.*--overwrite/,
      );
      return true;
    });
    assert.equal(await folder.read("test.csv"), other);
  }
});

Deno.test("csv() replaces a file only where it is asked to", async () => {
  await using folder = await makeFolder();
  await Deno.writeTextFile(folder.path("test.csv"), "something else\n");
  await record(folder, [EVENT], { overwrite: true });
  assert.equal(await folder.read("test.csv"), HEADER + ROW);
});

Deno.test("csv() moves a torn last row to FILE.torn, wherever it was torn", async () => {
  const row = '1484535480.613,2017-01-16T02:58:00.613Z,"a ""b"",\r\nc",1\r\n';
  for (let length = 1; length < row.length; length++) {
    await using folder = await makeFolder();
    const torn = row.slice(0, length);
    await Deno.writeTextFile(folder.path("test.csv"), HEADER + ROW + torn);
    const [logged] = await record(folder, [EVENT]);
    assert.match(
      logged,
      /ended in a torn row: moved its \d+ bytes to .*\.torn$/,
    );
    assert.equal(await folder.read("test.csv"), HEADER + ROW + ROW);
    assert.equal(await folder.read("test.csv.torn"), torn);
  }
});

Deno.test("csv() writes its header anew where a crash tore it", async () => {
  for (const length of [1, 12, HEADER.length - 1]) {
    await using folder = await makeFolder();
    const torn = HEADER.slice(0, length);
    await Deno.writeTextFile(folder.path("test.csv"), torn);
    await record(folder, [EVENT]);
    assert.equal(await folder.read("test.csv"), HEADER + ROW);
    assert.equal(await folder.read("test.csv.torn"), torn);
  }
});

Deno.test("csv() keeps what FILE.torn held before", async () => {
  await using folder = await makeFolder();
  for (const torn of ["1484", "1485"]) {
    await Deno.writeTextFile(folder.path("test.csv"), HEADER + torn);
    await record(folder, []);
  }
  assert.equal(await folder.read("test.csv.torn"), "14841485");
});

Deno.test("csv() does not cut rows away behind a stray quote", async () => {
  await using folder = await makeFolder();
  const edited = HEADER + '1.000,,"lux-1,2\r\n' + ROW + ROW;
  await Deno.writeTextFile(folder.path("test.csv"), edited);
  await assert.rejects(record(folder, [EVENT]), /a quote that is never closed/);
  assert.equal(await folder.read("test.csv"), edited);
});

Deno.test("csv() does not read what follows a stray quote into memory", async () => {
  await using folder = await makeFolder();
  const text = HEADER + '1.000,"' + "x".repeat(17 * 1_048_576);
  await Deno.writeTextFile(folder.path("test.csv"), text);
  await assert.rejects(record(folder, [EVENT]), /a quote that is never closed/);
  assert.equal((await Deno.stat(folder.path("test.csv"))).size, text.length);
});

Deno.test("csv() finds the last whole row of a file larger than it reads at once", async () => {
  await using folder = await makeFolder();
  const rows = (HEADER + ROW.repeat(60_000)).slice(0, -5);
  await Deno.writeTextFile(folder.path("test.csv"), rows);
  await record(folder, [EVENT]);
  const text = await folder.read("test.csv");
  assert.equal(text, HEADER + ROW.repeat(60_000));
});

Deno.test("csv() refuses a file that another recorder has open", async () => {
  await using folder = await makeFolder();
  await csv(folder.path("test.csv"))((async function* () {
    yield [EVENT];
    await assert.rejects(
      csv(folder.path("test.csv"), { overwrite: true })(flow([EVENT])),
      /is being recorded by another weir/,
    );
  })());
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

Deno.test("csv() names the cause where it cannot open the file", async () => {
  await using folder = await makeFolder();
  await assert.rejects(
    csv(folder.path("no/test.csv"))(flow()),
    /its folder does not exist/,
  );
  await assert.rejects(csv(folder.path("."))(flow()), /it is a folder/);
});

Deno.test("csv() refuses what is no regular file", async () => {
  await using folder = await makeFolder();
  await run("mkfifo", [folder.path("fifo")]);
  for (const path of [folder.path("fifo"), "/dev/full", "/dev/zero"]) {
    for (const overwrite of [false, true]) {
      await assert.rejects(
        csv(path, { overwrite })(flow([EVENT])),
        /Cannot write .*: it is no regular file\. .*weir sub --print csv/,
      );
    }
  }
});

Deno.test("csv() reads no more than the beginning of a file with another header", async () => {
  await using folder = await makeFolder();
  await Deno.writeTextFile(folder.path("test.csv"), "time,value\r\n");
  await Deno.truncate(folder.path("test.csv"), 64 * 1_048_576);
  const { read } = Deno.FsFile.prototype;
  let total = 0;
  Deno.FsFile.prototype.read = async function (buffer) {
    const bytes = await read.call(this, buffer);
    total += bytes ?? 0;
    return bytes;
  };
  try {
    await assert.rejects(record(folder, [EVENT]), /another header/);
  } finally {
    Deno.FsFile.prototype.read = read;
  }
  assert.ok(total < 10_000, `${total}`);
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
