import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { payload, value } from "../../bench/readings.ts";
import { isThere } from "../helpers/needs.ts";

/** What `deno task bench` prints, and its exit code. */
async function bench(...args: string[]) {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["task", "bench", ...args],
    cwd: fileURLToPath(import.meta.resolve("../../")),
    env: { NO_COLOR: "1" },
  }).output();
  const decoder = new TextDecoder();
  return {
    code,
    stdout: decoder.decode(stdout),
    stderr: decoder.decode(stderr),
  };
}

Deno.test("the bench runs through: a row for weir, durable messages, what tui loads and record does not", async () => {
  const parts = ["speed", "lane", "durable", "startup"];
  const { code, stdout, stderr } = await bench(
    ...["--messages", "2000", "--runs", "1"],
    ...parts.flatMap((part) => ["--part", part]),
  );
  assert.equal(code, 0, stderr);
  // Events a second with their range, ratios, memory, the time to the first row.
  assert.match(
    stdout,
    /^\| weir +\| +[\d,]+ \([\d,]+–[\d,]+\) \| +\d+\.\d\d \|/m,
  );
  assert.match(stdout, /^\| objects of 8 fields [^]*^\| weir +\|/m);
  assert.match(stdout, /^\| lane +\| +[\d,]+ /m);
  if (isThere("mosquitto")) {
    assert.match(stdout, /^\| weir, durable +\| +[\d,]+ /m);
  }
  // That it loads no Ink, the bench itself holds.
  assert.match(stdout, /^record: \d+ modules of weir, .*mqtt/m);
  if (isThere("tmux")) {
    assert.match(stdout, /^tui: \d+ modules of weir, .*\bink\b/m);
  }
});

Deno.test("the bench measures rules beside no rules", async () => {
  const { code, stdout, stderr } = await bench(
    ...["--part", "reading", "--messages", "10000", "--runs", "1"],
  );
  assert.equal(code, 0, stderr);
  assert.match(
    stdout,
    /^\| eight fields, rules for other topics +\| +[\d,]+ \| +\d\.\d\d \|$/m,
  );
});

Deno.test("the readings of the bench are the tutorial's, each with another value", () => {
  assert.equal(payload(1), '["lux-1", 1, 0.7919]');
  const values = Array.from({ length: 10_000 }, (_, n) => value(n));
  assert.equal(new Set(values).size, values.length);
});

Deno.test("deno task bench --help names its options and parts; a wrong option is told with them", async () => {
  const help = await bench("--help");
  assert.equal(help.code, 0);
  assert.match(help.stdout, /--messages <count>[^]*--part <name>[^]*durable /);
  const wrong = await bench("--parts", "speed");
  assert.equal(wrong.code, 2);
  assert.match(wrong.stderr, /Unknown option '--parts'[^]*--part <name>/);
  const other = await bench("--part", "sped");
  assert.equal(other.code, 2);
  assert.match(
    other.stderr,
    /--part is speed, lane, durable, rest, growth, startup, reading, pages, files, replay, not sped\./,
  );
});
