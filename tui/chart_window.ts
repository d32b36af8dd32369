import type { LiveSensor } from "../pipeline/mod.ts";
import type { Snapshot } from "../run/run_snapshot.ts";
import { type Ui, WINDOWS } from "./ui.ts";

/** The stretch of time that a chart shows. */
export interface ChartWindow {
  /** The time at the left, in seconds since 1970. */
  from: number;
  /** The time at the right. */
  to: number;
  /** Which of {@linkcode WINDOWS} it is of. */
  zoom: number;
}

/** A chart opens at a window of so many of the sensor's intervals. */
const INTERVALS = 60;

/** A window goes through time in so many steps. */
const STEPS = 120;

/** The least that a chart shows, in seconds. */
const LEAST = 10;

/**
 * The window of a chart of some sensors. It follows the data: it is wide enough
 * for their intervals, begins with the first reading, and ends with the last one
 * if that is long ago; unless a person chose another.
 */
export function chartWindow(
  sensors: readonly LiveSensor[],
  { zoom, until }: Pick<Ui, "zoom" | "until">,
  { now, file }: Pick<Snapshot, "now" | "file">,
): ChartWindow {
  const chosen = zoom ??
    (file ? zoomOf(now - (file.from ?? now)) : zoomFor(sensors));
  const seconds = WINDOWS[chosen];
  if (until !== undefined) {
    const first = firstTime(sensors, until - seconds, until);
    const from = Math.max(until - seconds, Math.min(first, until - LEAST));
    return { from, to: until, zoom: chosen };
  }
  const newest = Math.max(...sensors.map(({ time }) => time));
  const ended = file?.over ||
    Number.isFinite(newest) && now - newest > seconds;
  const end = file?.over ? now : ended ? newest : now;
  const first = firstTime(sensors, end - seconds, end);
  const span = Math.min(seconds, Math.max(LEAST, end - first));
  // It moves on by about a column, so that not every drawing is another one.
  const step = Math.max(1, span / STEPS);
  const to = ended ? end : Math.ceil(end / step) * step;
  const from = Math.max(to - seconds, Math.min(first, to - LEAST));
  return { from, to, zoom: chosen };
}

function zoomFor(sensors: readonly LiveSensor[]): number {
  const interval = Math.max(0, ...sensors.map(({ interval }) => interval));
  return zoomOf(INTERVALS * interval);
}

/** The shortest window of so many seconds, and no shorter one than 4 min. */
function zoomOf(seconds: number): number {
  const zoom = WINDOWS.findIndex((window) => window >= seconds);
  return Math.max(1, zoom < 0 ? WINDOWS.length - 1 : zoom);
}

/** When the first reading in a window came; `-Infinity` if there is none. */
function firstTime(
  sensors: readonly LiveSensor[],
  from: number,
  to: number,
): number {
  const times = sensors.map(({ history, states }) => {
    const [bucket] = history?.window(to - from, to) ?? [];
    const found = [bucket?.time, states?.[0]?.time]
      .filter((time) => time !== undefined);
    return found.length > 0 ? Math.min(...found) : -Infinity;
  });
  return Math.min(...times);
}
