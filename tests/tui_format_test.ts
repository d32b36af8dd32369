/** Texts of the terminal UI: numbers, times, and what fits into a column. */
import assert from "node:assert/strict";
import { edit, lineOf } from "../tui/edit.ts";
import { cut, fit, visible, width } from "../tui/fit_text.ts";
import {
  formatAge,
  formatBytes,
  formatClock,
  formatElapsed,
  formatNumber,
  formatRate,
  formatWhole,
} from "../tui/format.ts";

Deno.test("a number has as many digits as its column takes", () => {
  assert.equal(formatNumber(284.1312, 8), "284.1312");
  assert.equal(formatNumber(284.1312, 6), "284.13");
  assert.equal(formatNumber(12345678, 7), "1.23e+7");
  assert.equal(formatWhole(12345), "12,345");
});

Deno.test("times, rates and sizes are written as a person says them", () => {
  assert.equal(formatAge(14.2), "14 s");
  assert.equal(formatAge(200), "3 min");
  assert.equal(formatElapsed(432), "0:07:12");
  assert.match(formatClock(1484535480), /^\d\d:\d\d:\d\d$/);
  assert.equal(formatRate(2.5), "2.5/s");
  assert.equal(formatRate(0.2), "12/min");
  assert.equal(formatRate(0), "0/s");
  assert.equal(formatBytes(4500), "4.5 kB");
});

Deno.test("a text is padded or cut to the columns that it takes on a terminal", () => {
  assert.equal(width("温度"), 4);
  assert.equal(fit("lux-1", 7), "lux-1  ");
  assert.equal(fit("lux-1", 7, "right"), "  lux-1");
  assert.equal(fit("温度-1", 4), "温… ");
  assert.equal(cut("sensor-data", 6), "senso…");
  assert.equal(visible("a\x1b[2J"), "a\\x1b[2J");
});

Deno.test("a line is edited by whole characters", () => {
  assert.equal(lineOf("abc").cursor, 3);
  assert.equal(edit(lineOf("ab"), "c", {}).text, "abc");
  assert.equal(edit(lineOf("a🧪"), "", { backspace: true }).text, "a");
});
