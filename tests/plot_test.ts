/** Pictures of recordings: in the terminal, as SVG and PNG, and the data of the page. */
import assert from "node:assert/strict";
import { readSeries } from "../pipeline/mod.ts";
import { decimalsOf, encodeSeries } from "../plot/encode_series.ts";
import { decodeSeries } from "../plot/page/decode_series.js";
import { tableOf } from "../plot/page/thin_points.js";
import { makeFolder } from "./helpers/folder.ts";
import { weir } from "./helpers/weir.ts";
import { type Reading, writeRecording } from "./helpers/write_recording.ts";

/** A sensor with a gap and a peak, a lamp, and a name that does harm. */
const READINGS: Reading[] = Array.from(
  { length: 300 },
  (_, second): Reading[] => [
    ...second > 100 && second < 200 ? [] : [
      [second, "attic", second === 50 ? 99 : 20 + second % 3] as const,
      [second, '<script>&"\x1b[31m', second] as const,
    ],
    [second, "lamp", second >= 150] as const,
  ],
).flat();

async function plot(args: string[], readings = READINGS) {
  await using folder = await makeFolder();
  await writeRecording(folder.path("lab.csv"), readings);
  await using marking = weir([
    ...["mark", folder.path("lab.csv"), "lamp on <b>"],
    ...["--at", new Date(1_700_000_150_000).toISOString()],
  ]);
  assert.equal(await marking.code, 0, marking.stderr.text());
  const given = args.map((arg) =>
    arg.startsWith("out.") ? folder.path(arg) : arg
  );
  await using drawing = weir(["plot", folder.path("lab.csv"), ...given]);
  const code = await drawing.code;
  const out = args.find((arg) => arg.startsWith("out."));
  const bytes = out
    ? await Deno.readFile(folder.path(out)).catch(() => undefined)
    : undefined;
  return {
    code,
    stdout: drawing.stdout.text(),
    stderr: drawing.stderr.text(),
    bytes,
    text: new TextDecoder().decode(bytes),
  };
}

Deno.test("in the terminal there is a chart of each sensor, with gaps, bands and marks", async () => {
  const { code, stdout, stderr } = await plot([]);
  assert.equal(code, 0, stderr);
  const lines = stdout.split("\n");
  assert.ok(lines.every((line) => [...line].length <= 80), stdout);
  assert.ok(!stdout.includes("\x1b"));
  assert.match(stdout, /^<script>&"\\x1b\[31m +201 readings .*67\.0 %$/m);
  assert.match(stdout, /^attic +201 readings · min 20 · mean .* · max 99/m);
  assert.match(stdout, /^ +░{34,36}█{33,36}$/m);
  assert.match(stdout, /^ +░ false {2}█ true$/m);
  assert.match(stdout, /┊ lamp on <b>/);
  // Nothing is drawn in the gap but the mark.
  const attic = lines.slice(
    lines.findIndex((line) => line.startsWith("attic")),
  );
  for (const line of attic.slice(1, 6)) {
    assert.match([...line].slice(36, 56).join(""), /^ *┊? *$/, stdout);
  }
});

Deno.test("an SVG shows what a publisher sent as text", async () => {
  const { code, text, stderr } = await plot(["-o", "out.svg"]);
  assert.equal(code, 0, stderr);
  assert.match(text, /^<svg xmlns/);
  assert.ok(text.includes("&lt;script&gt;&amp;&quot;\\x1b[31m"), "not escaped");
  assert.ok(text.includes("lamp on &lt;b&gt;"));
  assert.ok(!text.includes("<script") && !text.includes("\x1b"));
  // A line for what is before the gap, and one for what is after it.
  const [, path] = /class="l" stroke="#0072b2" d="([^"]*)"/.exec(text)!;
  assert.equal(path.match(/M/g)!.length, 2);
});

Deno.test("all numbers stand in one chart if they are asked to", async () => {
  const { code, text, stderr } = await plot(["-o", "out.svg", "--together"]);
  assert.equal(code, 0, stderr);
  assert.equal(text.match(/class="l"/g)!.length, 2);
  assert.equal(new Set(text.match(/class="l" stroke="[^"]*"/g)).size, 2);
  const { stdout } = await plot(["--together"]);
  assert.match(stdout, /● <script>.*● attic/);
});

Deno.test("a PNG is one", async () => {
  const { code, bytes, stderr } = await plot(["-o", "out.png"]);
  assert.equal(code, 0, stderr);
  assert.deepEqual([...bytes!.subarray(1, 4)], [
    ...new TextEncoder().encode("PNG"),
  ]);
  const view = new DataView(bytes!.buffer);
  assert.equal(view.getUint32(16), 2400);
});

Deno.test("one sees the sensors and the time that one asked for", async () => {
  const one = await plot(["--sensor", "la*"]);
  assert.match(one.stdout, /^lamp +300 readings/m);
  assert.doesNotMatch(one.stdout, /attic/);
  const from = new Date(1_700_000_280_000).toISOString();
  const late = await plot(["--from", from, "--sensor", "lamp"]);
  assert.match(late.stdout, /^lamp +20 readings/m);
  assert.doesNotMatch(late.stdout, /lamp on/);
});

Deno.test("what cannot be drawn is said in one sentence", async () => {
  const says = async (args: string[], code: number, pattern: RegExp) => {
    const result = await plot(args);
    assert.equal(result.code, code, result.stderr);
    assert.match(result.stderr, pattern);
    return result;
  };
  await says(["-o", "out.gif"], 2, /ends in none of \.svg, \.png, \.html/);
  await says(["--from", "today", "--to", "yesterday"], 2, /not before --to/);
  const { bytes } = await says(
    ["--sensor", "nobody", "-o", "out.svg"],
    1,
    /^None of the readings in .* is of these sensors and times/,
  );
  // What is not drawn leaves no file.
  assert.equal(bytes, undefined);
  await using folder = await makeFolder();
  await writeRecording(folder.path("a.csv"), [[1, "a", 1]]);
  const args = ["plot", folder.path("a.csv"), "-o", folder.path("a.csv.svg")];
  await using first = weir(args);
  assert.equal(await first.code, 0, first.stderr.text());
  await using again = weir(args);
  assert.equal(await again.code, 1);
  assert.match(again.stderr.text(), /is there already\. Move it away first\./);
});

/** The series of these values, one a second, as the page gets them. */
async function sent(values: (number | string)[]) {
  await using folder = await makeFolder();
  const path = folder.path("lab.csv");
  await writeRecording(path, values.map((value, at) => [at, "a", value]));
  const { series: [series], from } = await readSeries([path]);
  const decimals = decimalsOf(series.values);
  const bytes = encodeSeries(series, from, decimals);
  const points = series.times.length;
  const packed = new Uint8Array([1, 2, 3, ...bytes]);
  return {
    series,
    decimals,
    decoded: decodeSeries(packed, 3, { points, decimals }, from),
  };
}

Deno.test("the page gets the very numbers, whatever they are", async () => {
  for (
    const [values, expected] of [
      [[1, 2, 300, -5, 0], 0],
      [[20.5, 20.51, -0.03, 1234.567], 3],
      [[20.5, "unavailable", 21], 1],
      [[1e-20, 1, 1e300, -1e300], -1],
      [[0.1 + 0.2, 1 / 3], -1],
    ] as const
  ) {
    const { series, decimals, decoded } = await sent([...values]);
    assert.equal(decimals, expected, `${values}`);
    assert.deepEqual([...decoded.times], [...series.times]);
    assert.deepEqual([...decoded.values], [...series.values]);
  }
});

/** Readings from 0 to `count - 1` s, one a second. */
function everySecond(count: number, value: (at: number) => number) {
  const times = Float64Array.from({ length: count }, (_, at) => at);
  return { times, values: times.map(value), gap: 10 };
}

Deno.test("the page hides no peak, however far out it is zoomed, and draws two values of a sensor and column of pixels", () => {
  const count = 100_000;
  // Of each column, one that is up and one that is down.
  const peaks = [63, 64, 12_345, 54_321, count - 1];
  const lines = Array.from(
    { length: 10 },
    (_, k) => everySecond(count, (at) => Math.sin(at / 999) + k),
  );
  for (const { values } of lines) {
    for (const at of peaks) values[at] = at % 2 === 0 ? 50 + at : -50 - at;
  }
  for (const columns of [50, 333, 1200]) {
    for (const period of [[0, count], [0, count - 1], [-count, 2 * count]]) {
      const [xs, ...table] = tableOf(lines, period[0], period[1], columns);
      assert.ok(xs.length <= 3 * columns + 2, `${xs.length}`);
      assert.ok(xs.every((x: number, i: number) => i === 0 || x > xs[i - 1]));
      for (const ys of table) {
        const drawn = ys.filter((y?: number) => y !== undefined);
        assert.ok(drawn.length <= 2 * columns + 2, `${drawn.length}`);
        for (const at of peaks) {
          assert.ok(ys.includes(lines[0].values[at]), `${at}`);
        }
      }
    }
  }
  // Zoomed in, there is every reading, and one beyond each end.
  const [xs] = tableOf([lines[0]], 1000, 1050, 1200);
  assert.deepEqual([xs[0], xs.at(-1)], [999, 1051]);
});

Deno.test("the least and the greatest of each column are those of its readings", () => {
  let seed = 1;
  const random = () => (seed = seed * 16807 % 2147483647) / 2147483647;
  for (const count of [9, 64, 513, 5000]) {
    const line = everySecond(
      count,
      () => random() < 0.2 ? NaN : Math.floor(random() * 100),
    );
    const columns = Math.ceil(count / 40);
    const [xs, ys] = tableOf([line], 0, count, columns);
    assert.equal(xs.length, 3 * columns + 2);
    for (let column = 0; column < columns; column++) {
      const inColumn = [...line.values].filter((value, at) =>
        Math.min(columns - 1, Math.floor(at / count * columns)) === column &&
        !Number.isNaN(value)
      );
      const drawn = [ys[3 * column + 2], ys[3 * column + 3]];
      assert.deepEqual(
        drawn.toSorted((a, b) => a - b),
        [Math.min(...inColumn), Math.max(...inColumn)],
      );
    }
  }
});

Deno.test("a line that is zoomed out begins and ends where it crosses the edges, and breaks at a gap", () => {
  const dense = everySecond(2000, (at) => at);
  const times = Float64Array.of(-100, 900, 1000, 3000);
  const values = Float64Array.of(0, 100, 7, 27);
  const [, , rare] = tableOf(
    [dense, { times, values, gap: 2500 }],
    0,
    2000,
    50,
  );
  assert.deepEqual([rare[0], rare.at(-1)], [10, 17]);
  const [xs, , broken] = tableOf(
    [dense, { times, values, gap: 50 }],
    0,
    2000,
    50,
  );
  // From one reading to the other each row is a break; uPlot joins over others.
  const known = broken.flatMap((y: number, row: number) =>
    typeof y === "number" ? [row] : []
  );
  assert.deepEqual(known.map((row: number) => broken[row]), [100, 100, 7, 7]);
  const between = broken.slice(known[1] + 1, known[2]);
  assert.ok(between.length > 0 && between.every((y: null) => y === null));
  assert.ok(Math.abs(xs[known[0]] - 900) <= 40);
  assert.equal(broken.at(-1), undefined);
});

Deno.test("the page breaks a line at a gap, and lines that stand together do not break each other", () => {
  const line = (...times: number[]) => ({
    times: Float64Array.from(times),
    values: Float64Array.from(times),
    gap: 5,
  });
  const broken = line(0, 1, 50, 51);
  assert.deepEqual(tableOf([broken], 0, 100, 500)[1], [0, 1, null, 50, 51]);
  assert.deepEqual(
    tableOf([broken, line(0, 2, 4)], 0, 100, 500)
      .map((column: ArrayLike<number>) => Array.from(column)),
    [
      [0, 1, 2, 4, 25.5, 50, 51],
      // uPlot breaks a line from row to row.
      [0, 1, null, null, null, 50, 51],
      [0, undefined, 2, 4, undefined, undefined, undefined],
    ],
  );
});
