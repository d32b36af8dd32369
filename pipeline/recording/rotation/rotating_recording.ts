import { dirname } from "node:path";
import { WeirError } from "../../error.ts";
import type { SensorEvent } from "../../event.ts";
import { say } from "../../say.ts";
import { fileError } from "../file_error.ts";
import { formatOfFile } from "../open_at_end.ts";
import {
  openRecording,
  type Recording,
  type RecordingOptions,
  type Unwritten,
} from "../open_recording.ts";
import { checkEvent, type RowFormat } from "../row_format.ts";
import { createSensorCount } from "../sensor_count.ts";
import { createClosedFiles } from "./closed_files.ts";
import { fitRows } from "./fit_rows.ts";
import { createNumberedFiles } from "./numbered_files.ts";
import type { PathOf, RotationOptions } from "./path_of.ts";

/** At most so many files are open. */
const MAX_OPEN = 64;

/**
 * A file that is over stays uncompressed for so many seconds of its events, for
 * late ones.
 */
const GRACE = 60;

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
  let rows = 0;
  let written = "";
  let bytes = 0;
  let latest = -Infinity;
  let compressedAt = -Infinity;

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
    else closed?.add(movedTo ?? path, { ...file, name });
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
      rows += count;
      sensors.add(fitting);
    }
    file.full = count < events.length;
    return count;
  };
  const compressOver = async (time: number, late: boolean) => {
    compressedAt = latest;
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
      const names = events.map((event) => nameOf(pathOf, event));
      const left = new Map<string, SensorEvent[]>();
      events.forEach((event, index) => {
        const group = left.get(names[index]);
        if (group) group.push(event);
        else left.set(names[index], [event]);
        // A device's clock may be wrong by years.
        const time = Math.min(event.ts, Date.now() / 1000 + GRACE);
        latest = Math.max(latest, time);
      });
      for (const [name, group] of left) {
        try {
          while (group.length > 0) group.splice(0, await writeTo(name, group));
        } catch (error) {
          return { events: inOrder(events, names, left), error };
        }
        left.delete(name);
      }
      if (latest > compressedAt + GRACE / 2) {
        await compressOver(latest - GRACE, false);
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
    async close() {
      for (const [name, file] of open) close(name, file);
      await compressOver(latest, true);
      await closed?.idle();
    },
    summary: () => ({ path: written, rows, ...sensors.count(), bytes }),
  };
}

/** Stands for the last event of a file that has none yet. */
const NEVER: SensorEvent = { sensor_id: "", ts: 0, val: 0 };

/** Makes the folder of a file, which its name may say. */
async function makeFolder(path: string): Promise<void> {
  const folder = dirname(path);
  try {
    if (folder !== ".") await Deno.mkdir(folder, { recursive: true });
  } catch (error) {
    throw fileError(path, error);
  }
}

/** @throws {WeirError} if the event cannot be written, or has no name. */
function nameOf(pathOf: PathOf, event: SensorEvent): string {
  checkEvent(event);
  const name: unknown = pathOf(event.ts, event);
  if (typeof name === "string" && name !== "") return name;
  throw new WeirError(
    "ERR_WEIR_ARGUMENT",
    `A function that names files returned ${name}, not a path.`,
  );
}

/** The events that are left of each name, in the order in which they came. */
function inOrder(
  events: readonly SensorEvent[],
  names: readonly string[],
  left: ReadonlyMap<string, readonly SensorEvent[]>,
): SensorEvent[] {
  const all = new Map<string, number>();
  for (const name of names) all.set(name, (all.get(name) ?? 0) + 1);
  return events.filter((_, index) => {
    const name = names[index];
    const behind = all.get(name)!;
    all.set(name, behind - 1);
    return behind <= (left.get(name)?.length ?? 0);
  });
}
