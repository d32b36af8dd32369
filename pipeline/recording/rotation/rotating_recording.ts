import { WeirError } from "../../error.ts";
import type { SensorEvent } from "../../event.ts";
import { say } from "../../say.ts";
import { formatOfFile } from "../open_at_end.ts";
import {
  openRecording,
  type Recording,
  type RecordingOptions,
  type Unwritten,
} from "../open_recording.ts";
import type { RowFormat } from "../row_format.ts";
import { createSensorCount } from "../sensor_count.ts";
import { createClosedFiles } from "./closed_files.ts";
import { createFileCount } from "./count_files.ts";
import { fitRows } from "./fit_rows.ts";
import { groupByName } from "./group_by_name.ts";
import { makeFolder } from "./make_folder.ts";
import { createNumberedFiles } from "./numbered_files.ts";
import type { PathOf, RotationOptions } from "./path_of.ts";
import { GRACE, latestOf, MAX_OPEN } from "./rotation_bounds.ts";

interface Open {
  recording: Recording;
  format: RowFormat;
  /** The event written last. */
  last: SensorEvent;
  dirty: boolean;
  /** Whether there was no room for an event. */
  full: boolean;
  /** Whether it was over before it was begun. */
  late: boolean;
}

/**
 * Opens a recording of several files. Each event goes to the file that its own
 * time names, a late one too. A file is synced and closed when it is over (the
 * time has another name for its events), when it is full, or when too many are
 * open and it is the one that was used least recently. If it is named again, it
 * is appended to, unless it is full or compressed.
 *
 * @throws {WeirError} if there is but one name, and its file cannot be opened.
 */
export async function openRotating(
  path: string | PathOf,
  format: (path: string) => RowFormat,
  options: RecordingOptions & RotationOptions,
): Promise<Recording> {
  const { maxSize = Infinity, gzip = false, log = say } = options;
  if (options.overwrite) {
    throw new WeirError(
      "ERR_WEIR_ARGUMENT",
      "A recording of several files appends to them: it cannot overwrite. Remove them first.",
    );
  }
  const pathOf = typeof path === "string" ? () => path : path;
  const separator = typeof path === "string" ? "-" : path.separator;
  const busy = new Set<string>();
  const numbers = createNumberedFiles(separator, options, format, busy);
  const closed = gzip
    ? createClosedFiles(pathOf, { numbers, busy, log })
    : undefined;
  /** By their names; the one used least recently first. */
  const open = new Map<string, Open>();
  const sensors = createSensorCount();
  const countFile = createFileCount();
  let rows = 0;
  let written = "";
  let bytes = 0;
  let latest = -Infinity;

  let columnsSaid = false;
  const sayColumns = (text: string) => {
    if (!columnsSaid) log(text);
    columnsSaid = true;
  };
  const isOver = (name: string, last: SensorEvent) =>
    pathOf(latest, last) !== name;
  const sync = async (file: Open) => {
    if (file.dirty) await file.recording.sync();
    file.dirty = false;
  };
  const close = (name: string, file: Open) => {
    file.recording.close();
    open.delete(name);
    const { path, movedTo } = file.recording.summary();
    if (movedTo) numbers.moved(name, movedTo);
    // What is not synced may not be in it.
    if (file.dirty) return;
    if (file.full) closed?.compress(movedTo ?? path);
    else {closed?.add(movedTo ?? path, {
        name,
        last: file.last,
        late: file.late,
      });}
  };
  const retire = async (name: string, file: Open) => {
    await sync(file);
    close(name, file);
    if (file.full) await numbers.next(name);
  };
  const use = async (name: string, last: SensorEvent): Promise<Open> => {
    let file = open.get(name);
    if (file?.full) {
      await retire(name, file);
      file = undefined;
    }
    if (!file) {
      for (const [other, used] of open) {
        if (isOver(other, used.last) || open.size >= MAX_OPEN) {
          await retire(other, used);
        }
      }
      await makeFolder(name);
      const path = await numbers.pathOf(name);
      const rows = await formatOfFile(path, format(path), sayColumns);
      const recording = await openRecording(path, rows, options);
      const late = closed?.reopened(path)?.late ?? isOver(name, last);
      const begun = { dirty: true, full: false, late };
      file = { recording, format: rows, last, ...begun };
    }
    open.delete(name);
    open.set(name, file);
    return file;
  };
  /** Writes what there is room for. Resolves with how many of these events. */
  const writeTo = async (name: string, events: readonly SensorEvent[]) => {
    const file = await use(name, events.at(-1)!);
    const { recording, format } = file;
    let count = events.length;
    if (maxSize < Infinity) {
      const { bytes } = recording.summary();
      count = fitRows(events, format, maxSize - bytes);
      // A row that is larger than a file may be has one of its own.
      if (count === 0 && bytes <= format.header.length) count = 1;
    }
    const fitting = events.slice(0, count);
    if (count > 0) {
      const unwritten = await recording.write(fitting);
      if (unwritten) throw unwritten.error;
      Object.assign(file, { last: fitting.at(-1), dirty: true });
      ({ path: written, bytes } = recording.summary());
      countFile(written);
      rows += count;
      sensors.add(fitting);
    }
    file.full = count < events.length;
    return count;
  };
  const compressOver = async (time: number, late: boolean) => {
    await closed?.compressOver(time, late).catch(({ message }) => log(message));
  };

  /** What recordings before have left uncompressed. */
  const findLeft = async () => {
    if (!gzip) return [];
    return typeof path === "string"
      ? await numbers.before(path)
      : await path.findLeft?.() ?? [];
  };

  if (typeof path === "string") {
    const { recording } = await use(path, NEVER);
    ({ path: written, bytes } = recording.summary());
  }
  for (const left of await findLeft()) closed?.compress(left);
  return {
    async write(events): Promise<Unwritten | undefined> {
      const left = groupByName(pathOf, events);
      latest = latestOf(events, latest);
      for (const [name, group] of left) {
        try {
          while (group.length > 0) group.splice(0, await writeTo(name, group));
        } catch (error) {
          return { events: inOrder(events, pathOf, left), error };
        }
        left.delete(name);
      }
      await compressOver(latest - GRACE, false);
    },
    async sync() {
      for (const file of open.values()) await sync(file);
    },
    unsynced: () =>
      open.values().reduce(
        (sum, { recording }) => sum + recording.unsynced(),
        0,
      ),
    async close() {
      for (const [name, file] of open) close(name, file);
      await compressOver(latest, true);
      await closed?.idle();
    },
    summary: () => ({
      path: written,
      ...countFile(),
      rows,
      ...sensors.count(),
      bytes,
    }),
  };
}

/** Stands for the last event of a file that has none yet. */
const NEVER: SensorEvent = { sensor_id: "", ts: 0, val: 0 };

/** The events that are left of each name, in the order in which they came. */
function inOrder(
  events: readonly SensorEvent[],
  pathOf: PathOf,
  left: ReadonlyMap<string, readonly SensorEvent[]>,
): SensorEvent[] {
  const behind = new Map<string, number>();
  for (const [name, group] of left) behind.set(name, group.length);
  // What is left of a name are its last ones.
  return events.toReversed().filter((event) => {
    const name = pathOf(event.ts, event);
    const count = behind.get(name) ?? 0;
    behind.set(name, count - 1);
    return count > 0;
  }).reverse();
}
