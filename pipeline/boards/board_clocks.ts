import type { Message, SensorEvent } from "../event.ts";
import { readStatus } from "./board_status.ts";

/** The clocks of boards, as far as their statuses tell of them. */
export interface BoardClocks {
  /** Takes the status of a board, at the time at which it came. */
  status(message: Message): void;
  /**
   * The time at which an event was sampled, in seconds since 1970, and never later
   * than its arrival; `undefined` if its board's clock is unknown.
   */
  timeOf(event: SensorEvent): number | undefined;
}

/** How many boards are followed. */
const MAX_BOARDS = 100_000;

/** How much slower than the host's a board's clock may go: crystals are better. */
const DRIFT = 50e-6;

/** By so many seconds a clock may be off before it was set, not measured. */
const JUMP = 1;

/** So many statuses in a row are not all late: the clock was set back. */
const SURE = 3;

/** One clock, from a start of its board on. */
interface Clock {
  boot: number;
  names: readonly string[];
  /** The least that the host's clock was ahead of it; not known if it was set. */
  least?: number;
  /** Its time when that was last followed. */
  at: number;
  /** The latest time of an event. */
  newest: number;
  /** How far ahead the host was at the last statuses, if that was much more. */
  ahead: number[];
}

/**
 * Follows the clocks of boards. A board's clock goes steadily, and what comes from
 * it comes late at most: so the host's clock is ahead of it by the least that was
 * seen since the board started, and a sample that waited on the board was taken
 * when its clock said so, plus that. A status tells when the board started anew, and
 * waits for nothing; until the first one came, and whenever a clock was set, its
 * times are unknown.
 *
 * The result is late by the shortest time that a message was under way, and after
 * a time without messages by at most 50 ppm of it more.
 *
 * @example
 * ```ts
 * import { boardClocks, pipe, stamp } from "../mod.ts";
 *
 * const clocks = boardClocks();
 * async function* source() {
 *   const time = 1484535480.613; // taken at 504, published at 624
 *   yield [{ sensor_id: "lux-1", ts: 504, val: 284.1312, device_ts: 504, time }];
 * }
 * clocks.status({
 *   topic: "weir/lux-1/status",
 *   payload: new TextEncoder().encode(
 *     `{"state": "online", "boot": 1, "time": "624.000", "topic": "sensor-data",
 *       "names": ["lux-1"], "sent": 0, "dropped": 0}`,
 *   ),
 *   ...{ time: 1484535480.613, qos: 0, retain: false, dup: false },
 * });
 * for await (const [event] of pipe(source(), stamp(clocks))) {
 *   if (event.ts !== 1484535360.613) throw event;
 * }
 * ```
 */
export function boardClocks(): BoardClocks {
  const clocks = new Map<string, Clock>();
  const byName = new Map<string, Clock>();
  const begin = (id: string, clock: Clock) => {
    for (const name of clocks.get(id)?.names ?? []) byName.delete(name);
    clocks.set(id, clock);
  };
  return {
    status({ topic, payload, time }) {
      const { counts } = readStatus(new TextDecoder().decode(payload));
      if (counts?.time === undefined) return;
      const { boot, names, time: now } = counts;
      const id = topic.split("/")[1];
      let clock = clocks.get(id);
      if (clock?.boot !== boot) {
        if (!clock && clocks.size >= MAX_BOARDS) return;
        clock = { boot, names: [], at: now, newest: -Infinity, ahead: [] };
        begin(id, clock);
      }
      for (const name of clock.names) byName.delete(name);
      for (const name of names) byName.set(name, clock);
      clock.names = names;
      followStatus(clock, now, time - now);
    },
    timeOf({ sensor_id, device_ts, time, retain }) {
      const clock = byName.get(sensor_id);
      if (!clock || device_ts === undefined || time === undefined || retain) {
        return undefined;
      }
      const ahead = time - device_ts;
      // It is ahead of its own clock: what it has was taken by another one.
      if (clock.least !== undefined && ahead < clock.least - JUMP) {
        return undefined;
      }
      if (device_ts < clock.newest - JUMP) clock.least = undefined;
      clock.newest = device_ts;
      if (clock.least === undefined) return undefined;
      follow(clock, device_ts, ahead);
      return Math.min(
        time,
        Math.round((device_ts + clock.least) * 1000) / 1000,
      );
    },
  };
}

function followStatus(clock: Clock, now: number, ahead: number): void {
  if (clock.least === undefined) clock.least = ahead;
  clock.ahead = ahead > clock.least + JUMP ? [...clock.ahead, ahead] : [];
  if (clock.ahead.length === SURE) {
    clock.least = Math.min(...clock.ahead);
    clock.ahead = [];
  }
  follow(clock, now, ahead);
}

function follow(clock: Clock, now: number, ahead: number): void {
  const passed = Math.max(0, now - clock.at);
  clock.at = Math.max(clock.at, now);
  clock.least = Math.min(ahead, clock.least! + DRIFT * passed);
}
