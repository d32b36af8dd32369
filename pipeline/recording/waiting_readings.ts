import type { Reject, SensorEvent } from "../event.ts";
import { createBacklog } from "./backlog.ts";
import type { Recording } from "./open_recording.ts";
import type { RejectsFile } from "./rejects_file.ts";

/** What waits for files that cannot be written, within bounds. */
export interface Waiting {
  /** Adds what there is room for; returns how many there was none for. */
  add(events: readonly SensorEvent[], rejects: readonly Reject[]): number;
  /**
   * Writes what waits, in order; what was written waits no more.
   *
   * @throws {WeirError} where that fails.
   */
  write(recording: Recording, rejects: RejectsFile): Promise<void>;
  /** How many events wait. */
  events(): number;
  /** Gives all of it up; returns how many events and rejects that were. */
  clear(): number;
}

/** How many bytes of readings, and of rejects, may wait. */
const MAX_BYTES = 16 * 1_048_576;

/**
 * Makes room for so many events, and as many rejects, to wait.
 *
 * @example
 * ```ts
 * import { createWaiting } from "./waiting_readings.ts";
 *
 * const waiting = createWaiting(1);
 * const event = { sensor_id: "lux-1", ts: 1484535480.613, val: 371.6 };
 * if (waiting.add([event, event], []) !== 1) throw new Error();
 * if (waiting.clear() !== 1 || waiting.events() !== 0) throw new Error();
 * ```
 */
export function createWaiting(maxItems: number): Waiting {
  const events = createBacklog<SensorEvent>(
    maxItems,
    MAX_BYTES,
    ({ sensor_id, val }) =>
      16 + sensor_id.length + (typeof val === "string" ? val.length : 8),
  );
  const rejects = createBacklog<Reject>(
    maxItems,
    MAX_BYTES,
    ({ topic, payload }) => topic.length + payload.length,
  );
  return {
    add: (moreEvents, moreRejects) =>
      events.add(moreEvents) + rejects.add(moreRejects),
    async write(recording, file) {
      const rows = events.items();
      if (rows.length > 0) {
        await recording.write(rows);
        events.drop(rows.length);
      }
      const lines = rejects.items();
      if (lines.length > 0) {
        await file.write(lines);
        rejects.drop(lines.length);
      }
    },
    events: () => events.items().length,
    clear() {
      const count = events.items().length + rejects.items().length;
      events.drop(count);
      rejects.drop(count);
      return count;
    },
  };
}
