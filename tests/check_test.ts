import assert from "node:assert/strict";
import { csv, pipe, type SensorEvent } from "../pipeline/mod.ts";
import { makeFolder } from "./helpers/folder.ts";
import { run } from "./helpers/run.ts";
import { writeRecording } from "./helpers/write_recording.ts";
import { unpack } from "../plot/page/decode_series.js";
import { weir } from "./helpers/weir.ts";

const HEADER = "timestamp,datetime,sensor_id,value\r\n";
/** A row of a time so many seconds after another. */
const row = (seconds: number, id = "a", value = "1") => {
  const time = 1_484_535_480 + seconds;
  return `${time}.000,${
    new Date(time * 1000).toISOString()
  },${id},${value}\r\n`;
};

const AGAIN = "(readings of one millisecond, or one written more than once)";

/** What `weir check` says of a file, and the repaired copy. */
async function check(text: string, ...args: string[]) {
  await using folder = await makeFolder();
  const file = folder.path("test.csv");
  await Deno.writeTextFile(file, text);
  await using checking = weir(["check", file, ...args]);
  const code = await checking.code;
  assert.equal(await folder.read("test.csv"), text, "the original was touched");
  return {
    code,
    found: checking.stdout.text().replaceAll(`${file}:`, "").trimEnd()
      .split("\n").filter(Boolean),
    stderr: checking.stderr.text(),
    repaired: args.length > 0 ? await folder.read("test.csv.repaired") : "",
  };
}

Deno.test("check finds nothing wrong with what csv() wrote", async () => {
  await using folder = await makeFolder();
  const file = folder.path("test.csv");
  const ids = ["a", "a,b", 'say "hi"', "two\nlines", "=1+1", "\u0000", "Ü"];
  const values = [1, -0.5, 1e300, true, "text", "a\r\nb", ""];
  async function* source(): AsyncGenerator<SensorEvent[]> {
    for (const val of values) {
      yield ids.map((sensor_id, n) => ({
        sensor_id,
        ts: 1484535480.613 + n,
        val,
      }));
    }
  }
  // Time runs on from batch to batch.
  let hour = 0;
  await pipe(source(), async function* (flow) {
    for await (const batch of flow) {
      hour += 3600;
      yield batch.map((event) => ({ ...event, ts: event.ts + hour }));
    }
  }, csv(file));
  await using checking = weir(["check", file]);
  assert.equal(await checking.code, 0, checking.stdout.text());
  assert.match(checking.stderr.text(), /is in order: 49 rows/);
});

for (
  const [what, text, found] of [
    ["a torn last row", HEADER + row(1) + "2.0", [
      "3: torn: it has no line end",
    ]],
    ["an empty line before the header", "\r\n" + HEADER + row(1), [
      "1: an empty line",
    ]],
    [
      "a clock that was not set",
      [
        HEADER,
        "624.000,1970-01-01T00:10:24.000Z,a,1\r\n",
        row(1, "b"),
        "625.000,1970-01-01T00:10:25.000Z,a,1\r\n",
        "626.000,1970-01-01T00:10:26.000Z,a,1\r\n",
      ].join(""),
      [
        "2: 1970-01-01T00:10:24.000Z cannot be: it is before 2010 (and 2 later rows)",
      ],
    ],
    [
      "milliseconds taken for seconds",
      `${HEADER}1484535480613.000,+049013-01-21T14:50:13.000Z,a,1\r\n`,
      [
        "2: +049013-01-21T14:50:13.000Z cannot be: it is in milliseconds, not in seconds",
      ],
    ],
    [
      "a time after next year",
      `${HEADER}4102444800.000,2100-01-01T00:00:00.000Z,a,1\r\n`,
      ["2: 2100-01-01T00:00:00.000Z cannot be: it is after next year"],
    ],
    ["another header", "time,value\r\n" + row(1), [
      "1: the header is not timestamp,datetime,sensor_id,value",
    ]],
    ["too few cells", HEADER + "1.000,a\r\n" + row(2), ["2: 2 cells, not 4"]],
    ["a timestamp that is none", HEADER + row(1).replace("1.0", "x.0"), [
      "2: the timestamp is no number",
    ]],
    ["times that differ", HEADER + row(1).replace("2017", "2018"), [
      "2: timestamp and datetime are not the same time",
    ]],
    ["time that runs backwards", HEADER + row(5) + row(2), [
      "3: time runs backwards: by 3.000 s",
    ]],
    ["quotes that do not fit", HEADER + row(1, 'a"b"c'), [
      "2: its quotes are wrong",
    ]],
    ["a row that is there again", HEADER + row(5) + row(5) + row(6), [
      `3: the same row 2 times: 2017-01-16T02:58:05.000Z ${AGAIN}`,
    ]],
    [
      "a row that is there again after another sensor's",
      HEADER + row(5) + row(5, "b") + row(5) + row(5, "b", "2") + row(5),
      [`4: the same row 3 times: 2017-01-16T02:58:05.000Z ${AGAIN}`],
    ],
    ["a quote that is never closed", HEADER + row(1, '"a') + row(2) + row(3), [
      "2: a quote that is never closed",
    ]],
    [
      "a quote that is never closed, before rows with quotes",
      HEADER + row(1, '"a') + row(2, '"b,c"') + row(3, '"two\nlines"', '"x"'),
      ["2: a quote that is never closed"],
    ],
    ["a quote that is never closed, in the last row", HEADER + row(1, '"a'), [
      "2: a quote that is never closed",
    ]],
    ["an empty file", "", [" it is empty: it has no header"]],
  ] as const
) {
  Deno.test(`check finds ${what}, with its line`, async () => {
    const { code, found: all, stderr } = await check(text);
    assert.deepEqual(
      all.map((line) => line.replace(/^.*test\.csv/, "")),
      found,
    );
    assert.equal(code, 1);
    assert.match(stderr, /1 problem in/);
  });
}

Deno.test("check counts lines through cells that hold line breaks", async () => {
  const { found } = await check(HEADER + row(1, '"two\nlines"') + "x\r\n");
  assert.deepEqual(found, ["4: 1 cells, not 4"]);
});

Deno.test("check finds a gap in what a sensor sends regularly", async () => {
  const regular = Array.from({ length: 20 }, (_, n) => row(n)).join("");
  const { found } = await check(HEADER + regular + row(60));
  assert.deepEqual(found, [
    '22: a gap: nothing from "a" for 41.0 s, before that at most 1.0 s',
  ]);
  const { code } = await check(HEADER + regular + row(25));
  assert.equal(code, 0);
});

Deno.test("check takes each sensor's clock by itself", async () => {
  const two = row(100) + row(3, "b") + row(101) + row(4, "b");
  const { code } = await check(HEADER + two);
  assert.equal(code, 0);
});

Deno.test("check takes a header as recording does, quoted or not", async () => {
  const quoted = '"timestamp","datetime","sensor_id","value"\r\n';
  const { code, repaired } = await check(quoted + row(1), "--repair");
  assert.equal(code, 0);
  assert.equal(repaired, HEADER + row(1));
});

Deno.test("check --repair leaves nothing behind where there is nothing to repair", async () => {
  await using folder = await makeFolder();
  const file = folder.path("none.csv");
  await using checking = weir(["check", file, "--repair"]);
  assert.equal(await checking.code, 1);
  assert.match(checking.stderr.text(), /there is no such file/);
  await assert.rejects(Deno.stat(`${file}.repaired`), Deno.errors.NotFound);
});

Deno.test("check --repair writes a copy of the whole rows, and keeps equal ones", async () => {
  const text = HEADER + row(1) + row(1) + "junk\r\n" + row(2) + "3.0";
  const { code, repaired, stderr } = await check(text, "--repair");
  assert.equal(repaired, HEADER + row(1) + row(1) + row(2));
  assert.equal(code, 1);
  assert.match(
    stderr,
    /Wrote .*test\.csv\.repaired: 3 rows, without 2 lines of/,
  );
});

Deno.test("check tells once of a thousand equal rows of one millisecond", async () => {
  const { found, code } = await check(
    HEADER + row(1) + row(5).repeat(1000) + row(6),
  );
  assert.deepEqual(found, [
    `4: the same row 1,000 times: 2017-01-16T02:58:05.000Z ${AGAIN}`,
  ]);
  assert.equal(code, 1);
});

Deno.test("check --repair keeps all rows after a quote that is never closed", async () => {
  const after = Array.from(
    { length: 3000 },
    (_, n) => row(n + 2, n % 7 ? "a" : '"a ""b"",\r\nc"'),
  ).join("");
  const text = HEADER + row(0) + row(1, "a", '"2') + after;
  const { found, repaired } = await check(text, "--repair");
  assert.deepEqual(found, ["3: a quote that is never closed"]);
  assert.equal(repaired, HEADER + row(0) + after);
});

Deno.test("check takes rows in a quoted cell for text where the cell is closed", async () => {
  const { code } = await check(HEADER + row(1, "a", `"x\n${row(2)}"`) + row(3));
  assert.equal(code, 0);
});

Deno.test("check --repair leaves out a row that is not UTF-8", async () => {
  await using folder = await makeFolder();
  const file = folder.path("test.csv");
  const text = HEADER + row(1) + row(2, "a", "?") + row(3);
  const bytes = new TextEncoder().encode(text);
  bytes[text.indexOf("?")] = 0xff;
  await Deno.writeFile(file, bytes);
  await using checking = weir(["check", file, "--repair"]);
  assert.equal(await checking.code, 1);
  assert.equal(checking.stdout.text(), `${file}:3: not UTF-8\n`);
  assert.equal(
    await folder.read("test.csv.repaired"),
    HEADER + row(1) + row(3),
  );
});

Deno.test("check counts each kind of problem at the end", async () => {
  const regular = Array.from({ length: 20 }, (_, n) => row(n)).join("");
  const { stderr } = await check(
    HEADER + "x\r\n" + regular + row(60) + row(7000) + "3.0",
  );
  assert.match(
    stderr,
    /: 4 problems in 22 rows: 1 broken row, 2 gaps, 1 torn row\./,
  );
});

Deno.test("check says what it cannot read", async () => {
  await using folder = await makeFolder();
  await run("mkfifo", [folder.path("fifo")]);
  for (
    const [file, reason] of [
      [folder.path("."), /it is a folder/],
      [folder.path("fifo"), /it is not a regular file/],
      ["/dev/zero", /it is not a regular file/],
    ] as const
  ) {
    await using checking = weir(["check", file]);
    assert.equal(await checking.code, 1);
    assert.match(checking.stderr.text(), reason);
    assert.match(
      checking.stderr.text(),
      /^weir: Cannot read .*\n$|^Cannot read .*\n$/,
    );
  }
});

Deno.test("check escapes what a terminal would obey", async () => {
  const regular = Array.from({ length: 20 }, (_, n) => row(n, "\x1b[2J"));
  const { found } = await check(HEADER + regular.join("") + row(99, "\x1b[2J"));
  assert.equal(found.length, 1);
  assert.ok(!found[0].includes("\x1b"));
});

Deno.test("check says what the ledger has more of", async () => {
  const { openLedger } = await import("../pipeline/durable/ledger.ts");
  await using folder = await makeFolder();
  const file = folder.path("test.csv");
  const rows = new TextEncoder().encode(row(1));
  await Deno.writeTextFile(file, HEADER + row(1).slice(0, 5));
  const { ledger } = await openLedger(folder.path("lab@test.csv.ledger"));
  await ledger.append({
    kind: "base",
    safe: 0,
    topics: [],
    sure: true,
    csv: { name: "test.csv", offset: HEADER.length },
    identities: [],
  });
  await ledger.append({
    kind: "batch",
    safe: 1,
    forgotten: 0,
    rows,
    rejects: new Uint8Array(),
    identities: [],
  });
  ledger.close();
  await using checking = weir(["check", file]);
  assert.equal(await checking.code, 1);
  assert.match(
    checking.stdout.text(),
    new RegExp(`its last ${rows.length - 5} bytes are in the ledger`),
  );
});

Deno.test("check takes a header in one cell, or with a quote left open, for none", async () => {
  const names = "timestamp,datetime,sensor_id,value";
  for (const header of [`"${names}"\r\n`, `"${names}\r\n`]) {
    const { code } = await check(header + row(1));
    assert.equal(code, 1);
  }
});

Deno.test("check --repair counts a first line that is a row among the rows only", async () => {
  const { stderr, repaired } = await check(row(1) + row(2), "--repair");
  assert.equal(repaired, HEADER + row(1) + row(2));
  assert.match(stderr, /2 rows, without 0 lines of/);
});

Deno.test("check says in one line that a file is no recording", async () => {
  await using checking = weir(["check", "README.md"]);
  assert.equal(await checking.code, 1);
  assert.equal(checking.stdout.text(), "");
  assert.match(
    checking.stderr.text(),
    /^README\.md is no recording of weir: it begins with "# weir", and \w+ of the \d+ lines after that (is a row|are rows)( of timestamp,\S+)?\.\n$/,
  );
});

Deno.test("check reads JSON lines by the ending of the file's name", async () => {
  await using folder = await makeFolder();
  const file = folder.path("test.jsonl");
  const line = (ts: number, id = "a") =>
    `{"sensor_id":"${id}","ts":${1_484_535_480 + ts},"val":1}\n`;
  const regular = Array.from({ length: 20 }, (_, n) => line(n)).join("");
  for (
    const [text, found] of [
      ["", []],
      [regular + line(19.5, "b"), []],
      [line(5) + line(5) + line(2) + "x\n\n" + '{"ts":1}\n' + line(9).trim(), [
        `2: the same row 2 times: 2017-01-16T02:58:05.000Z ${AGAIN}`,
        "3: time runs backwards: by 3.000 s",
        "4: not JSON",
        "5: an empty line",
        "6: its sensor_id is no text",
        "7: torn: it has no line end",
      ]],
      [regular + line(60), [
        '21: a gap: nothing from "a" for 41.0 s, before that at most 1.0 s',
      ]],
    ] as const
  ) {
    await Deno.writeTextFile(file, text);
    await using checking = weir(["check", file]);
    assert.equal(await checking.code, found.length > 0 ? 1 : 0);
    assert.deepEqual(
      checking.stdout.text().replaceAll(`${file}:`, "").split("\n")
        .filter(Boolean).toSorted(),
      found.toSorted(),
    );
  }
  await Deno.writeTextFile(file, line(1) + "x\n" + line(2));
  await using checking = weir(["check", file, "--repair"]);
  assert.equal(await checking.code, 1);
  assert.equal(await folder.read("test.jsonl.repaired"), line(1) + line(2));
});

Deno.test("check takes a pattern and packed files, and counts those that are not in order", async () => {
  await using folder = await makeFolder();
  const pack = async (name: string, text: string) => {
    const packed = new Blob([text]).stream()
      .pipeThrough(new CompressionStream("gzip"));
    await Deno.writeFile(folder.path(name), packed);
  };
  await pack("lab-1.csv.gz", HEADER + row(0) + row(1));
  await pack("lab-2.csv.gz", HEADER + row(3) + row(2));
  await Deno.writeTextFile(folder.path("lab-3.csv"), HEADER + row(4));
  await Deno.writeTextFile(folder.path("lab-3.csv.rejects.jsonl"), "{}\n");
  await using checking = weir(["check", "lab-*"], { cwd: folder.path("") });
  assert.equal(await checking.code, 1);
  const lines = checking.stderr.text().trimEnd().split("\n");
  assert.equal(lines[0], "lab-1.csv.gz is in order: 2 rows");
  assert.match(
    lines[1],
    /^lab-2\.csv\.gz: 1 problem in 2 rows: 1 step back\.$/,
  );
  assert.equal(lines[2], "lab-3.csv is in order: 1 row");
  assert.equal(lines[3], "1 of 3 files are not in order.");
  assert.equal(lines.length, 4);
});

Deno.test("the data capture of what sends regularly is told, the least first", async () => {
  await using folder = await makeFolder();
  const readings = Array.from({ length: 100 }, (_, second) => [
    [second, "whole", second] as const,
    ...second % 50 === 25 ? [] : [[second, "holes", second] as const],
  ]).flat();
  await writeRecording(folder.path("lab.csv"), [...readings, [99, "once", 1]]);
  await using checking = weir(["check", folder.path("lab.csv")]);
  assert.equal(await checking.code, 0, checking.stdout.text());
  assert.match(
    checking.stderr.text(),
    /^Data capture: holes 98\.0 %, whole 100\.0 %$/m,
  );
});

Deno.test("the data capture of a raw recording is that of its topics", async () => {
  await using folder = await makeFolder();
  const lines = Array.from(
    { length: 20 },
    (_, second) =>
      `{"time":${
        1_700_000_000 + second
      },"topic":"lab","payload":"{\\"a\\":1}","qos":0,"retain":false,"dup":false}\n`,
  );
  await Deno.writeTextFile(folder.path("raw.jsonl"), lines.join(""));
  await using checking = weir(["check", folder.path("raw.jsonl")]);
  assert.equal(await checking.code, 0, checking.stdout.text());
  assert.match(
    checking.stderr.text(),
    /^Data capture by topic: lab 100\.0 %$/m,
  );
});

Deno.test("--html writes a report with what was found, and the exit code stays", async () => {
  await using folder = await makeFolder();
  const [lab, report] = [folder.path("lab.csv"), folder.path("report.html")];
  await writeRecording(lab, [[0, "a", 1], [5, "a", 2], [3, "a", 3]]);
  await using checking = weir(["check", lab, "--html", report]);
  assert.equal(await checking.code, 1);
  assert.match(checking.stderr.text(), /^Wrote .*report\.html$/m);
  assert.match(checking.stderr.text(), /1 problem in 3 rows: 1 step back\.$/m);
  const [, data] = /id="data">([^<]*)</.exec(
    await Deno.readTextFile(report),
  )!;
  const { problems } = await unpack(data);
  assert.match(problems.summary, /1 step back/);
  assert.match(problems.lines[0], /lab\.csv:4: time runs backwards/);
  await using again = weir(["check", lab, "--html", report]);
  assert.equal(await again.code, 1);
  assert.match(again.stderr.text(), /is there already/);
});
