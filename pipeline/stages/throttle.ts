import type { SensorEvent } from "../event.ts";
import type { Stage } from "../flow.ts";
import { filter } from "./filter.ts";
import { newestSensors } from "./newest_sensors.ts";

/**
 * Returns a stage that passes on at most one event per sensor in each `seconds`
 * of event time (`ts`): the first. It leaves out the rest. If there are more
 * than 10,000 sensors, it forgets those that passed the longest time ago.
 *
 * @example
 * ```ts
 * import { pipe, throttle } from "../mod.ts";
 *
 * async function* source() {
 *   yield [0, 1, 9, 10, 11].map((ts) => ({ sensor_id: "lux-1", ts, val: ts }));
 * }
 * const events = (await Array.fromAsync(pipe(source(), throttle(10)))).flat();
 * if (events.map((event) => event.ts).join() !== "0,10") throw events;
 * ```
 */
export function throttle(seconds: number): Stage<SensorEvent, SensorEvent> {
  return (flow) => {
    const last = newestSensors<number>();
    return filter<SensorEvent>(({ sensor_id, ts }) => {
      const before = last.get(sensor_id);
      // If the clock was set back, time starts again: else nothing would pass.
      if (before !== undefined && ts >= before && ts - before < seconds) {
        return false;
      }
      last.set(sensor_id, ts);
      return true;
    })(flow);
  };
}
