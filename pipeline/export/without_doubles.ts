import type { SensorEvent } from "../event.ts";

/** So many keys are kept at least, and twice as many at most. */
const KEPT = 250_000;

/**
 * Leaves out events that were there before. The key comes from the sender
 * (topic, sensor id, device time, value): two hosts give one reading two times.
 * An event without a device time is kept and counted.
 */
export function withoutDoubles(
  counts: { doubles: number; untimed: number },
): (events: readonly SensorEvent[]) => SensorEvent[] {
  let newer = new Set<string>();
  let older = newer;
  return (events) =>
    events.filter(({ topic, sensor_id, device_ts, val }) => {
      if (device_ts === undefined) {
        counts.untimed++;
        return true;
      }
      const key = JSON.stringify([topic, sensor_id, device_ts, val]);
      if (newer.has(key) || older.has(key)) {
        counts.doubles++;
        return false;
      }
      newer.add(key);
      if (newer.size >= KEPT) [older, newer] = [newer, new Set()];
      return true;
    });
}
