import { WeirError } from "../error.ts";
import type { SensorEvent } from "../event.ts";
import {
  readEvents,
  type ReadEventsOptions,
} from "../recording/read_events.ts";
import { globToRegExp } from "../recording/glob.ts";
import type { SelectOptions } from "../recording/select_settings.ts";

/** What a recording holds of what is asked for. */
export interface Scan {
  /** How many events. */
  events: number;
  /** The time of the earliest one. */
  from: number;
  /** The time of the latest one. */
  to: number;
  /** Whether they are in order of time. */
  ordered: boolean;
}

/** Reads a recording once, to know how to read it again. */
export async function scanRecording(
  path: string,
  choose: (events: readonly SensorEvent[]) => readonly SensorEvent[],
  onEvents: ((events: readonly SensorEvent[]) => void) | undefined,
  options: ReadEventsOptions,
): Promise<Scan> {
  const scan: Scan = {
    events: 0,
    from: Infinity,
    to: -Infinity,
    ordered: true,
  };
  let last = -Infinity;
  for await (const batch of readEvents(path, options)) {
    const chosen = choose(batch);
    for (const { ts } of chosen) {
      if (ts < last) scan.ordered = false;
      last = ts;
      if (ts < scan.from) scan.from = ts;
      if (ts > scan.to) scan.to = ts;
    }
    scan.events += chosen.length;
    onEvents?.(chosen);
  }
  return scan;
}

/**
 * Returns what leaves out the events that are not asked for.
 *
 * It throws `ERR_WEIR_BROKEN_OFF` as soon as the signal has aborted.
 */
export function chooser(
  { from = -Infinity, to = Infinity, sensors = [], signal }: SelectOptions,
): (events: readonly SensorEvent[]) => readonly SensorEvent[] {
  const patterns = sensors.map((pattern) => globToRegExp(pattern));
  const all = from === -Infinity && to === Infinity && patterns.length === 0;
  return (events) => {
    if (signal?.aborted) {
      throw new WeirError(
        "ERR_WEIR_BROKEN_OFF",
        "Broken off. The unfinished file is removed.",
      );
    }
    if (all) return events;
    return events.filter(({ ts, sensor_id }) =>
      ts >= from && ts < to &&
      (patterns.length === 0 ||
        patterns.some((pattern) => pattern.test(sensor_id)))
    );
  };
}
