import type { SensorEvent, Sink } from "../pipeline/mod.ts";
import { isBack, isOver, type Limit } from "./limit.ts";
import type { RunEvent } from "./run_event.ts";

/** The alarms of a run. */
export interface Alarms {
  /** Takes every event; it never holds the flow up. */
  sink: Sink<SensorEvent>;
  /** Looks whether time has made an alarm go off, or be over. */
  check(now: number): void;
  /** By sensor id, the limits whose alarms are on. */
  active(): ReadonlyMap<string, string>;
}

/** An alarm is over after a reading has been back for so many seconds at least. */
const BACK = 10;

/** No more sensors than these are watched for one limit. */
const MAX_SENSORS = 10_000;

/** What is known of one sensor and one limit. */
interface Watched {
  id: string;
  val?: SensorEvent["val"];
  /** When it was heard last. */
  heard: number;
  /** Since when it has been over the limit. */
  over?: number;
  /** Since when it has been back. */
  back?: number;
  /** When the alarm went off. */
  on?: number;
}

/**
 * Watches limits: an alarm goes off once it has held for as long as it says, and
 * again only after it was over. It is over when the reading has been back for as
 * long, and for 10 s at least, so that a reading at the limit is one episode.
 */
export function watchLimits(
  limits: readonly Limit[],
  report: (event: RunEvent) => void,
  start = Date.now() / 1000,
): Alarms {
  const all = limits.map((limit) => ({
    limit,
    matches: matcher(limit.sensors),
    watched: new Map<string, Watched>(),
  }));
  for (const { limit, watched } of all) {
    // A sensor that is named is missed even if it never comes.
    const { sensors, comparison } = limit;
    if (comparison !== undefined || sensors.includes("*")) continue;
    watched.set(sensors, { id: sensors, heard: start });
  }
  let active: Map<string, string> | undefined;

  const turn = (limit: Limit, one: Watched, now: number) => {
    const on = one.on === undefined;
    const seconds = on ? 0 : now - one.on!;
    one.on = on ? now : undefined;
    one.back = undefined;
    active = undefined;
    report({
      kind: "alarm",
      on,
      limit: limit.text,
      quiet: limit.comparison === undefined,
      sensor_id: one.id,
      val: one.val,
      seconds,
    });
  };
  const look = (limit: Limit, one: Watched, now: number) => {
    const held = limit.comparison === undefined
      ? now - one.heard
      : one.over === undefined
      ? -Infinity
      : now - one.over;
    if (one.on === undefined) {
      if (held >= limit.seconds) turn(limit, one, now);
    } else if (limit.comparison === undefined) {
      if (held < limit.seconds) turn(limit, one, now);
    } else if (
      one.back !== undefined && now - one.back >= Math.max(BACK, limit.seconds)
    ) turn(limit, one, now);
  };
  const take = ({ sensor_id: id, val }: SensorEvent, now: number) => {
    for (const { limit, matches, watched } of all) {
      let one = watched.get(id);
      if (!one) {
        if (watched.size >= MAX_SENSORS || !matches(id)) continue;
        one = { id, heard: now };
        watched.set(id, one);
      }
      one.heard = now;
      one.val = val;
      if (limit.comparison !== undefined) {
        one.over = isOver(limit, val) ? one.over ?? now : undefined;
        one.back = isBack(limit, val) ? one.back ?? now : undefined;
      }
      look(limit, one, now);
    }
  };
  return {
    async sink(flow) {
      for await (const batch of flow) {
        const now = Date.now() / 1000;
        for (const event of batch) take(event, event.time ?? now);
      }
    },
    check(now) {
      for (const { limit, watched } of all) {
        for (const one of watched.values()) look(limit, one, now);
      }
    },
    active: () =>
      active ??= new Map(
        all.flatMap(({ limit, watched }) =>
          [...watched.values()].filter(({ on }) => on !== undefined)
            .map(({ id }) => [id, limit.text] as const)
        ),
      ),
  };
}

/** Whether an id is of those that a limit names. */
function matcher(sensors: string): (id: string) => boolean {
  if (!sensors.includes("*")) return (id) => id === sensors;
  const parts = sensors.split("*").map((part) => RegExp.escape(part));
  const pattern = new RegExp(`^${parts.join("[^]*")}$`);
  return (id) => pattern.test(id);
}
