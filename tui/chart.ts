import type { Bucket } from "../pipeline/mod.ts";
import { createDots } from "./braille.ts";
import { formatNumber } from "./format.ts";
import { niceTicks, timeTicks } from "./ticks.ts";

/** What is drawn, and into how much room. */
export interface ChartOptions {
  /** The values, oldest first. */
  buckets: readonly Bucket[];
  /** The time at the left, in seconds since 1970. */
  from: number;
  /** The time at the right. */
  to: number;
  /** How many columns there are, axis and all. */
  columns: number;
  /** How many rows. */
  rows: number;
  /** Values further apart than this, in seconds, are not joined by a line. */
  gap: number;
  /** The least and the greatest value of the axis. Default: those of the values. */
  range?: [number, number];
}

/** One row of a chart. */
export interface ChartRow {
  /** The axis at the left: a tick's number, or nothing. */
  axis: string;
  /** The line up to the last value. */
  line: string;
  /** The mark on the last value, in one of the rows. */
  mark: string;
  /** What follows it. */
  rest: string;
}

/** How many columns the numbers of the axis take. */
const LABEL = 9;

/** The column in which the values begin. */
export const AXIS = LABEL + 2;

/**
 * A line chart in braille dots: the values' range in each dot's width, lines
 * from one mean to the next, a mark on the last, ticks at round numbers and
 * times. The last row is the time axis.
 */
export function chart(options: ChartOptions): ChartRow[] {
  const { from, to, columns, rows, gap } = options;
  const width = Math.max(1, columns - LABEL - 2);
  const height = Math.max(1, rows - 2);
  const buckets = options.buckets.filter(({ min, max }) =>
    Number.isFinite(min) && Number.isFinite(max)
  );
  const [low, high] = options.range ?? rangeOf(buckets);
  const x = (time: number) =>
    Math.min(
      2 * width - 1,
      Math.max(0, Math.floor((time - from) / (to - from) * 2 * width)),
    );
  const y = (value: number) => {
    const share = (value / 2 - low / 2) / (high / 2 - low / 2);
    return Math.round((1 - share) * (4 * height - 1));
  };

  const dots = createDots(width, height);
  let before: Bucket | undefined;
  for (const bucket of buckets) {
    const at = x(bucket.time);
    dots.line(at, y(bucket.min), at, y(bucket.max));
    if (before && bucket.time - before.time <= gap) {
      dots.line(x(before.time), y(before.mean), at, y(bucket.mean));
    }
    before = bucket;
  }
  const cells = dots.lines();
  const marked = before && {
    row: y(before.mean) >> 2,
    column: x(before.time) >> 1,
  };
  const ticks = new Map(
    niceTicks(low, high, Math.max(2, height / 3)).map((tick) => [
      Math.max(0, Math.min(height - 1, y(tick) >> 2)),
      formatNumber(tick, LABEL),
    ]),
  );
  const body = cells.map((line, row): ChartRow => {
    const tick = ticks.get(row);
    const here = marked?.row === row;
    const until = here ? marked.column : width;
    return {
      axis: `${(tick ?? "").padStart(LABEL)} ${tick ? "┤" : "│"}`,
      line: line.slice(0, until).join(""),
      mark: here ? "●" : "",
      rest: here ? line.slice(until + 1).join("") : "",
    };
  });
  const plain = (axis: string, line: string): ChartRow => (
    { axis: "", line: "", mark: "", rest: axis + line }
  );
  return [...body, ...timeAxis(from, to, width).map(([a, b]) => plain(a, b))];
}

/** The values' range, with some room if all are the same. */
function rangeOf(buckets: readonly Bucket[]): [number, number] {
  if (buckets.length === 0) return [0, 1];
  const low = Math.min(...buckets.map(({ min }) => min));
  const high = Math.max(...buckets.map(({ max }) => max));
  if (low < high) return [low, high];
  const room = Math.abs(low) * 0.05 || 1;
  return [low - room, high + room];
}

/** The line below the chart and the times below that. */
function timeAxis(
  from: number,
  to: number,
  width: number,
): [string, string][] {
  const line = Array<string>(width).fill("─");
  const labels = Array<string>(width).fill(" ");
  for (const { time, label } of timeTicks(from, to, width / 12)) {
    const at = Math.floor((time - from) / (to - from) * width);
    if (at >= width) continue;
    line[at] = "┬";
    const start = at - (label.length >> 1);
    if (start < 0 || start + label.length > width) continue;
    labels.splice(start, label.length, ...label);
  }
  return [
    [" ".repeat(LABEL) + " └", line.join("")],
    [" ".repeat(LABEL) + "  ", labels.join("")],
  ];
}
