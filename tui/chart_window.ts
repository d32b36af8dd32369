import type { LiveSensor } from "../pipeline/mod.ts";
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
  now: number,
): ChartWindow {
  const chosen = zoom ?? zoomFor(sensors);
  const seconds = WINDOWS[chosen];
  if (until !== undefined) {
    return { from: until - seconds, to: until, zoom: chosen };
  }
  const newest = Math.max(...sensors.map(({ time }) => time));
  const ended = Number.isFinite(newest) && now - newest > seconds;
  const end = ended ? newest : now;
  const first = Math.min(
    ...sensors.map((sensor) => firstTime(sensor, end - seconds, now)),
  );
  const span = Math.min(seconds, Math.max(LEAST, end - first));
  // It moves on by about a column, so that not every drawing is another one.
  const step = Math.max(1, span / STEPS);
  const to = ended ? end : Math.ceil(end / step) * step;
  const from = Math.max(to - seconds, Math.min(first, to - LEAST));
  return { from, to, zoom: chosen };
}

function zoomFor(sensors: readonly LiveSensor[]): number {
  const interval = Math.max(0, ...sensors.map(({ interval }) => interval));
  const zoom = WINDOWS.findIndex((seconds) => seconds >= INTERVALS * interval);
  return Math.max(1, zoom < 0 ? WINDOWS.length - 1 : zoom);
}

/** When the first reading in a window came. */
function firstTime(
  { history, states }: LiveSensor,
  from: number,
  now: number,
): number {
  const [bucket] = history?.window(now - from, now) ?? [];
  const times = [bucket?.time, states?.[0]?.time]
    .filter((time) => time !== undefined);
  return times.length > 0 ? Math.min(...times) : -Infinity;
}
