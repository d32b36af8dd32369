import { dirname } from "node:path";
import { WeirError } from "../error.ts";
import { fileError } from "./file_error.ts";
import type { SensorEvent } from "../event.ts";
import {
  openRecording,
  type Recording,
  type RecordingOptions,
} from "./open_recording.ts";
import { checkEvent, type RowFormat } from "./row_format.ts";
import { createSensorCount } from "./sensor_count.ts";

/**
 * The path of the file that an event belongs to, by its time (its `ts`, in
 * seconds since 1970) and the event itself. It is called often, and returns the
 * same path for the same event each time.
 *
 * @example
 * ```ts
 * import { csv, type PathOf, pipe } from "../mod.ts";
 *
 * const folder = await Deno.makeTempDir();
 * const byDay: PathOf = (time) =>
 *   `${folder}/${new Date(time * 1000).toISOString().slice(0, 10)}.csv`;
 * async function* source() {
 *   yield [{ sensor_id: "lux-1", ts: 1484535480.613, val: 371.6063 }];
 * }
 * await pipe(source(), csv(byDay));
 * await Deno.stat(`${folder}/2017-01-16.csv`);
 * ```
 */
export type PathOf = (time: number, event: SensorEvent) => string;

/** Makes the folder of a file, which its name may say. */
async function makeFolder(path: string): Promise<void> {
  const folder = dirname(path);
  try {
    if (folder !== ".") await Deno.mkdir(folder, { recursive: true });
  } catch (error) {
    throw fileError(path, error);
  }
}

/** At most so many files are open. */
const MAX_OPEN = 64;

interface Open {
  recording: Recording;
  /** The event written last. */
  last: SensorEvent;
  dirty: boolean;
}

/**
 * A recording of several files: each event goes to the file that its own time
 * names, a late one too. A file is synced and closed when it is over (the time
 * has another name for its events), or when too many are open and it is the one
 * that was used least recently. If it is named again, it is appended to.
 */
export function recordByName(
  pathOf: PathOf,
  format: (path: string) => RowFormat,
  options: RecordingOptions,
): Recording {
  if (options.overwrite) {
    throw new WeirError(
      "ERR_WEIR_ARGUMENT",
      "Files that a function names are appended to: they cannot be overwritten. Remove them first.",
    );
  }
  /** The one used least recently first. */
  const open = new Map<string, Open>();
  /** Where the rows of a name go if something else was saved there. */
  const moved = new Map<string, string>();
  const sensors = createSensorCount();
  let rows = 0;
  let path = "";
  let latest = -Infinity;

  const sync = async (file: Open) => {
    if (file.dirty) await file.recording.sync();
    file.dirty = false;
  };
  const retire = async (name: string, file: Open) => {
    await sync(file);
    file.recording.close();
    open.delete(name);
    const { path, movedTo } = file.recording.summary();
    if (path !== name || movedTo) moved.set(name, movedTo ?? path);
  };
  const use = async (name: string, last: SensorEvent): Promise<Open> => {
    let file = open.get(name);
    if (!file) {
      for (const [other, used] of open) {
        const over = pathOf(latest, used.last) !== other;
        if (over || open.size >= MAX_OPEN) await retire(other, used);
      }
      await makeFolder(name);
      const recording = await openRecording(
        moved.get(name) ?? name,
        format(name),
        options,
      );
      file = { recording, last, dirty: true };
    }
    open.delete(name);
    open.set(name, file);
    return file;
  };
  const nameOf = (event: SensorEvent) => {
    checkEvent(event);
    const name: unknown = pathOf(event.ts, event);
    if (typeof name === "string" && name !== "") return name;
    throw new WeirError(
      "ERR_WEIR_ARGUMENT",
      `A function that names files returned ${name}, not a path.`,
    );
  };

  return {
    async write(events) {
      const names = events.map(nameOf);
      const left = new Map<string, SensorEvent[]>();
      events.forEach((event, index) => {
        const group = left.get(names[index]);
        if (group) group.push(event);
        else left.set(names[index], [event]);
        latest = Math.max(latest, event.ts);
      });
      for (const [name, group] of left) {
        const last = group.at(-1)!;
        try {
          const file = await use(name, last);
          const unwritten = await file.recording.write(group);
          if (unwritten) throw unwritten.error;
          Object.assign(file, { last, dirty: true });
        } catch (error) {
          return {
            events: events.filter((_, index) => left.has(names[index])),
            error,
          };
        }
        left.delete(name);
        path = name;
        rows += group.length;
        sensors.add(group);
      }
    },
    async sync() {
      for (const file of open.values()) await sync(file);
    },
    unsynced: () =>
      open.values().reduce(
        (sum, { recording }) => sum + recording.unsynced(),
        0,
      ),
    close() {
      for (const { recording } of open.values()) recording.close();
      open.clear();
    },
    summary: () => ({
      path,
      rows,
      ...sensors.count(),
      bytes: open.get(path)?.recording.summary().bytes ?? 0,
    }),
  };
}
