import type { LiveSensor } from "../pipeline/mod.ts";
import { escape } from "../pipeline/escape.ts";
import type { Snapshot } from "../run/run_snapshot.ts";

/** So many sensors are shown on a page. */
const MAX_SENSORS = 500;

/** So many marks are sent. */
const MAX_MARKS = 50;

/** A sensor as a page gets it. */
export interface SensorView {
  id: string;
  /** The id as it is shown, if that is another text. */
  name?: string;
  /** The latest value; text as it is shown. */
  value: number | string | boolean;
  /** When it was taken in, in seconds since 1970. */
  time: number;
  events: number;
  /** The usual time between two readings, in seconds. */
  interval: number;
  min?: number;
  mean?: number;
  max?: number;
  /** The last numbers, the latest last; in a whole view only. */
  last?: number[];
}

/** A run as a page gets it, and as `/api/snapshot` gives it. */
export function viewOf(
  snapshot: Snapshot,
  sensors: Iterable<[string, LiveSensor]>,
  whole: boolean,
) {
  const { connection, live, marks, now, recorder, topics, traffic } = snapshot;
  const { url, state, reconnects, error } = connection;
  return {
    now,
    elapsed: snapshot.elapsed,
    topics,
    connection: {
      url,
      state,
      reconnects,
      error: error && escape(error.message),
    },
    recording: {
      state: recorder.state,
      reason: recorder.reason,
      file: recorder.path && escape(recorder.path),
      rows: recorder.rows,
      safe: recorder.synced,
      waiting: recorder.waiting,
      lost: recorder.lost,
      rejected: recorder.rejected,
      lastReject: recorder.lastReject && escape(recorder.lastReject),
      gaps: recorder.gaps,
      durable: recorder.durable,
    },
    traffic: { messages: traffic.messages, behind: traffic.behind },
    marks: marks.slice(-MAX_MARKS)
      .map(({ ts, text }) => ({ ts, text: escape(text) })),
    more: Math.max(0, live.sensors.size - MAX_SENSORS),
    sensors: [...sensors].map((one) => sensorOf(one, whole)),
  };
}

/** The sensors that are shown. */
export function shownSensors({ live }: Snapshot): [string, LiveSensor][] {
  const shown: [string, LiveSensor][] = [];
  for (const one of live.sensors) {
    if (shown.push(one) >= MAX_SENSORS) break;
  }
  return shown;
}

function sensorOf(
  [id, sensor]: [string, LiveSensor],
  whole: boolean,
): SensorView {
  const { latest: { val }, time, events, interval, min, mean, max } = sensor;
  const name = escape(id);
  return {
    id,
    name: name === id ? undefined : name,
    value: typeof val === "string" ? escape(val) : val,
    time,
    events,
    interval,
    min,
    mean,
    max,
    last: whole
      ? sensor.last?.flatMap(({ val }) => typeof val === "number" ? [val] : [])
      : undefined,
  };
}
