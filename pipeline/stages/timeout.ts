import type { SensorEvent } from "../event.ts";
import type { Stage } from "../flow.ts";
import { checkAtLeast } from "./at_least.ts";

/** Makes the event of a sensor that is quiet, of its last one and the time. */
export type OnQuiet = (last: SensorEvent, ts: number) => SensorEvent;

/** How many sensors are watched: those that sent something last. */
const MAX_SENSORS = 10_000;

/** A timer holds 24 days. */
const LONGEST = 2 ** 31 - 1;

/**
 * Returns a stage that adds an event if a sensor has been quiet for so many
 * seconds; one, until it sends something again. All else goes by. By default
 * the event is `true` of `lux-1/quiet`, at the time at which its time was up.
 *
 * Time goes by as the events say (`ts`). While none comes, it goes by the clock,
 * so the stage works in a live flow as over an old recording. If there are more
 * than 10,000 sensors, it forgets those that have been quiet for the longest
 * time.
 *
 * It keeps nothing back. A durable recording has the added events as well, but
 * promises nothing of one that came while no message did: it is written with the
 * next batch.
 *
 * @throws {RangeError} if `seconds` is not a number of at least 0.001.
 *
 * @example
 * ```ts
 * import { pipe, timeout } from "../mod.ts";
 *
 * async function* source() {
 *   yield [0, 5, 30].map((ts) => ({ sensor_id: "lux-1", ts, val: 1 }));
 * }
 * const events = (await Array.fromAsync(pipe(source(), timeout(10)))).flat();
 * const texts = events.map(({ sensor_id, ts }) => `${sensor_id} ${ts}`);
 * if (texts.join() !== "lux-1 0,lux-1 5,lux-1/quiet 15,lux-1 30") throw texts;
 * ```
 */
export function timeout(
  seconds: number,
  onQuiet: OnQuiet = ({ sensor_id }, ts) => ({
    sensor_id: `${sensor_id}/quiet`,
    ts,
    val: true,
  }),
): Stage<SensorEvent, SensorEvent> {
  checkAtLeast(0.001, seconds);
  return async function* (flow) {
    const quiet = watchQuiet(seconds, onQuiet);
    const iterator = flow[Symbol.asyncIterator]();
    let next: ReturnType<typeof iterator.next> | undefined;
    try {
      for (;;) {
        next ??= iterator.next();
        const left = quiet.left();
        const result = left === undefined
          ? await next
          : await withinTime(next, left);
        if (result === undefined) {
          const events = quiet.pass(quiet.now() + left!);
          if (events.length > 0) yield events;
          continue;
        }
        next = undefined;
        if (result.done) return;
        const events = result.value.flatMap((event) => [
          ...quiet.pass(event.ts),
          quiet.heard(event),
        ]);
        yield events;
      }
    } finally {
      const returned = iterator.return?.();
      // One that has nothing to say would hold up the end.
      if (next) returned?.catch(() => {});
      else await returned;
    }
  };
}

/** Knows when the time of which sensor is up. Times are in seconds. */
function watchQuiet(seconds: number, onQuiet: OnQuiet) {
  // The one that has been quiet for the longest time first.
  const last = new Map<string, SensorEvent>();
  let now = -Infinity;
  const first = () => last.values().next().value;
  return {
    now: () => now,
    /** For how long nobody's time is up; nothing if nobody is watched. */
    left() {
      const oldest = first();
      return oldest && Math.max(0, oldest.ts + seconds - now);
    },
    /** The events of those whose time is up by then. */
    pass(ts: number): SensorEvent[] {
      now = Math.max(now, ts);
      const events: SensorEvent[] = [];
      for (let oldest; (oldest = first()) && now - oldest.ts >= seconds;) {
        last.delete(oldest.sensor_id);
        events.push(onQuiet(oldest, oldest.ts + seconds));
      }
      return events;
    },
    heard(event: SensorEvent): SensorEvent {
      last.delete(event.sensor_id);
      // A late one is heard now: it is not quiet because its clock was set back.
      last.set(event.sensor_id, { ...event, ts: Math.max(event.ts, now) });
      if (last.size > MAX_SENSORS) last.delete(last.keys().next().value!);
      return event;
    },
  };
}

/** What a promise resolves with, or nothing if that takes so many seconds. */
async function withinTime<T>(
  promise: Promise<T>,
  seconds: number,
): Promise<T | undefined> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const time = new Promise<undefined>((resolve) => {
    timer = setTimeout(resolve, Math.min(seconds * 1000, LONGEST), undefined);
  });
  try {
    return await Promise.race([promise, time]);
  } finally {
    clearTimeout(timer);
  }
}
