import type { SensorEvent } from "./event.ts";
import type { Sink } from "./flow.ts";
import { createHistory } from "./history.ts";
import { createWholeHistory } from "./whole_history.ts";
import {
  createSensor,
  type LiveSensor,
  MAX_TEXT,
  type Sensor,
} from "./live_sensor.ts";

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
  /**
   * A sink for what was before: events of the past, in the order of time. They
   * come into sight at its end, ahead of what came in since.
   */
  past: Sink<SensorEvent>;
  /** Calls back after each batch, until the returned function is called. */
  subscribe(listener: () => void): () => void;
}

/** Options of {@linkcode live}. */
export interface LiveOptions {
  /** How many sensors are listed. Default: 10,000. */
  maxSensors?: number;
  /** Of how many of them a history is kept. Default: 500. */
  maxHistories?: number;
  /**
   * Whether histories are as fine at their beginning as at their end, for a
   * recording that is read. Default: the further back, the coarser.
   */
  whole?: boolean;
  /** Is called with each sensor that is seen for the first time and listed. */
  onSensor?: (sensor_id: string) => void;
}

/** How many characters of ids and topics are kept in all. */
const MAX_CHARACTERS = 4_000_000;

/**
 * Keeps the latest of each sensor, for a screen to show: its last event, least,
 * mean and greatest value, rate, and the values over time. It never holds the
 * flow up: it takes note and pulls again.
 *
 * Memory is bounded: of more sensors than `maxSensors`, or than 4,000,000
 * characters of ids, the first are listed and the events of the others counted.
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
 * if (sensor?.latest.val !== 20 || sensor.mean !== 15) throw sensor;
 * ```
 */
export function live(options: LiveOptions = {}): Live {
  const { maxSensors = 10_000, maxHistories = 500, whole, onSensor } = options;
  const historyOf = whole ? createWholeHistory : createHistory;
  const sensors = new Map<string, Sensor>();
  const listeners = new Set<() => void>();
  let characters = 0;
  let events = 0;
  let unlisted = 0;
  let current: LiveSnapshot | undefined;

  const changed = () => {
    current = undefined;
    for (const listener of listeners) listener();
  };
  const list = (
    id: string,
    make = createSensor,
  ): Sensor | undefined => {
    const needed = id.length + MAX_TEXT;
    if (
      sensors.size >= maxSensors || characters + needed > MAX_CHARACTERS
    ) return undefined;
    characters += needed;
    const sensor = make(sensors.size < maxHistories ? historyOf() : undefined);
    sensors.set(id, sensor);
    return sensor;
  };
  const add = (event: SensorEvent) => {
    const known = sensors.get(event.sensor_id);
    const sensor = known ?? list(event.sensor_id);
    if (!sensor) unlisted++;
    sensor?.add(event);
    // Whoever is told may take a snapshot.
    if (sensor && !known) onSensor?.(event.sensor_id);
  };
  const sink: Sink<SensorEvent> = async (flow) => {
    for await (const batch of flow) {
      for (const event of batch) add(event);
      events += batch.length;
      changed();
    }
  };
  const past: Sink<SensorEvent> = async (flow) => {
    const found = new Map<string, Sensor>();
    for await (const batch of flow) {
      for (const event of batch) {
        const id = event.sensor_id;
        let sensor = found.get(id);
        if (!sensor && found.size < maxHistories) {
          sensor = createSensor(historyOf());
          found.set(id, sensor);
        }
        sensor?.add(event);
      }
    }
    for (const [id, before] of found) {
      const sensor = sensors.get(id);
      if (sensor) sensor.follow(before);
      else list(id, () => before);
    }
    changed();
  };
  return Object.assign(sink, {
    past,
    snapshot: () =>
      current ??= {
        events,
        unlisted,
        sensors: new Map(
          [...sensors].map(([id, sensor]) => [id, sensor.snapshot()]),
        ),
      },
    subscribe(listener: () => void) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  });
}
