import type { SensorEvent } from "../event.ts";

/** How many characters of ids are remembered to count the sensors. */
const MAX_KEPT = 1_000_000;

/** Counts sensors. */
export interface SensorCount {
  /** Takes note of the sensors of events. */
  add(events: readonly SensorEvent[]): void;
  /** How many there were, and whether there were more than it can count. */
  count(): { sensors: number; moreSensors: boolean };
}

/** Counts sensors by their ids, up to some 10,000: memory is bounded. */
export function createSensorCount(): SensorCount {
  const ids = new Set<string>();
  let kept = 0;
  let moreSensors = false;
  return {
    add(events) {
      for (const { sensor_id } of events) {
        if (ids.has(sensor_id)) continue;
        if (kept + sensor_id.length > MAX_KEPT) {
          moreSensors = true;
          continue;
        }
        kept += sensor_id.length;
        ids.add(sensor_id);
      }
    },
    count: () => ({ sensors: ids.size, moreSensors }),
  };
}
