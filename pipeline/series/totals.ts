import type { SensorEvent } from "../event.ts";

/** What a sensor's readings come to, in any order of time. */
export interface Totals {
  count: number;
  first: number;
  last: number;
  /** How many of the values are numbers. */
  numbers: number;
  min?: number;
  mean?: number;
  max?: number;
}

/** Counts of each sensor, up to so many; the readings of the others are counted. */
export function createTotals(maxSensors: number) {
  const sensors = new Map<string, Totals>();
  let unlisted = 0;
  return {
    sensors,
    unlisted: () => unlisted,
    add(events: readonly SensorEvent[]) {
      for (const { sensor_id, ts, val } of events) {
        let totals = sensors.get(sensor_id);
        if (!totals) {
          if (sensors.size >= maxSensors) {
            unlisted++;
            continue;
          }
          totals = { count: 0, first: ts, last: ts, numbers: 0 };
          sensors.set(sensor_id, totals);
        }
        totals.count++;
        if (ts < totals.first) totals.first = ts;
        if (ts > totals.last) totals.last = ts;
        if (typeof val === "number") addNumber(totals, val);
      }
    },
  };
}

function addNumber(totals: Totals, value: number): void {
  const { min = value, max = value, mean = value } = totals;
  const numbers = ++totals.numbers;
  totals.min = Math.min(min, value);
  totals.max = Math.max(max, value);
  // Each share by itself: the sum of great numbers is infinite.
  totals.mean = mean + (value / numbers - mean / numbers);
}
