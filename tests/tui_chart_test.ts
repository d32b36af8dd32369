/** What the terminal UI draws values with. */
import assert from "node:assert/strict";
import type { LiveSensor } from "../pipeline/mod.ts";
import { createHistory } from "../pipeline/history.ts";
import { createWholeHistory } from "../pipeline/whole_history.ts";
import { bands } from "../tui/bands.ts";
import { createDots } from "../tui/braille.ts";
import { chart } from "../tui/chart.ts";
import { chartWindow } from "../tui/chart_window.ts";
import { sparkline } from "../tui/sparkline.ts";
import type { Row } from "../tui/styled_rows.ts";
import { niceTicks, timeTicks } from "../tui/ticks.ts";

Deno.test("a line of dots is drawn in braille", () => {
  const dots = createDots(2, 1);
  dots.line(0, 0, 3, 3);
  assert.equal(dots.lines()[0].join(""), "⠑⢄");
});

/** A series of such values, one every 10 s from 0 on. */
function seriesOf(...values: number[]) {
  const buckets = values.map((value, at) => (
    { time: 10 * at, min: value, max: value, mean: value, count: 1 }
  ));
  return { buckets, gap: 30 };
}

/** The rows of a chart as text. */
const drawn = (rows: readonly Row[]) =>
  rows.map((row) =>
    row.map((span) => typeof span === "string" ? span : span.text).join("")
  );

const SIZE = { columns: 60, rows: 10, from: 0, to: 60 };

Deno.test("a chart has the rows that it is given, and marks its last value", () => {
  const rows = drawn(chart({ series: [seriesOf(0, 20, 60)], ...SIZE }));
  assert.equal(rows.length, 10);
  assert.equal(rows.filter((text) => text.length === 60).length, 10);
  assert.equal(rows.join("").split("●").length, 2);
});

Deno.test("sensors of one chart have marks of their own, on one axis or on one each", () => {
  const series = [seriesOf(0, 1, 2, 3), seriesOf(300, 200, 100, 0)];
  const shared = drawn(chart({ series, ...SIZE }));
  assert.ok(shared.some((text) => /^ +200 ┤/.test(text)), shared.join("\n"));
  assert.match(shared.join(""), /●[^]*▲|▲[^]*●/);
  const own = drawn(chart({ series, own: true, ...SIZE }));
  assert.ok(own.some((text) => /^ +2 ┤/.test(text)), own.join("\n"));
});

Deno.test("a chart shows marks as lines with their text, escaped", () => {
  const marks = [{ ts: 30, text: "lamp\x1b[2J on" }, { ts: 99, text: "later" }];
  const rows = drawn(chart({ series: [seriesOf(1, 1)], marks, ...SIZE }));
  assert.match(rows[0], /┊lamp\\x1b\[2J on/);
  assert.equal(rows.filter((text) => text.includes("┊")).length, 8);
});

Deno.test("a peak in a stretch of many readings is drawn", () => {
  const { buckets } = seriesOf(...Array(60).fill(0));
  buckets[17].max = 9;
  const rows = drawn(
    chart({ series: [{ buckets, gap: 30 }], ...SIZE, to: 600 }),
  );
  assert.match(rows[0], /[\u2801-\u28ff]/);
});

Deno.test("states are bands with their names, for as long as they held", () => {
  const states = [{ time: 0, val: "ON" }, { time: 30, val: "OFF" }];
  const rows = drawn(bands({ states, heard: 45, ...SIZE }));
  assert.equal(rows.length, 10);
  const [off, on] = ["OFF", "ON"].map((name) =>
    rows.find((text) => text.trimStart().startsWith(`${name} ┤`))!.slice(11)
  );
  assert.match(on, /^█{24,26} +$/);
  assert.match(off, /^ {24}█{12,14} +$/);
});

Deno.test("a chart's window follows the data, unless a person chose another", () => {
  const sensor = (...times: number[]): LiveSensor => {
    const history = createHistory();
    for (const time of times) history.add(time, 1);
    const interval = times.length > 1 ? times[1] - times[0] : 0;
    const latest = { sensor_id: "", ts: 0, val: 1 };
    const time = times.at(-1)!;
    return { latest, time, events: 2, rate: 1, interval, history };
  };
  const now = 100_000;
  const at = (sensors: LiveSensor[], zoom?: number, until?: number) => {
    const { from, to } = chartWindow(sensors, { zoom, until }, { now });
    return [from - now, to - now];
  };
  assert.deepEqual(at([sensor(now - 20, now - 10)]), [-20, 0]);
  const [slow] = at([sensor(now - 900, now)]);
  assert.ok(slow <= -900 && slow > -1200, `${slow}`);
  // What is long over is shown to its end.
  const [from, to] = at([sensor(now - 2020, now - 2010)], 1);
  assert.ok(from <= -2020 && from > -2100 && to === -2010, `${from} ${to}`);
  assert.deepEqual(at([sensor(now - 20, now - 10)], 0, now - 60), [-120, -60]);
});

Deno.test("the window of a recording that is over is all of it", () => {
  const history = createWholeHistory();
  const [from, to] = [1_700_000_000, 1_700_200_000];
  for (let time = from; time <= to; time += 100) history.add(time, 1);
  const latest = { sensor_id: "", ts: to, val: 1 };
  const sensor = {
    ...{ latest, time: to, events: 2001, rate: 0.01, interval: 100, history },
  };
  const file = { name: "lab.csv", bytes: 1, from, over: true };
  const shown = { now: to, file };
  assert.deepEqual(chartWindow([sensor], {}, shown), { from, to, zoom: 6 });
  assert.equal(chartWindow([sensor], { zoom: 3 }, shown).from, to - 3500);
});

Deno.test("a sparkline reaches from the least value to the greatest", () => {
  assert.equal(sparkline([0, 1, 2, 7]), "▁▂▃█");
  assert.equal(sparkline([5, 5]), "▄▄");
});

Deno.test("ticks are round numbers and round times, a few of them", () => {
  assert.deepEqual(niceTicks(3, 47, 5), [10, 20, 30, 40]);
  const times = timeTicks(1484535480, 1484535540, 6);
  assert.ok(times.length >= 3 && times.length <= 7, `${times.length}`);
  const day = new Date(2026, 0, 31, 20).getTime() / 1000;
  const labels = (today: number) =>
    timeTicks(day, day + 8 * 3600, 4, today).map(({ label }) => label);
  // A date stands where it is needed: at another day than today.
  assert.deepEqual(labels(day), ["20:00", "22:00", "Feb 1", "02:00", "04:00"]);
  assert.equal(labels(day + 86_400)[0], "Jan 31 20:00");
});
