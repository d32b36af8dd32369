import type { LiveSensor } from "../pipeline/mod.ts";
import type { ChartWindow } from "./chart_window.ts";
import { width } from "./fit_text.ts";
import { hasStates } from "./readings_at.ts";
import type { Row } from "./styled_rows.ts";
import { AXIS } from "./time_axis.ts";
import { type Ui, WINDOWS } from "./ui.ts";

/** What a cursor needs to know of the chart that it is in. */
export interface Charted {
  /** The sensors of the chart. */
  sensors: readonly LiveSensor[];
  /** The stretch of time that it shows. */
  window: ChartWindow;
  /** How many seconds a column of it is. */
  step: number;
}

/** A chart moves on by this part of its window. */
const PART = 0.25;

/**
 * Moves the cursor of a chart to the next readings at the left (-1) or at the
 * right (1), by a column or more. The chart moves with it. The first step puts
 * it on the last reading, and the chart stands still.
 */
export function moveCursor(
  ui: Ui,
  { sensors, window, step }: Charted,
  direction: -1 | 1,
  now: number,
): Ui {
  const { cursor } = ui;
  const until = ui.until ?? window.to;
  if (cursor === undefined) {
    const last = Math.max(...timesIn(sensors, window), -Infinity);
    const start = Number.isFinite(last) ? last : window.to;
    return { ...ui, until, cursor: Math.min(start, window.to) };
  }
  const next = nextTime(timesIn(sensors, window), cursor, step, direction) ??
    (sensors.some(hasStates) ? cursor + direction * step : undefined);
  if (next !== undefined && next > window.from && next <= window.to) {
    return { ...ui, until, cursor: next };
  }
  const seconds = WINDOWS[window.zoom];
  const moved = Math.min(now, until + direction * PART * seconds);
  const shown = { from: moved - seconds, to: moved };
  const found = nextTime(timesIn(sensors, shown), cursor, step, direction);
  // At its end a chart stays.
  if (direction > 0 && found === undefined) return { ...ui, until, cursor };
  const aside = Math.min(moved, cursor + direction * step);
  return { ...ui, until: moved, cursor: found ?? aside };
}

/** When there are readings in a window, in no order. */
function timesIn(
  sensors: readonly LiveSensor[],
  { from, to }: Pick<ChartWindow, "from" | "to">,
): number[] {
  return sensors.filter((sensor) => !hasStates(sensor)).flatMap(
    ({ history }) =>
      history?.window(to - from, to).map(({ time }) => time) ?? [],
  );
}

/** The next of some times that is a column away, or further. */
function nextTime(
  times: readonly number[],
  cursor: number,
  step: number,
  direction: -1 | 1,
): number | undefined {
  const away = (time: number) => direction * (time - cursor);
  return times.reduce<number | undefined>(
    (next, time) =>
      away(time) >= 0.999 * step &&
        (next === undefined || away(time) < away(next))
        ? time
        : next,
    undefined,
  );
}

/** Draws a cursor over the rows of a chart: a line where there is nothing. */
export function drawCursor(
  rows: readonly Row[],
  time: number,
  { from, to }: Pick<ChartWindow, "from" | "to">,
  columns: number,
): Row[] {
  const room = columns - AXIS;
  const at = AXIS +
    Math.max(
      0,
      Math.min(room - 1, Math.floor((time - from) / (to - from) * room)),
    );
  return rows.map((row) => put(row, at));
}

/** A row with a line in one column, if that is empty, or a part of the axis. */
function put(row: Row, column: number): Row {
  let at = 0;
  return row.flatMap((span) => {
    const { text, ...style } = typeof span === "string" ? { text: span } : span;
    const index = column - at;
    at += width(text);
    // In a text with wide characters a column is not an index.
    if (index < 0 || column >= at || width(text) !== text.length) return [span];
    const under = text[index];
    const line = under === " " || under === "┊"
      ? "│"
      : under === "─" || under === "┬"
      ? "┼"
      : under;
    return [
      { text: text.slice(0, index), ...style },
      { text: line, bold: true },
      { text: text.slice(index + 1), ...style },
    ];
  });
}
