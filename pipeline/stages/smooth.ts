import type { SensorEvent } from "../event.ts";
import type { Stage } from "../flow.ts";
import { checkAtLeast } from "./at_least.ts";
import { map } from "./map.ts";
import { newestSensors } from "./newest_sensors.ts";

/**
 * Returns a stage that puts the mean or the median of the last `count` values of
 * its sensor in the place of each value; of fewer, as long as there are fewer. A
 * median leaves out single outliers. A text, `true` or `false` goes by as it is.
 * If there are more than 10,000 sensors, it forgets those that sent nothing for
 * the longest time.
 *
 * It keeps nothing back. Before a durable recording, mind that the recording
 * then holds smoothed values, and no others.
 *
 * @throws {RangeError} if `count` is not a number of at least 1.
 *
 * @example
 * ```ts
 * import { pipe, smooth } from "../mod.ts";
 *
 * async function* source() {
 *   yield [1, 2, 90, 3].map((val, ts) => ({ sensor_id: "lux-1", ts, val }));
 * }
 * const events = (await Array.fromAsync(pipe(source(), smooth(3, "median")))).flat();
 * if (events.map(({ val }) => val).join() !== "1,1.5,2,3") throw events;
 * ```
 */
export function smooth(
  count: number,
  how: "mean" | "median" = "mean",
): Stage<SensorEvent, SensorEvent> {
  checkAtLeast(1, count);
  const take = how === "mean" ? mean : median;
  return (flow) => {
    const windows = newestSensors<number[]>();
    return map((event: SensorEvent) => {
      const { sensor_id, val } = event;
      if (typeof val !== "number") return event;
      const values = windows.get(sensor_id) ?? [];
      values.push(val);
      if (values.length > count) values.shift();
      windows.set(sensor_id, values);
      return { ...event, val: take(values) };
    })(flow);
  };
}

// Summed each time: a sum that is carried on would gather errors of rounding.
function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value) / values.length;
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1
    ? sorted[half]
    : (sorted[half - 1] + sorted[half]) / 2;
}
