import { escape } from "./escape.ts";
import type { SensorEvent } from "./event.ts";
import type { Stage } from "./flow.ts";
import { shorten } from "./shorten.ts";

/** Nothing was recorded before: MQTT was published in 2010. */
const FIRST = Date.UTC(2010) / 1000;

/** The year of this code: a clock that says less is wrong. */
const THIS_YEAR = 2026;

/** Where times that can be end, in seconds since 1970: with the next year. */
export const endOfTimes = () =>
  Date.UTC(Math.max(new Date().getUTCFullYear(), THIS_YEAR) + 2) / 1000;

/**
 * Why a time in seconds since 1970 cannot be that of a reading, in a few words;
 * nothing if it can be.
 */
export function whyOdd(
  ts: number,
  last = endOfTimes(),
): string | undefined {
  if (ts < FIRST) return "it is before 2010";
  if (ts < last) return undefined;
  return ts >= FIRST * 1000 && ts < last * 1000
    ? "it is in milliseconds, not in seconds"
    : "it is after next year";
}

/** A time as ISO 8601, or as seconds if no calendar holds it. */
export function timeText(ts: number): string {
  const date = new Date(Math.round(ts * 1000));
  return Number.isNaN(date.getTime()) ? `${ts} s` : date.toISOString();
}

/**
 * Returns a stage that lets events by, and reports a time that cannot be (before
 * 2010, after next year, a device's milliseconds taken for seconds): each kind
 * once, and of the host's clock apart from those of devices.
 *
 * @example
 * ```ts
 * import { pipe, watchTimes } from "./mod.ts";
 *
 * const told: string[] = [];
 * async function* source() {
 *   yield [{ sensor_id: "lux-1", ts: 624, val: 284.1312, time: 1484535480.613 }];
 * }
 * await Array.fromAsync(pipe(source(), watchTimes((text) => told.push(text))));
 * if (!told[0].startsWith("lux-1 says that it is 1970-01-01T00:10:24.000Z")) throw told;
 * ```
 */
export function watchTimes(
  report: (text: string) => void,
): Stage<SensorEvent, SensorEvent> {
  const reported = new Set<string>();
  return async function* (flow) {
    for await (const batch of flow) {
      const last = endOfTimes();
      for (const event of batch) {
        if (event.ts >= FIRST && event.ts < last) continue;
        const why = whyOdd(event.ts, last);
        const isHost = event.ts === event.time;
        const kind = `${isHost} ${why}`;
        if (why === undefined || reported.has(kind)) continue;
        reported.add(kind);
        const who = isHost
          ? "The clock of this computer"
          : escape(shorten(event.sensor_id, 100));
        report(
          `${who} says that it is ${
            timeText(event.ts)
          }. That cannot be: ${why}. Such times are recorded as they are.`,
        );
      }
      yield batch;
    }
  };
}
