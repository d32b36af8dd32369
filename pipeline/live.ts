import type { SensorEvent } from "./event.ts";
import type { Sink } from "./flow.ts";
import { createHistory, type History } from "./history.ts";
import { createMeter } from "./meter.ts";
import { shorten } from "./shorten.ts";

/** What is known of one sensor. */
export interface LiveSensor {
  /** Its latest event; a long text in it is shortened. */
  latest: SensorEvent;
  /** When that was taken in, in seconds since 1970. */
  time: number;
  /** How many events came from it. */
  events: number;
  /** How many a second there were lately. */
  rate: number;
  /** Its usual time from one reading to the next, in seconds; 0: at once. */
  interval: number;
  /** The least of its numbers; `undefined` if there was none yet. */
  min?: number;
  /** Their mean. */
  mean?: number;
  /** The greatest of them. */
  max?: number;
  /** Its numbers over time, as they are now; for the first sensors only. */
  history?: History;
  /** Its last events, the latest last; for the first sensors only. */
  last?: readonly SensorEvent[];
  /**
   * If its values are texts, `true` or `false`: each change of them, the latest
   * last; for the first sensors only.
   */
  states?: readonly State[];
}

/** What a sensor said from a time on. */
export interface State {
  /** When it changed to this value, in seconds since 1970. */
  time: number;
  /** The value. */
  val: string | boolean;
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

/** Options of {@linkcode live}. */
export interface LiveOptions {
  /** How many sensors are listed. Default: 10,000. */
  maxSensors?: number;
  /** Of how many of them a history is kept. Default: 500. */
  maxHistories?: number;
  /** Is called with each sensor that is seen for the first time and listed. */
  onSensor?: (sensor_id: string) => void;
}

/** How many characters of ids and topics are kept in all. */
const MAX_CHARACTERS = 4_000_000;

/** How much of a text is kept of each event. */
const MAX_TEXT = 256;

/** How many events are kept of each sensor that has a history. */
const LAST = 32;

/** How many changes of texts, of `true` and `false` are kept of each sensor. */
const STATES = 256;

/** Readings closer together than this, in seconds, count as one moment. */
const MOMENT = 0.1;

/** From how many times between readings the usual one is taken. */
const GAPS = 8;

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
  const { maxSensors = 10_000, maxHistories = 500, onSensor } = options;
  const sensors = new Map<string, Sensor>();
  const listeners = new Set<() => void>();
  let characters = 0;
  let events = 0;
  let unlisted = 0;
  let current: LiveSnapshot | undefined;

  const list = (id: string): Sensor | undefined => {
    const needed = id.length + MAX_TEXT;
    if (
      sensors.size >= maxSensors || characters + needed > MAX_CHARACTERS
    ) return undefined;
    characters += needed;
    const sensor = createSensor(sensors.size < maxHistories);
    sensors.set(id, sensor);
    onSensor?.(id);
    return sensor;
  };
  const sink: Sink<SensorEvent> = async (flow) => {
    for await (const batch of flow) {
      for (const event of batch) {
        const sensor = sensors.get(event.sensor_id) ?? list(event.sensor_id);
        if (sensor) sensor.add(event);
        else unlisted++;
      }
      events += batch.length;
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
          [...sensors].map(([id, sensor]) => [id, sensor.snapshot()]),
        ),
      },
    subscribe(listener: () => void) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  });
}

interface Sensor {
  add(event: SensorEvent): void;
  snapshot(): LiveSensor;
}

function createSensor(withHistory: boolean): Sensor {
  const history = withHistory ? createHistory() : undefined;
  const last: SensorEvent[] = [];
  const states: State[] = [];
  const gaps: number[] = [];
  const meter = createMeter();
  let latest: SensorEvent;
  let time = NaN;
  let moment = NaN;
  let events = 0;
  let numbers = 0;
  let min: number | undefined;
  let mean: number | undefined;
  let max: number | undefined;
  let current: LiveSensor | undefined;

  return {
    add(event) {
      const { val } = event;
      current = undefined;
      latest = withoutLongTexts(event);
      time = event.time ?? event.ts;
      events++;
      meter.add(1, time);
      const gap = time - moment;
      if (!(gap < MOMENT) || gap < 0) {
        if (gap > 0) {
          gaps.push(gap);
          if (gaps.length > GAPS) gaps.shift();
        }
        moment = time;
      }
      if (typeof val === "number") {
        numbers++;
        min = min === undefined || val < min ? val : min;
        max = max === undefined || val > max ? val : max;
        mean = (mean ?? 0) * ((numbers - 1) / numbers) + val / numbers;
      }
      if (!history) return;
      if (typeof val !== "string") history.add(time, Number(val));
      if (typeof latest.val !== "number") addState(states, time, latest.val);
      last.push(latest);
      if (last.length > 2 * LAST) last.splice(0, LAST);
    },
    snapshot() {
      if (current) return current;
      const interval = median(gaps);
      const measured = meter.rate(time);
      return current = {
        latest,
        time,
        events,
        // Seconds are too short for what comes every minute.
        rate: interval > 2 ? 1 / interval : measured,
        interval,
        min,
        mean,
        max,
        history,
        last: history && last.slice(-LAST),
        states: states.length > 0 ? states.slice(-STATES) : undefined,
      };
    },
  };
}

function addState(states: State[], time: number, val: State["val"]): void {
  if (states.at(-1)?.val === val) return;
  states.push({ time, val });
  if (states.length > 2 * STATES) states.splice(0, STATES);
}

function withoutLongTexts(event: SensorEvent): SensorEvent {
  const { topic, val } = event;
  const long = typeof val === "string" && val.length > MAX_TEXT;
  if (!long && !(topic && topic.length > MAX_TEXT)) return event;
  return {
    ...event,
    val: long ? shorten(val, MAX_TEXT) : val,
    topic: topic && shorten(topic, MAX_TEXT),
  };
}

function median(numbers: number[]): number {
  if (numbers.length === 0) return 0;
  return numbers.toSorted((a, b) => a - b)[numbers.length >> 1];
}
