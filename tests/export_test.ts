import assert from "node:assert/strict";
import {
  asyncBufferFromFile,
  parquetMetadata,
  parquetReadObjects,
} from "hyparquet";
import {
  csvFormat,
  exportRecordings,
  findRecordings,
  jsonlFormat,
  type SensorEvent,
  WeirError,
} from "../pipeline/mod.ts";
import { type Folder, makeFolder } from "./helpers/folder.ts";
import { pythonTest } from "./helpers/needs.ts";
import { run } from "./helpers/run.ts";
import { until } from "./helpers/until.ts";
import { MAIN, weir } from "./helpers/weir.ts";

const START = 1_700_000_000;

const event = (
  seconds: number,
  sensor_id = "a",
  val: SensorEvent["val"] = seconds,
): SensorEvent => ({ sensor_id, ts: START + seconds, val });

/** Writes a recording by the format of its name. */
async function write(path: string, events: SensorEvent[]): Promise<string> {
  const { header, rows } = path.includes(".jsonl")
    ? jsonlFormat()
    : csvFormat();
  const text = new Blob([header + rows(events)]).stream();
  const bytes = path.endsWith(".gz")
    ? text.pipeThrough(new CompressionStream("gzip"))
    : text;
  await Deno.writeFile(path, bytes);
  return path;
}

/** What is in a folder. */
async function names(folder: Folder): Promise<string[]> {
  const entries = await Array.fromAsync(Deno.readDir(folder.path("")));
  return entries.map(({ name }) => name);
}

/** What Python reads in a CSV. */
async function python(path: string, code: string): Promise<unknown> {
  return JSON.parse(
    await run("python3", [
      "-c",
      `import csv, json, sqlite3, sys\npath = sys.argv[1]\nprint(json.dumps(${code}))`,
      path,
    ]),
  );
}

const ROWS = "list(csv.reader(open(path, newline='', encoding='utf-8-sig')))";

const ODD: SensorEvent[] = [
  event(0, "a", 1.5),
  event(1, "a", "text"),
  event(1, "b,c", 'say "hi"'),
  event(2, "Ü\nx", true),
  event(2, "a", ""),
  event(3, "a", 1e300),
  event(3, "a", "12345678901234567890"),
];

/** An export of these events to a file of this name. */
async function exported(
  folder: Folder,
  events: SensorEvent[],
  name: string,
  options: Parameters<typeof exportRecordings>[2] = {},
): Promise<string> {
  const input = await write(folder.path(`in-${name}.jsonl`), events);
  await exportRecordings([input], folder.path(name), options);
  return folder.path(name);
}

pythonTest(
  "recordings are merged in order of time, which Python's csv reads",
  async () => {
    await using folder = await makeFolder();
    const one = await write(
      folder.path("lab-1.csv"),
      [0, 2, 4].map((n) => event(n, "a")),
    );
    const two = await write(
      folder.path("lab-2.csv.gz"),
      [1, 2, 9].map((n) => event(n, "b")),
    );
    // Its time runs backwards.
    const three = await write(
      folder.path("lab-3.jsonl"),
      [7, 3, 5].map((n) => event(n, "c")),
    );
    const out = folder.path("all.csv");
    const paths = await findRecordings([folder.path("lab-*")]);
    assert.deepEqual(paths, [one, two, three]);
    const { events } = await exportRecordings(paths, out);
    assert.equal(events, 9, await Deno.readTextFile(out));
    const rows = await python(out, ROWS) as string[][];
    assert.deepEqual(
      rows.slice(1).map(([time, , id]) => `${Number(time) - START}${id}`),
      ["0a", "1b", "2a", "2b", "3c", "4a", "5c", "7c", "9b"],
    );
    const left = await names(folder);
    assert.equal(left.length, 4, `something is left over: ${left}`);
  },
);

pythonTest(
  "what a sensor can send comes back as it was, from CSV and SQLite",
  async () => {
    await using folder = await makeFolder();
    const path = await exported(folder, ODD, "odd.csv");
    const rows = await python(path, ROWS) as string[][];
    assert.deepEqual(
      rows.slice(1).map(([, , id, value]) => [id, value]),
      ODD.map(({ sensor_id, val }) => [
        sensor_id,
        typeof val === "string" ? val : JSON.stringify(val),
      ]),
    );
    const db = await exported(folder, ODD, "odd.db");
    const read = await python(
      db,
      "sqlite3.connect(path).execute('SELECT timestamp, sensor_id, value, typeof(value) FROM readings ORDER BY rowid').fetchall()",
    ) as unknown[][];
    assert.deepEqual(
      read.map(([ts, sensor_id, val]) => ({ sensor_id, ts, val })),
      ODD.map((event) => event.val === true ? { ...event, val: 1 } : event),
    );
    assert.deepEqual(
      [...new Set(read.map(([, , , type]) => type))],
      ["real", "text", "integer"],
    );
  },
);

Deno.test("Parquet is read by another library: UTC milliseconds, a dictionary of ids, numbers and texts", async () => {
  await using folder = await makeFolder();
  const many = Array.from(
    { length: 5000 },
    (_, n) => event(n / 10, `lux-${n % 5}`),
  );
  const events = [...ODD, ...many].sort((a, b) => a.ts - b.ts);
  const path = await exported(folder, events, "odd.parquet");
  const file = await asyncBufferFromFile(path);
  const rows = await parquetReadObjects({ file });
  assert.deepEqual(
    rows.map(({ timestamp, sensor_id, value, text }) => ({
      sensor_id,
      ts: timestamp.getTime() / 1000,
      val: value ?? text,
    })),
    events.map(({ sensor_id, ts, val }) => ({
      sensor_id,
      ts,
      val: val === true ? "true" : val,
    })),
  );
  const { buffer } = await Deno.readFile(path);
  const { schema, row_groups: [{ columns }] } = parquetMetadata(buffer);
  const time = schema.find(({ name }) => name === "timestamp");
  assert.deepEqual(time?.logical_type, {
    type: "TIMESTAMP",
    isAdjustedToUTC: true,
    unit: "MILLIS",
  });
  const ids = columns.find(({ meta_data }) =>
    meta_data?.path_in_schema[0] === "sensor_id"
  );
  assert.ok(ids?.meta_data?.encodings.includes("RLE_DICTIONARY"));
});

Deno.test("JSON lines keep all that is known of an event", async () => {
  await using folder = await makeFolder();
  const known = { ...event(1), topic: "lab/a", device_ts: 12, retain: true };
  const path = await exported(folder, [known], "all.jsonl");
  assert.deepEqual(JSON.parse(await Deno.readTextFile(path)), known);
});

Deno.test("line protocol escapes what stands in ids and texts", async () => {
  await using folder = await makeFolder();
  const path = await exported(folder, [
    event(0, "lux 1,a=b", 1.5),
    event(1, "line\nbreak\\", 'say "hi" \\'),
    event(2, "", false),
  ], "x.lp");
  assert.equal(
    await Deno.readTextFile(path),
    "weir,sensor_id=lux\\ 1\\,a\\=b value=1.5 1700000000000000000\n" +
      'weir,sensor_id=line\\ break/ text="say \\"hi\\" \\\\" 1700000001000000000\n' +
      "weir state=false 1700000002000000000\n",
  );
});

pythonTest(
  "a wide CSV has a column for each sensor and loses no reading of one time",
  async () => {
    await using folder = await makeFolder();
    const path = await exported(
      folder,
      [
        event(0, "b", 1),
        event(0, "a", "on"),
        event(0, "a", "off"),
        event(1, "b", 2),
      ],
      "wide.csv",
      { wide: true },
    );
    const rows = await python(path, ROWS) as string[][];
    assert.deepEqual(rows.map((row) => row.slice(2)), [
      ["a", "b"],
      ["on", "1"],
      ["off", ""],
      ["", "2"],
    ]);
  },
);

for (
  const [take, first] of [
    ["mean", ["2", "5"]],
    ["min", ["1", "5"]],
    ["max", ["3", "5"]],
    ["last", ["on", "5"]],
    ["count", ["3", "1"]],
  ] as const
) {
  Deno.test(`an interval of a wide CSV gives the ${take} of each sensor`, async () => {
    await using folder = await makeFolder();
    const input = await write(folder.path("in.jsonl"), [
      event(-19, "a", 1),
      event(-18, "a", 3),
      event(-17, "b", 5),
      event(-16, "a", "on"),
      event(45, "b", 7),
    ]);
    const out = folder.path("wide.csv");
    const options = { wide: true, every: 60, take };
    const { texts } = await exportRecordings([input], out, options);
    const [, row, next] = (await Deno.readTextFile(out)).split("\r\n");
    assert.deepEqual(row.split(",").slice(2), first);
    assert.equal(Number(row.split(",")[0]), START - 20);
    assert.equal(Number(next.split(",")[0]), START + 40);
    assert.equal(texts, take === "last" || take === "count" ? 0 : 1);
  });
}

Deno.test("a mean has two decimals more than the readings that it is of", async () => {
  await using folder = await makeFolder();
  const input = await write(folder.path("in.jsonl"), [
    ...[0.1, 0.2, 0.2].map((val, at) => event(at - 19, "a", val)),
    ...[1, 2, 2].map((val, at) => event(at - 19, "b", val)),
    ...[1e-9, 2e-9].map((val, at) => event(at - 19, "c", val)),
  ]);
  const out = folder.path("wide.csv");
  await exportRecordings([input], out, { wide: true, every: 60 });
  const [, row] = (await Deno.readTextFile(out)).split("\r\n");
  assert.deepEqual(row.split(",").slice(2), ["0.167", "1.67", "1.5e-9"]);
});

Deno.test("a column for each of 100,000 sensors is refused with their number, and leaves no file", async () => {
  await using folder = await makeFolder();
  const events = Array.from({ length: 100_000 }, (_, n) => event(n, `s-${n}`));
  await assert.rejects(
    exported(folder, events, "wide.csv", { wide: true }),
    /each of 100,000 sensors/,
  );
  await assert.rejects(Deno.stat(folder.path("wide.csv")));
});

Deno.test("a time range and patterns choose readings", async () => {
  await using folder = await makeFolder();
  const ids = ["lux-1", "lux-2", "temp/1"];
  const events = [0, 1, 2, 3].flatMap((n) => ids.map((id) => event(n, id)));
  const path = await exported(folder, events, "some.csv", {
    from: START + 1,
    to: START + 3,
    sensors: ["lux-[2-9]", "temp*"],
  });
  const rows = (await Deno.readTextFile(path)).trim().split("\r\n").slice(1);
  assert.deepEqual(
    rows.map((row) => row.split(",").slice(2).join()),
    ["lux-2,1", "temp/1,1", "lux-2,2", "temp/1,2"],
  );
});

Deno.test("doubles of two hosts are left out by what the sender gave, and what has no device time is kept", async () => {
  await using folder = await makeFolder();
  const sent = (n: number, ts: number): SensorEvent => ({
    ...event(n, "a", n),
    ts,
    topic: "lab",
    device_ts: n,
  });
  const one = await write(folder.path("1.jsonl"), [
    sent(1, START),
    sent(2, START + 1),
    event(3),
  ]);
  const two = await write(folder.path("2.jsonl"), [
    sent(2, START + 1.004),
    event(3),
    sent(4, START + 5),
  ]);
  const { events, doubles, untimed } = await exportRecordings(
    [one, two],
    folder.path("union.csv"),
    { noDoubles: true },
  );
  assert.deepEqual({ events, doubles, untimed }, {
    events: 5,
    doubles: 1,
    untimed: 2,
  });
});

Deno.test("more than is sorted in memory comes out in order, equal times as they were", async () => {
  await using folder = await makeFolder();
  const events = Array.from(
    { length: 210_000 },
    (_, n) => event((n * 7919) % 1000, "a", n),
  );
  const path = await exported(folder, events, "sorted.csv");
  let last = -1;
  let value = -1;
  let count = 0;
  const rows = (await Deno.readTextFile(path)).split("\r\n").slice(1, -1);
  for (const row of rows) {
    const [time, , , val] = row.split(",").map(Number);
    assert.ok(time > last || time === last && val > value, row);
    [last, value] = [time, val];
    count++;
  }
  assert.equal(count, 210_000);
});

Deno.test("lines that are no rows are left out and counted, and no file is overwritten", async () => {
  await using folder = await makeFolder();
  const path = await write(folder.path("torn.csv"), [event(0), event(1)]);
  await Deno.writeTextFile(path, "no row\r\n1700000002.0", { append: true });
  const out = folder.path("out.csv");
  const { events, faults } = await exportRecordings([path], out);
  assert.deepEqual({ events, faults }, { events: 2, faults: 2 });
  const before = await Deno.readTextFile(out);
  for (const name of ["out.csv", "torn.csv"]) {
    await assert.rejects(
      exportRecordings([path], folder.path(name)),
      (error) => error instanceof WeirError,
    );
  }
  assert.equal(await Deno.readTextFile(out), before);
});

Deno.test("a cut .gz and a file that is no recording are named, and leave no export", async () => {
  await using folder = await makeFolder();
  const path = await write(folder.path("a.csv.gz"), [event(0)]);
  const bytes = await Deno.readFile(path);
  await Deno.writeFile(path, bytes.subarray(0, bytes.length - 12));
  await Deno.writeTextFile(folder.path("b.csv"), "hello\n1\n");
  for (
    const [name, why] of [["a.csv.gz", /cut off/], [
      "b.csv",
      /no recording/,
    ]] as const
  ) {
    await assert.rejects(
      exportRecordings([folder.path(name)], folder.path("out.csv")),
      why,
    );
    await assert.rejects(Deno.stat(folder.path("out.csv")));
  }
});

pythonTest(
  "an Excel of Berlin gets ;, decimal commas, a byte order mark and local time, also in the hour that is there twice",
  async () => {
    await using folder = await makeFolder();
    // 2026-10-25, 00:30 and 01:30 in UTC, are both 02:30 in Berlin.
    const at = Date.UTC(2026, 9, 25, 0, 30) / 1000;
    const events = [0, 3600].map((n) => ({
      sensor_id: "a;b",
      ts: at + n,
      val: 1.5,
    }));
    const input = await write(folder.path("in.csv"), [
      ...events,
      { sensor_id: "=1+1", ts: at + 7200.25, val: -2e-7 },
    ]);
    const out = folder.path("out.csv");
    await using exporting = weir(["export", input, out, "--excel"], {
      env: { TZ: "Europe/Berlin" },
    });
    assert.equal(await exporting.code, 0, exporting.stderr.text());
    assert.equal((await Deno.readFile(out))[0], 0xef);
    assert.deepEqual(
      await python(out, ROWS.replace("'))", "'), delimiter=';')")),
      [
        ["time", "sensor_id", "value"],
        ["2026-10-25 02:30:00", "a;b", "1,5"],
        ["2026-10-25 02:30:00", "a;b", "1,5"],
        ["2026-10-25 03:30:00,250", "'=1+1", "-2E-7"],
      ],
    );
  },
);

Deno.test("weir export - prints CSV alone on stdout, with weir's own permissions", async () => {
  await using folder = await makeFolder();
  const input = await write(folder.path("in.csv"), [event(0), event(1)]);
  await using exporting = weir(
    ["export", "in.csv", "-", "--from", "2020-01-01"],
    {
      cwd: folder.path(""),
      permissions: ["--allow-read=.", "--allow-write=."],
    },
  );
  assert.equal(await exporting.code, 0, exporting.stderr.text());
  assert.equal(exporting.stdout.text(), await Deno.readTextFile(input));
  assert.equal(
    exporting.stderr.text(),
    "Exported 2 readings of 1 file to stdout\n",
  );
});

Deno.test("Ctrl-C ends an export, and leaves nothing that is not whole", async () => {
  await using folder = await makeFolder();
  const events = Array.from({ length: 300_000 }, (_, n) => event(-n % 1000));
  await write(folder.path("in.csv"), events);
  const cwd = folder.path("");
  await using exporting = weir(["export", "in.csv", "out.db"], { cwd });
  await until(
    "the export began",
    async () => (await names(folder)).length > 1,
  );
  exporting.kill("SIGINT");
  assert.equal(await exporting.code, 1, exporting.stderr.text());
  assert.match(exporting.stderr.text(), /^Broken off\./m);
  assert.deepEqual(await names(folder), ["in.csv"]);
});

Deno.test("a reader of stdout that has seen enough ends an export in order", async () => {
  await using folder = await makeFolder();
  const events = Array.from({ length: 50_000 }, (_, n) => event(n));
  await write(folder.path("in.csv"), events);
  const main = [Deno.execPath(), "run", "-qA", MAIN].join(" ");
  const said = await run("sh", [
    "-c",
    `cd ${
      folder.path("")
    } && { ${main} export in.csv - 2>err; echo $? >code; } | head -1`,
  ]);
  assert.match(said, /^timestamp,/);
  assert.equal(await folder.read("code"), "0\n", await folder.read("err"));
});

for (
  const [args, message] of [
    [["export", "a.csv"], /^Missing argument: file/],
    [["export", "a.csv", "b.xyz"], /ends in none of \.csv/],
    [["export", "a.csv", "b.db", "--wide"], /--wide is for CSV/],
    [["export", "a.csv", "b.csv", "--every", "1m"], /--every goes with --wide/],
    [
      ["export", "a.csv", "b.csv", "--wide", "--take", "min"],
      /--take goes with --every/,
    ],
    [
      ["export", "a.csv", "b.csv", "--from", "soon"],
      /--from is a time like .* not soon\./,
    ],
    [
      ["export", "a.csv", "b.csv", "--from", "-1h", "--to", "-2h"],
      /--from is not before --to/,
    ],
  ] as const
) {
  Deno.test(`weir ${args.join(" ")}: wrong usage, in a sentence, with exit code 2`, async () => {
    await using run = weir([...args]);
    assert.equal(await run.code, 2);
    assert.match(run.stderr.text(), message);
  });
}

Deno.test("an export of hundreds of files that overlap opens few of them at a time", async () => {
  await using folder = await makeFolder();
  const count = 200;
  for (let at = 0; at < count; at++) {
    const events = [0, 1, 2].map((seconds) => event(seconds, `s${at}`));
    await write(folder.path(`in-${`${at}`.padStart(3, "0")}.csv`), events);
  }
  let most = 0;
  const countOpen = () => {
    if (Deno.build.os !== "linux") return;
    const open = [...Deno.readDirSync("/proc/self/fd")].filter(({ name }) => {
      try {
        return Deno.readLinkSync(`/proc/self/fd/${name}`).includes("/in-") &&
          Deno.readLinkSync(`/proc/self/fd/${name}`)
            .startsWith(folder.path(""));
      } catch {
        return false;
      }
    });
    most = Math.max(most, open.length);
  };
  const { events } = await exportRecordings(
    await findRecordings([folder.path("in-*.csv")]),
    folder.path("out.csv"),
    { onProgress: countOpen },
  );
  assert.equal(events, 3 * count);
  assert.ok(most <= 64, `${most} open`);
  // In order of time, and of one time in the order of the files.
  const rows = (await folder.read("out.csv")).trimEnd().split("\r\n").slice(1);
  assert.deepEqual(
    rows.map((row) => row.split(",").slice(2).join()),
    [0, 1, 2].flatMap((seconds) =>
      Array.from({ length: count }, (_, at) => `s${at},${seconds}`)
    ),
  );
  const left = await names(folder);
  assert.equal(left.length, count + 1);
});

Deno.test("weir export says that nothing was chosen", async () => {
  await using folder = await makeFolder();
  const input = await write(folder.path("in.jsonl"), [event(0, "a", 1)]);
  const args = ["export", input, folder.path("out.csv"), "--sensor", "b"];
  await using run = weir(args);
  assert.equal(await run.code, 0);
  assert.match(
    run.stderr.text(),
    /^Exported 0 readings .*\nNone of their readings is of these sensors and times\.\n$/,
  );
});
