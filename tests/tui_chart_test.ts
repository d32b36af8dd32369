/** What the terminal UI draws values with. */
import assert from "node:assert/strict";
import { createDots } from "../tui/braille.ts";
import { chart } from "../tui/chart.ts";
import { sparkline } from "../tui/sparkline.ts";
import { niceTicks, timeTicks } from "../tui/ticks.ts";

Deno.test("a line of dots is drawn in braille", () => {
  const dots = createDots(2, 1);
  dots.line(0, 0, 3, 3);
  assert.equal(dots.lines()[0].join(""), "⠑⢄");
});

Deno.test("a chart has the rows that it is given, and marks its last value", () => {
  const buckets = [0, 30, 60].map((time) => (
    { time, min: time, max: time, mean: time, count: 1 }
  ));
  const size = { columns: 40, rows: 6 };
  const rows = chart({ buckets, from: 0, to: 60, gap: 60, ...size });
  assert.equal(rows.length, 6);
  assert.ok(rows[0].mark);
});

Deno.test("a sparkline reaches from the least value to the greatest", () => {
  assert.equal(sparkline([0, 1, 2, 7]), "▁▂▃█");
  assert.equal(sparkline([5, 5]), "▄▄");
});

Deno.test("ticks are round numbers and round times, a few of them", () => {
  assert.deepEqual(niceTicks(3, 47, 5), [10, 20, 30, 40]);
  const times = timeTicks(1484535480, 1484535540, 6);
  assert.ok(times.length >= 3 && times.length <= 7, `${times.length}`);
});
