import { counted } from "../counted.ts";
import { escape } from "../escape.ts";
import type { SensorEvent } from "../event.ts";
import { timeText } from "../odd_times.ts";
import { readRecording, toEvent } from "./read_events.ts";
import type { Row } from "./row_format.ts";

/** What a file has of a sensor. */
interface Range {
  from: number;
  to: number;
}

/** Something that is off between the files of a set. */
export interface SetProblem {
  /** The later one of the two files. */
  path: string;
  /** What, for a person to read. */
  text: string;
}

/** Compares the files of a set with each other. */
export interface SetCheck {
  /** Takes each row of a file. */
  add(path: string, row: Row): void;
  /**
   * Finds what is off: a sensor's time that runs backwards from one file to the
   * next, and rows that are in two of them. It reads again what may be there
   * twice.
   */
  problems(): Promise<SetProblem[]>;
}

/** So many sensors of files, and so many rows, are compared. */
const MAX_RANGES = 200_000;
const MAX_ROWS = 500_000;

/** So many sensors are named. */
const MAX_NAMED = 3;

/**
 * Makes a check of several recordings as one set. Memory is bounded: of more than
 * 200,000 sensors of files the first are compared, and of more than 500,000 rows
 * in two files at one time.
 *
 * @example
 * ```ts
 * import { checkSet } from "../mod.ts";
 *
 * const set = checkSet();
 * set.add("a.csv", { ts: 2, sensor_id: "lux-1", value: "1" });
 * set.add("b.csv", { ts: 3, sensor_id: "lux-1", value: "1" });
 * const problems = await set.problems();
 * if (problems.length > 0) throw problems;
 * ```
 */
export function checkSet(): SetCheck {
  const files = new Map<string, Map<string, Range>>();
  let ranges = 0;
  return {
    add(path, { ts, sensor_id }) {
      const sensors = files.getOrInsertComputed(path, () => new Map());
      const range = sensors.get(sensor_id);
      if (range) {
        if (ts < range.from) range.from = ts;
        if (ts > range.to) range.to = ts;
      } else if (ranges < MAX_RANGES) {
        ranges++;
        sensors.set(sensor_id, { from: ts, to: ts });
      }
    },
    async problems() {
      const { overlaps, shared } = compare(files);
      return [...overlaps, ...await findDoubles(shared)];
    },
  };
}

const startOf = (sensors: ReadonlyMap<string, Range>) =>
  sensors.values().reduce((first, { from }) => Math.min(first, from), Infinity);

/** Where two files have a time of one sensor in common. */
function compare(files: ReadonlyMap<string, ReadonlyMap<string, Range>>) {
  const last = new Map<string, Range & { path: string }>();
  const overlaps: SetProblem[] = [];
  /** The sensors, and the times, of which a file may have rows of another one. */
  const shared = new Map<string, Map<string, Range>>();
  const share = (path: string, id: string, from: number, to: number) => {
    const sensors = shared.getOrInsertComputed(path, () => new Map());
    const known = sensors.get(id) ?? { from, to };
    sensors.set(id, {
      from: Math.min(from, known.from),
      to: Math.max(to, known.to),
    });
  };
  const inOrder = [...files].map(([path, sensors]) => ({
    path,
    sensors,
    start: startOf(sensors),
  })).sort((a, b) => a.start - b.start);
  for (const { path, sensors } of inOrder) {
    const back = new Map<string, { ids: string[]; by: number }>();
    for (const [id, { from, to }] of sensors) {
      const before = last.get(id);
      if (before && from <= before.to) {
        share(before.path, id, from, before.to);
        share(path, id, from, before.to);
      }
      if (before && from < before.to) {
        const found = back.getOrInsert(before.path, { ids: [], by: 0 });
        found.ids.push(id);
        found.by = Math.max(found.by, before.to - from);
      }
      if (!before || to > before.to) last.set(id, { from, to, path });
    }
    for (const [before, { ids, by }] of back) {
      const more = ids.length > MAX_NAMED
        ? ` and ${ids.length - MAX_NAMED} more`
        : "";
      const named = ids.slice(0, MAX_NAMED).map((id) => escape(id)).join(", ");
      const text = `time runs backwards from ${before} to this file: by ${
        by.toFixed(3)
      } s, of ${named}${more}`;
      overlaps.push({ path, text });
    }
  }
  return { overlaps, shared };
}

/** What a file may say of a row besides its time, sensor and value. */
type Facts = Pick<SensorEvent, "topic" | "device_ts">;

/** Reads files again, and finds rows that two of them have. */
async function findDoubles(
  shared: ReadonlyMap<string, ReadonlyMap<string, Range>>,
): Promise<SetProblem[]> {
  const seen = new Map<string, (Facts & { path: string })[]>();
  let kept = 0;
  const found: SetProblem[] = [];
  for (const [path, sensors] of shared) {
    const doubles = new Map<string, { count: number; ts: number }>();
    for await (const rows of readRecording(path, {})) {
      for (const { row } of rows) {
        const range = row && sensors.get(row.sensor_id);
        if (!range || row.ts < range.from || row.ts > range.to) continue;
        const { key, ...facts } = keyOf(row);
        const alike = seen.get(key) ?? [];
        const at = alike.findIndex((other) =>
          other.path !== path && agree(other, facts)
        );
        if (at >= 0) {
          // Each row is the double of one.
          const [other] = alike.splice(at, 1);
          doubles.getOrInsert(other.path, { count: 0, ts: row.ts }).count++;
        } else if (kept < MAX_ROWS) kept++;
        else continue;
        alike.push({ path, ...facts });
        seen.set(key, alike);
      }
    }
    for (const [other, { count, ts }] of doubles) {
      const rows = counted(count, "row");
      const text = `${rows} of ${other} ${
        count === 1 ? "is" : "are"
      } in this file too, the first of ${timeText(ts)}`;
      found.push({ path, text });
    }
  }
  return found;
}

/** By what a row is found in another file: a raw one by all of it. */
function keyOf(row: Row): { key: string } & Facts {
  if (row.message) return { key: row.value };
  const { ts, sensor_id, val, topic, device_ts } = toEvent(row);
  return { key: JSON.stringify([ts, sensor_id, val]), topic, device_ts };
}

/** Whether two rows may be of one message: not every file has all columns. */
const agree = (a: Facts, b: Facts) =>
  (a.topic ?? b.topic) === (b.topic ?? a.topic) &&
  (a.device_ts ?? b.device_ts) === (b.device_ts ?? a.device_ts);
