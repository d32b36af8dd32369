import type { SensorEvent } from "../../event.ts";

/** At most so many files are open. */
export const MAX_OPEN = 64;

/**
 * A file that is over stays uncompressed for so many seconds of its events, for
 * late ones.
 */
export const GRACE = 60;

/** Returns the latest time of events; a device's clock may be wrong by years. */
export function latestOf(
  events: readonly SensorEvent[],
  before: number,
): number {
  const limit = Date.now() / 1000 + GRACE;
  let latest = before;
  for (const { ts } of events) {
    if (ts > latest) latest = Math.max(latest, Math.min(ts, limit));
  }
  return latest;
}
