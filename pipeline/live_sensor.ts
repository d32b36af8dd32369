import type { SensorEvent } from "./event.ts";
import type { History } from "./history.ts";
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
  /** How many of those are numbers. */
  numbers?: number;
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

/** How much of a text is kept of each event. */
export const MAX_TEXT = 256;

/** How many events are kept of each sensor that has a history. */
const LAST = 32;

/** Readings closer together than this, in seconds, count as one moment. */
const MOMENT = 0.1;

/** From how many times between readings the usual one is taken. */
const GAPS = 8;

/** How many changes of texts, of `true` and `false` are kept of each sensor. */
const STATES = 1024;

/** One sensor of a live view. */
export interface Sensor {
  /** Takes in an event. */
  add(event: SensorEvent): void;
  /** Puts what was known of it before ahead of what is known. */
  follow(before: Sensor): void;
  /** What is known now. */
  snapshot(): LiveSensor;
}

/** Makes a sensor of which nothing is known yet, with a history or without. */
export function createSensor(history?: History): Sensor {
  let last: SensorEvent[] = [];
  let states: State[] = [];
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
    follow(before) {
      const known = before.snapshot();
      current = undefined;
      if (history && known.history) {
        known.history.append(history);
        history = known.history;
        last = [...known.last ?? [], ...last];
        states = [...known.states ?? [], ...states];
      }
      events += known.events;
      if (known.min === undefined) return;
      const { numbers: count = 0 } = known;
      min = Math.min(min ?? Infinity, known.min);
      max = Math.max(max ?? -Infinity, known.max!);
      const share = count / (count + numbers);
      mean = known.mean! * share + (mean ?? 0) * (1 - share);
      numbers += count;
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
        numbers,
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
