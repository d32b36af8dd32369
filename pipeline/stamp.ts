import type { BoardClocks } from "./boards/board_clocks.ts";
import type { SensorEvent } from "./event.ts";
import type { Stage } from "./flow.ts";
import { map } from "./stages/map.ts";

/**
 * Puts the host's time in place of the device's: the time at which the source
 * took the message in, not when a slow sink got round to it. What the
 * device's own clock said goes on as `device_ts`, where `parse()` put it. An event
 * that is `timed`, by a rule of `parse()`, keeps its time.
 *
 * With the clocks of boards an event has the time at which it was sampled, if its
 * board's clock is known; see `boardClocks()`.
 *
 * @example
 * ```ts
 * import { pipe, stamp } from "./mod.ts";
 *
 * async function* source() {
 *   const time = 1484535480.613;
 *   yield [{ sensor_id: "lux-1", ts: 611, val: 284.1312, device_ts: 611, time }];
 * }
 * for await (const [event] of pipe(source(), stamp())) {
 *   if (event.ts !== 1484535480.613 || event.device_ts !== 611) throw event;
 * }
 * ```
 */
export function stamp(
  clocks?: Pick<BoardClocks, "timeOf">,
): Stage<SensorEvent, SensorEvent> {
  if (!clocks) return map(stamped);
  return map((event) => {
    const ts = event.timed ? undefined : clocks.timeOf(event);
    return ts === undefined ? stamped(event) : { ...event, ts };
  });
}

/** An event with the host's time. */
export function stamped(event: SensorEvent): SensorEvent {
  return event.timed
    ? event
    : { ...event, ts: event.time ?? Date.now() / 1000 };
}
