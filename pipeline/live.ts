import type { SensorEvent } from "./event.ts";
import type { Sink } from "./flow.ts";

/** What is known of one sensor. */
export interface LiveSensor {
  /** Its latest event. */
  latest: SensorEvent;
  /** How many events came from it. */
  events: number;
}

/** The state of a {@linkcode live} sink at one moment. */
export interface LiveSnapshot {
  /** How many events came in all. */
  events: number;
  /** The sensors by their id, in the order in which they were first seen. */
  sensors: ReadonlyMap<string, LiveSensor>;
  /** How many events came from sensors beyond those that are listed. */
  unlisted: number;
}

/** A sink that shows the latest and holds nothing up. */
export interface Live extends Sink<SensorEvent> {
  /** What is known now. The same object until something comes in. */
  snapshot(): LiveSnapshot;
  /** Calls back after each batch, until the returned function is called. */
  subscribe(listener: () => void): () => void;
}

/**
 * Keeps the latest event of each sensor, for a screen to show. It never holds
 * the flow up: it takes note and pulls again. Of more than `maxSensors` sensors
 * the first are listed and the events of the others counted.
 *
 * @example
 * ```ts
 * import { live, pipe } from "./mod.ts";
 *
 * const latest = live();
 * async function* source() {
 *   yield [1, 2].map((ts) => ({ sensor_id: "lux-1", ts, val: ts * 10 }));
 * }
 * await pipe(source(), latest);
 * const sensor = latest.snapshot().sensors.get("lux-1");
 * if (sensor?.latest.val !== 20 || sensor.events !== 2) throw sensor;
 * ```
 */
export function live({ maxSensors = 10_000 } = {}): Live {
  const sensors = new Map<string, LiveSensor>();
  const listeners = new Set<() => void>();
  let events = 0;
  let unlisted = 0;
  let current: LiveSnapshot | undefined;

  const sink: Sink<SensorEvent> = async (flow) => {
    for await (const batch of flow) {
      for (const event of batch) {
        events++;
        const sensor = sensors.get(event.sensor_id);
        if (sensor) {
          sensor.latest = event;
          sensor.events++;
        } else if (sensors.size < maxSensors) {
          sensors.set(event.sensor_id, { latest: event, events: 1 });
        } else unlisted++;
      }
      current = undefined;
      for (const listener of listeners) listener();
    }
  };
  return Object.assign(sink, {
    snapshot: () =>
      current ??= {
        events,
        unlisted,
        sensors: new Map(
          [...sensors].map(([id, sensor]) => [id, { ...sensor }]),
        ),
      },
    subscribe(listener: () => void) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  });
}
