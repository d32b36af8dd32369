import assert from "node:assert/strict";
import { escape, repr } from "../pipeline/escape.ts";
import { readLines } from "./helpers/lines.ts";
import { pythonTest } from "./helpers/needs.ts";
import { run } from "./helpers/run.ts";

const KIT = new URL("../pipeline/mod.ts", import.meta.url).href;

/** What print() writes on stdout, in a process of its own. */
async function printed(events: unknown[], format: string): Promise<string> {
  const script = `
    import { print } from ${JSON.stringify(KIT)};
    const events = ${JSON.stringify(events)};
    await print({ format: ${JSON.stringify(format)} })((async function* () {
      yield events;
    })());`;
  const child = new Deno.Command(Deno.execPath(), {
    args: ["eval", "--ext=ts", script],
    stdout: "piped",
    stderr: "piped",
  });
  const { stdout, stderr } = await child.output();
  assert.equal(new TextDecoder().decode(stderr), "");
  return new TextDecoder().decode(stdout);
}

const ts = 1484535480.613;
const HOSTILE = '\x1b[2J\x07\r\n\x7f\x9b31m\u202e\u2028it\'s "Ü"';

Deno.test("print() writes events the way the tutorial does", async () => {
  const events = [
    { sensor_id: "lux-1", ts, val: 371.6063 },
    { sensor_id: "door", ts, val: true },
    { sensor_id: "mode", ts, val: "auto" },
  ];
  assert.equal(
    await printed(events, "python"),
    "SensorEvent(sensor_id='lux-1', ts=1484535480.613, val=371.6063)\n" +
      "SensorEvent(sensor_id='door', ts=1484535480.613, val=True)\n" +
      "SensorEvent(sensor_id='mode', ts=1484535480.613, val='auto')\n",
  );
});

Deno.test("print() writes a line a person can read whatever is in an id", async () => {
  for (const format of ["python", "json"]) {
    const text = await printed(
      [{ sensor_id: HOSTILE, ts, val: HOSTILE }],
      format,
    );
    assert.equal(text.indexOf("\n"), text.length - 1);
    assert.equal(escape(text.trimEnd()), text.trimEnd());
  }
});

Deno.test("print() writes JSON that reads back the same", async () => {
  const event = { sensor_id: HOSTILE, ts, val: HOSTILE };
  assert.deepEqual(JSON.parse(await printed([event], "json")), event);
});

Deno.test("print() writes the CSV that would be in the file", async () => {
  assert.equal(
    await printed([{ sensor_id: "a,b", ts, val: 1 }], "csv"),
    "timestamp,datetime,sensor_id,value\r\n" +
      '1484535480.613,2017-01-16T02:58:00.613Z,"a,b",1\r\n',
  );
});

Deno.test("print() writes tab-separated values of one line each, whatever is in them", async () => {
  const text = await printed([
    { sensor_id: "lux-1", ts, val: 371.6063 },
    { sensor_id: "a\tb", ts, val: "two\nlines \\n" },
    { sensor_id: HOSTILE, ts: 1e15, val: true },
  ], "tsv");
  const [head, ...lines] = text.split("\n").map((line) => line.split("\t"));
  assert.deepEqual(head, ["timestamp", "datetime", "sensor_id", "value"]);
  const times = ["1484535480.613", "2017-01-16T02:58:00.613Z"];
  assert.deepEqual(lines[0], [...times, "lux-1", "371.6063"]);
  assert.deepEqual(lines[1], [...times, "a\\tb", "two\\nlines \\\\n"]);
  // No calendar holds that time.
  assert.deepEqual(lines[2].slice(0, 2), ["1000000000000000.000", ""]);
  assert.equal(lines[2].length, 4);
  assert.equal(escape(lines[2].join("")), lines[2].join(""));
  assert.deepEqual(lines.slice(3), [[""]]);
});

Deno.test("print() leaves when its reader does, and the rest goes on", async () => {
  const script = `
    import { print, tee } from ${JSON.stringify(KIT)};
    let last;
    async function* source() {
      for (let val = 0; val < 20_000; val++) {
        yield [{ sensor_id: "x", ts: 1, val }];
      }
    }
    for await (const [event] of tee(print())(source())) last = event.val;
    console.error("last " + last);`;
  const child = new Deno.Command(Deno.execPath(), {
    args: ["eval", "--ext=ts", script],
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const stderr = readLines(child.stderr);
  await child.stdout.cancel();
  assert.equal(await stderr.match(/last/), "last 19999");
  await stderr.ended;
  assert.equal((await child.status).code, 0);
});

pythonTest("repr() agrees with Python's", async () => {
  const texts = [
    "lux-1",
    "it's",
    'say "hi"',
    `both ' and "`,
    "back\\slash",
    "\0\t\n\r\x1b\x7f\x80\xa0\xad",
    "Ünï¢ødé 光 🌡️ \u202e\u2028\u3000",
    "\u{e0001}\u{1f468}\u200d\u{1f469}",
  ];
  const script =
    "import json,sys; print(json.dumps([repr(t) for t in json.load(sys.stdin)]))";
  const expected = JSON.parse(
    await run("python3", ["-c", script], JSON.stringify(texts)),
  );
  assert.deepEqual(texts.map(repr), expected);
});

Deno.test("print() holds nothing up once its signal has aborted, however late it is asked", async () => {
  const script = `
    import { pipe, print } from ${
    JSON.stringify(import.meta.resolve("../pipeline/mod.ts"))
  };
    async function* source() {
      // Later than the first write is waited for.
      await new Promise((resolve) => setTimeout(resolve, 1200));
      yield [{ sensor_id: "a", ts: 1, val: "x".repeat(1_000_000) }];
    }
    await pipe(source(), print({ signal: AbortSignal.abort() }));
    console.error("ended");
    Deno.exit();`;
  const child = new Deno.Command(Deno.execPath(), {
    args: ["eval", script],
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  // Nobody reads its stdout, whose pipe holds some 64 kB.
  const stderr = readLines(child.stderr);
  await stderr.match(/^ended/);
  assert.match(stderr.text(), /^Not all is printed/);
  await child.stdout.cancel();
  await child.status;
});
