import { live, pipe, type SensorEvent } from "../../pipeline/mod.ts";
import type { LogEntry } from "../../run/run_log.ts";
import type { Snapshot } from "../../run/run_snapshot.ts";

/** When the snapshots of the tests are taken. */
export const NOW = 1_700_000_000;

/** A minute of readings of each sensor, one a second, up to {@linkcode NOW}. */
export function minuteOf(...ids: string[]): SensorEvent[] {
  const events: SensorEvent[] = [];
  for (let second = -59; second <= 0; second++) {
    for (const [index, sensor_id] of ids.entries()) {
      events.push({
        sensor_id,
        ts: NOW + second,
        time: NOW + second,
        val: Math.round(1000 * Math.sin(second / 9 + index)) / 10,
        topic: "sensor-data",
      });
    }
  }
  return events;
}

/** A snapshot of a screen on which all is well, with changes. */
export async function snapshotOf(
  events: SensorEvent[],
  changes: Partial<Snapshot> = {},
): Promise<Snapshot> {
  const latest = live();
  await pipe(
    (async function* () {
      if (events.length > 0) yield events;
    })(),
    latest,
  );
  return {
    now: NOW,
    elapsed: 754,
    connection: {
      url: "mqtt://localhost:1883",
      state: "connected",
      version: "5",
      qos: 1,
      away: 0,
      reconnects: 0,
    },
    topics: ["sensor-data"],
    traffic: {
      messages: 3,
      bytes: 120,
      received: 2262,
      last: NOW,
      leftOut: 0,
      behind: 0,
    },
    live: latest.snapshot(),
    recorder: {
      state: "recording",
      path: "test.csv",
      rows: 1234,
      sensors: 3,
      moreSensors: false,
      synced: 1230,
      bytes: 56_789,
      waiting: 0,
      lost: 0,
      passed: 0,
      rejected: 0,
      unkept: 0,
      gaps: 0,
      untimed: 0,
      excluded: 0,
      waited: 0,
      elapsed: 754,
      durable: false,
    },
    control: {
      connected: true,
      roundTrip: 0.0012,
      broker: {
        version: "mosquitto version 2.0.11",
        uptime: "7264 seconds",
        clients: "4",
        received: "180.5",
        sent: "362.1",
      },
      boards: new Map(),
    },
    log: [entryOf(NOW - 60, "Connected")],
    rejects: [],
    marks: [],
    alarms: new Map(),
    samples: new Map(),
    ...changes,
  };
}

/** An entry of the log with this text. */
export function entryOf(time: number, text: string): LogEntry {
  return { time, count: 1, events: [{ kind: "recording", text }] };
}
