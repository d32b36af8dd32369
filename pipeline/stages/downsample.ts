import type { SensorEvent } from "../event.ts";
import type { Stage } from "../flow.ts";
import { holdingBack } from "../marks.ts";
import { checkAtLeast } from "./at_least.ts";

/** What {@linkcode downsample} makes of the values of an interval. */
export type Aggregate = "mean" | "min" | "max" | "first" | "last" | "count";

/** How many sensors have an open interval at once. */
const MAX_SENSORS = 10_000;

/**
 * Returns a stage that makes one event per sensor of each interval of `seconds`
 * of event time (`ts`). Intervals begin at whole multiples of `seconds` since
 * 1970; the event's `ts` is the beginning of its interval, and an event exactly
 * between two intervals is in the later one. Times have a resolution of 1 ms.
 *
 * - `first` and `last` are by event time, so out-of-order events in an interval
 *   do not matter.
 * - `mean`, `min` and `max` are of the numbers. An interval without a number
 *   yields its last value: a text, `true` or `false`.
 * - `count` is how many events there were, of any kind.
 *
 * An interval of a sensor ends with the sensor's first event outside of it, and
 * at the end of the flow. A late event, or a clock that was set back, begins the
 * earlier interval again: it then comes twice, and every event is in exactly one
 * result. If more than 10,000 sensors have an open interval, the interval that
 * has been open the longest ends early, in the same way.
 *
 * The stage keeps back what is in an open interval, so it is marked with
 * {@linkcode holdingBack}.
 *
 * @throws {RangeError} if `seconds` is not a finite number of at least 0.001.
 *
 * @example
 * ```ts
 * import { downsample, pipe } from "../mod.ts";
 *
 * async function* source() {
 *   yield [0, 4, 8, 10, 12].map((ts) => ({ sensor_id: "lux-1", ts, val: ts }));
 * }
 * const means = await Array.fromAsync(pipe(source(), downsample(10, "mean")));
 * const texts = means.flat().map(({ ts, val }) => `${ts}: ${val}`);
 * if (texts.join() !== "0: 4,10: 11") throw texts;
 * ```
 */
export function downsample(
  seconds: number,
  aggregate: Aggregate,
): Stage<SensorEvent, SensorEvent> {
  checkAtLeast(0.001, Number.isFinite(seconds) ? seconds : NaN);
  // Whole milliseconds, since 0.3 / 0.1 is less than 3.
  const length = Math.round(seconds * 1000);
  return holdingBack(async function* (flow) {
    const open = new Map<string, Interval>();
    const end = (interval: Interval): SensorEvent => {
      const { sensor_id } = interval.first;
      open.delete(sensor_id);
      const ts = interval.index * length / 1000;
      return { sensor_id, ts, val: valueOf(interval, aggregate) };
    };
    for await (const batch of flow) {
      const ended: SensorEvent[] = [];
      for (const event of batch) {
        const index = Math.floor(Math.round(event.ts * 1000) / length);
        const before = open.get(event.sensor_id);
        if (before?.index === index) {
          add(before, event);
          continue;
        }
        if (before) ended.push(end(before));
        open.set(event.sensor_id, begin(index, event));
        if (open.size > MAX_SENSORS) {
          ended.push(end(open.values().next().value!));
        }
      }
      if (ended.length > 0) yield ended;
    }
    if (open.size > 0) yield [...open.values()].map(end);
  });
}

/** What is known of a sensor's events in an interval. */
interface Interval {
  index: number;
  count: number;
  /** By event time. */
  first: SensorEvent;
  last: SensorEvent;
  numbers: number;
  mean: number;
  min: number;
  max: number;
}

function begin(index: number, event: SensorEvent): Interval {
  const interval = {
    index,
    count: 0,
    first: event,
    last: event,
    numbers: 0,
    mean: 0,
    min: Infinity,
    max: -Infinity,
  };
  add(interval, event);
  return interval;
}

function add(interval: Interval, event: SensorEvent): void {
  const { ts, val } = event;
  interval.count++;
  if (ts < interval.first.ts) interval.first = event;
  if (ts >= interval.last.ts) interval.last = event;
  if (typeof val !== "number") return;
  interval.numbers++;
  interval.mean += (val - interval.mean) / interval.numbers;
  interval.min = Math.min(interval.min, val);
  interval.max = Math.max(interval.max, val);
}

function valueOf(
  interval: Interval,
  aggregate: Aggregate,
): SensorEvent["val"] {
  if (aggregate === "count") return interval.count;
  if (aggregate === "first") return interval.first.val;
  if (aggregate === "last" || interval.numbers === 0) return interval.last.val;
  return interval[aggregate];
}
