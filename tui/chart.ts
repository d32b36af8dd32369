import type { Bucket, TimeMark } from "../pipeline/mod.ts";
import { createDots } from "./braille.ts";
import { formatNumber } from "./format.ts";
import { type Cell, joinCells, markCells } from "./chart_cells.ts";
import type { Row } from "./styled_rows.ts";
import { SERIES } from "./theme.ts";
import { niceTicks } from "./ticks.ts";
import { AXIS, LABEL, timeAxis } from "./time_axis.ts";

/** The values of one sensor in a chart. */
export interface Series {
  /** The values, oldest first. */
  buckets: readonly Bucket[];
  /** Which mark and colour it has. Default: those of its place. */
  index?: number;
  /** Values further apart than this, in seconds, are not joined by a line. */
  gap: number;
}

/** What is drawn, and into how much room. */
export interface ChartOptions {
  /** The sensors, up to four: each has its own mark and colour. */
  series: readonly Series[];
  /** The time at the left, in seconds since 1970. */
  from: number;
  /** The time at the right. */
  to: number;
  /** How many columns there are, axis and all. */
  columns: number;
  /** How many rows. */
  rows: number;
  /** The least and the greatest value of the axis. Default: those of the values. */
  range?: [number, number];
  /** Whether each sensor has an axis of its own; the first one's is drawn. */
  own?: boolean;
  /** What a person noted. */
  marks?: readonly TimeMark[];
}

/**
 * A line chart in braille dots: the values' range in each dot's width, lines
 * from one mean to the next, a mark on each last value, ticks at round numbers
 * and times. The last two rows are the time axis.
 */
export function chart(options: ChartOptions): Row[] {
  const { from, to, columns, rows, own = false, marks = [] } = options;
  const width = Math.max(1, columns - AXIS);
  const height = Math.max(1, rows - 2);
  const all = options.series.map(({ buckets, gap, index }, at) => ({
    gap,
    index: index ?? at,
    buckets: buckets.filter(({ min, max }) =>
      Number.isFinite(min) && Number.isFinite(max)
    ),
  }));
  const shared = options.range ??
    rangeOf(all.flatMap(({ buckets }) => buckets));
  const x = (time: number) =>
    Math.min(
      2 * width - 1,
      Math.max(0, Math.floor((time - from) / (to - from) * 2 * width)),
    );
  const yOf = ([low, high]: Range) => (value: number) => {
    const share = (value / 2 - low / 2) / (high / 2 - low / 2);
    return Math.round((1 - share) * (4 * height - 1));
  };

  const cells: (Cell | undefined)[][] = Array.from(
    { length: height },
    () => Array(width).fill(undefined),
  );
  markCells(cells, marks, (time) => (time - from) / (to - from) * width);
  const ends: { row: number; column: number; series: number }[] = [];
  for (const { buckets, gap, index: series } of all) {
    const y = yOf(own ? rangeOf(buckets) : shared);
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
    for (const [row, line] of dots.lines().entries()) {
      for (const [column, text] of line.entries()) {
        if (text === " ") continue;
        const { color } = SERIES[series];
        cells[row][column] = { text, style: { color } };
      }
    }
    for (const { time, mean } of shownMarks(buckets, all.length > 1)) {
      ends.push({ row: y(mean) >> 2, column: x(time) >> 1, series });
    }
  }
  for (const { row, column, series } of ends) {
    const { mark, color } = SERIES[series];
    const style = all.length > 1 ? { bold: true, color } : { bold: true };
    cells[row][column] = { text: mark, style };
  }
  const axis = own && all.length > 0 ? rangeOf(all[0].buckets) : shared;
  const ticks = new Map(
    niceTicks(...axis, Math.max(2, height / 3)).map((tick) => [
      Math.max(0, Math.min(height - 1, yOf(axis)(tick) >> 2)),
      formatNumber(tick, LABEL),
    ]),
  );
  const body = cells.map((line, row): Row => {
    const tick = ticks.get(row);
    const label = `${(tick ?? "").padStart(LABEL)} ${tick ? "┤" : "│"}`;
    return [{ text: label, dim: true }, ...joinCells(line)];
  });
  const below = timeAxis(from, to, width)
    .map((text): Row => [{ text, dim: true }]);
  return [...body, ...below];
}

/** Where a mark tells whose line it is: at its end, and on the way if there are others. */
function shownMarks(buckets: readonly Bucket[], several: boolean): Bucket[] {
  const last = buckets.slice(-1);
  if (!several) return last;
  const on = [0.2, 0.45, 0.7].map((share) =>
    buckets[Math.floor(share * buckets.length)]
  );
  return [...on, ...last].filter((bucket) => bucket !== undefined);
}

type Range = [low: number, high: number];

/** The values' range, with some room if all are the same. */
function rangeOf(buckets: readonly Bucket[]): Range {
  let low = Infinity;
  let high = -Infinity;
  for (const { min, max } of buckets) {
    low = Math.min(low, min);
    high = Math.max(high, max);
  }
  if (low > high) return [0, 1];
  if (low < high) return [low, high];
  const room = Math.abs(low) * 0.05 || 1;
  return [low - room, high + room];
}
