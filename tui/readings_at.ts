import type { Bucket, LiveSensor, State } from "../pipeline/mod.ts";
import { visible } from "./fit_text.ts";
import { formatNumber } from "./format.ts";

/** What a sensor read at a time, or in a stretch of time. */
export interface Found {
  /** When, in seconds since 1970. */
  time: number;
  /** The value; the least and the greatest of several. */
  text: string;
  /** How many readings there are. */
  count: number;
}

/** Whether a sensor's values are texts, `true` or `false`: they are bands. */
export function hasStates({ latest, states }: LiveSensor): boolean {
  return states !== undefined && typeof latest.val !== "number";
}

/**
 * What a sensor read in the column of a chart that ends at a time and is so many
 * seconds wide; or before it, if it held or was the last for a while.
 */
export function readingAt(
  sensor: LiveSensor,
  time: number,
  step: number,
): Found | undefined {
  if (hasStates(sensor)) {
    const state = sensor.states!.findLast((each) => each.time <= time);
    return state && { ...foundState(state), time };
  }
  const held = Math.max(step, 3 * sensor.interval);
  const before = sensor.history?.window(held, time) ?? [];
  const inColumn = before.filter((bucket) => bucket.time > time - step);
  return inColumn.length > 0
    ? foundNumbers(inColumn)
    : foundNumbers(before.slice(-1));
}

/** What a sensor read last before a time, the latest first. */
export function readingsBefore(
  sensor: LiveSensor,
  time: number,
  seconds: number,
  count: number,
): Found[] {
  if (hasStates(sensor)) {
    return sensor.states!.filter((state) => state.time <= time)
      .slice(-count).reverse().map(foundState);
  }
  const buckets = sensor.history?.window(seconds, time) ?? [];
  return buckets.slice(-count).reverse().map((bucket) =>
    foundNumbers([bucket])!
  );
}

function foundState({ time, val }: State): Found {
  return { time, text: visible(String(val)), count: 1 };
}

function foundNumbers(buckets: readonly Bucket[]): Found | undefined {
  const last = buckets.at(-1);
  if (!last) return undefined;
  const min = Math.min(...buckets.map((bucket) => bucket.min));
  const max = Math.max(...buckets.map((bucket) => bucket.max));
  const count = buckets.reduce((sum, bucket) => sum + bucket.count, 0);
  const text = min === max
    ? formatNumber(min, 9)
    : `${formatNumber(min, 7)}–${formatNumber(max, 7)}`;
  return { time: last.time, text, count };
}
