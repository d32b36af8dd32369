import type { SensorEvent } from "../event.ts";
import type { Stage } from "../flow.ts";
import { filter } from "./filter.ts";
import { newestSensors } from "./newest_sensors.ts";

/**
 * Returns a stage that passes on an event if its value differs from the last
 * one of its sensor. If there are more than 10,000 sensors, it forgets those
 * that changed the longest time ago.
 *
 * @example
 * ```ts
 * import { changes, pipe } from "../mod.ts";
 *
 * async function* source() {
 *   yield [1, 1, 2, 1].map((val, ts) => ({ sensor_id: "door", ts, val }));
 * }
 * const events = (await Array.fromAsync(pipe(source(), changes()))).flat();
 * if (events.map((event) => event.val).join() !== "1,2,1") throw events;
 * ```
 */
export function changes(): Stage<SensorEvent, SensorEvent> {
  return (flow) => {
    const last = newestSensors<SensorEvent["val"]>();
    return filter<SensorEvent>(({ sensor_id, val }) => {
      if (last.get(sensor_id) === val) return false;
      last.set(sensor_id, val);
      return true;
    })(flow);
  };
}
