import { Buffer } from "node:buffer";
import { dirname, join } from "node:path";
import type { SensorEvent } from "../event.ts";
import {
  formatOfFile,
  isRecording,
  openAtEnd,
} from "../recording/open_at_end.ts";
import type { RowFormat } from "../recording/row_format.ts";
import {
  type ClosedFile,
  createClosedFiles,
} from "../recording/rotation/closed_files.ts";
import { createFileCount } from "../recording/rotation/count_files.ts";
import { fitRows } from "../recording/rotation/fit_rows.ts";
import { makeFolder } from "../recording/rotation/make_folder.ts";
import { groupByName } from "../recording/rotation/group_by_name.ts";
import { createNumberedFiles } from "../recording/rotation/numbered_files.ts";
import type { PathOf, RotationOptions } from "../recording/rotation/path_of.ts";
import {
  GRACE,
  latestOf,
  MAX_OPEN,
} from "../recording/rotation/rotation_bounds.ts";
import { syncFolder } from "../recording/sync_folder.ts";
import { completeFile } from "./complete_file.ts";
import { foldersOf, nameIn, type Place, toPart } from "./ledger_part.ts";
import type { Placed, RowFiles } from "./row_files.ts";
import { openTail, type Tail } from "./tail.ts";

/** Options of {@linkcode createRotatingFiles}. */
interface RotatingFilesOptions extends RotationOptions {
  pathOf?: PathOf;
  log: (text: string) => void;
}

interface File extends ClosedFile {
  /** Whether there was no room for an event. */
  full: boolean;
}

interface Open extends File {
  tail: Tail;
  format: RowFormat;
}

/** What is logged, until it is written. */
interface Unwritten extends Place {
  name: string;
  last: SensorEvent;
  /** Its file, once the rows are added to it. */
  added?: Open;
}

/**
 * The rows of a durable recording in several files, as `openRotating()` has them.
 * Each entry of the ledger says how much of it belongs into which file, and
 * where. A file is compressed when the ledger holds nothing of it any longer.
 */
export async function createRotatingFiles(
  path: string,
  formatOf: (path: string) => RowFormat,
  options: RotatingFilesOptions,
): Promise<RowFiles> {
  const { pathOf = () => path, maxSize = Infinity, gzip, log } = options;
  const folder = dirname(path);
  await makeFolder(path);
  const encoder = new TextEncoder();
  const busy = new Set<string>();
  const { separator } = options.pathOf ?? {};
  const numbers = createNumberedFiles(separator, options, formatOf, busy);
  const closed = gzip
    ? createClosedFiles(pathOf, { numbers, busy, log })
    : undefined;
  /** By their paths; the one used least recently first. */
  const open = new Map<string, Open>();
  /** Files that were closed, and that the ledger may hold rows of. */
  const justClosed = new Map<string, File>();
  /** The folders of new files, to be synced. */
  const folders = new Set<string>();
  /** What the messages under way have become so far, by the names of its files. */
  let pending = new Map<string, SensorEvent[]>();
  let unwritten: Unwritten[] = [];
  let unsynced = 0;
  /** Whether somebody changed a file since the last checkpoint. */
  let changed = false;
  let written = { path: "", bytes: 0 };
  const countFile = createFileCount();
  let latest = -Infinity;
  /** What recordings before have left uncompressed. */
  let left: string[] = [];

  const isOver = (name: string, last: SensorEvent) =>
    pathOf(latest, last) !== name;

  /** A header without rows is not synced: the ledger has it with the first ones. */
  const hasRows = ({ tail, format }: Open) => tail.end > format.header.length;
  const syncRows = async (file: Open) => {
    if (hasRows(file) && file.tail.end > file.tail.base) await file.tail.sync();
  };
  const retire = async (path: string, file: Open) => {
    await syncRows(file);
    file.tail.close();
    open.delete(path);
    const { name, last, late, full } = file;
    justClosed.set(path, { name, last, late, full });
  };
  const openAt = async (path: string, name: string, last: SensorEvent) => {
    for (const [other, used] of open) {
      if (isOver(used.name, used.last) || used.full || open.size >= MAX_OPEN) {
        await retire(other, used);
      }
    }
    await makeFolder(path);
    const format = await formatOfFile(path, formatOf(path), () => {});
    const tail = await openTail(path, {
      log,
      header: format.header,
      open: (path) => openAtEnd(path, format, { log }),
      isOfKind: (path) => isRecording(path, format),
    });
    const recent = justClosed.get(path);
    justClosed.delete(path);
    const { late = isOver(name, last) } = recent ?? closed?.reopened(path) ??
      {};
    const { full = false } = recent ?? {};
    const file = { name, last, late, full, tail, format };
    open.set(path, file);
    return file;
  };
  const use = async (path: string, name: string, last: SensorEvent) => {
    const file = open.get(path) ?? await openAt(path, name, last);
    open.delete(path);
    open.set(path, file);
    return file;
  };
  const write = async (path: string, file: Open) => {
    if (await file.tail.write()) changed = true;
    if (file.tail.path !== path) {
      numbers.moved(file.name, file.tail.path);
      open.delete(path);
      open.set(file.tail.path, file);
    }
  };
  /** Finds the places of a name's events. */
  const place = async (
    name: string,
    events: readonly SensorEvent[],
    places: Unwritten[],
  ) => {
    while (events.length > 0) {
      const last = events.at(-1)!;
      const chosen = await numbers.pathOf(name);
      const file = await use(chosen, name, last);
      await write(chosen, file);
      const { tail: { path, end }, format } = file;
      const { header } = format;
      let count = events.length;
      if (maxSize < Infinity) {
        count = fitRows(events, format, maxSize - end);
        // A row that is larger than a file may be has one of its own.
        if (count === 0 && end <= header.length) count = 1;
      }
      if (count > 0) {
        const bytes = encoder.encode(format.rows(events.slice(0, count)));
        places.push({ name, path, last, bytes, offset: end, header });
      }
      if (count < events.length) {
        await numbers.next(name);
        file.full = true;
      }
      events = events.slice(count);
    }
  };
  const findLeft = async () => {
    if (!gzip) return;
    left = options.pathOf
      ? await options.pathOf.findLeft?.() ?? []
      : await numbers.before(path);
    // No row goes to them from now on.
    for (const path of left) busy.add(path);
  };
  const compressClosed = (path: string, { full, ...file }: File) => {
    if (full) closed?.compress(path);
    else closed?.add(path, file);
  };
  return {
    add(events) {
      for (const [name, group] of groupByName(pathOf, events)) {
        pending.set(name, [...pending.get(name) ?? [], ...group]);
      }
    },
    async open(logged) {
      if (open.size > 0) return;
      for (const file of logged) {
        const path = join(folder, file.name);
        await makeFolder(path);
        await completeFile(file, folder, log);
        if (file.offset > 0) continue;
        for (const made of foldersOf(path, folder)) {
          await syncFolder(join(made, "x"));
        }
      }
      if (options.pathOf) return await findLeft();
      const { tail } = await use(await numbers.pathOf(path), path, NEVER);
      written = { path: tail.path, bytes: tail.end };
      await findLeft();
    },
    async place(): Promise<Placed> {
      latest = latestOf([...pending.values()].flat(), latest);
      const places: Unwritten[] = [];
      let count = 0;
      for (const [name, events] of pending) {
        await place(name, events, places);
        count += events.length;
      }
      const rows: Uint8Array[] = [];
      const parts = places.map((place) => {
        const { part, logged } = toPart(place, folder);
        rows.push(...logged);
        if (part.offset > 0) return part;
        for (const made of foldersOf(place.path, folder)) folders.add(made);
        return part;
      });
      pending = new Map();
      unwritten = places;
      return { rows: Buffer.concat(rows), parts, count, changed };
    },
    logged({ rows }) {
      unsynced += rows.length;
    },
    async write() {
      while (unwritten.length > 0) {
        const [next] = unwritten;
        const { name, path, last, bytes, offset } = next;
        if (!next.added) {
          const file = await use(path, name, last);
          // It may have been closed, and changed, since it had this size.
          if (file.tail.end !== offset) changed = true;
          file.last = last;
          file.tail.add(bytes);
          next.added = file;
        }
        await write(path, next.added);
        const { tail } = next.added;
        written = { path: tail.path, bytes: tail.end };
        countFile(tail.path);
        unwritten.shift();
      }
      return changed;
    },
    async sync() {
      for (const [path, file] of open) {
        await write(path, file);
        await syncRows(file);
      }
      for (const made of folders) await syncFolder(join(made, "x"));
      await closed?.compressOver(latest - GRACE, false);
      const files = [...open.values()].map(({ tail }) => ({
        name: nameIn(folder, tail.path),
        offset: tail.end,
      }));
      return { files };
    },
    checkpoint() {
      unsynced = 0;
      changed = false;
      folders.clear();
      for (const file of open.values()) {
        if (hasRows(file)) file.tail.checkpoint();
      }
      // What is placed and not yet written may belong into a full one.
      const needed = new Set(unwritten.map(({ path }) => path));
      for (const [path, file] of justClosed) {
        if (needed.has(path)) continue;
        justClosed.delete(path);
        compressClosed(path, file);
      }
      for (const path of left) closed?.compress(path);
      left = [];
    },
    unsynced: () => unsynced,
    summary: () => ({ ...written, ...countFile() }),
    async close() {
      for (const [path, file] of open) {
        file.tail.close();
        // What is not synced is in the ledger, for the next start.
        const { tail: { end, base }, name, last, late, full } = file;
        if (end === base) compressClosed(path, { name, last, late, full });
      }
      open.clear();
      await closed?.compressOver(latest, true)
        .catch(({ message }) => log(message));
      await closed?.idle();
    },
  };
}

/** Stands for the last event of a file that has none yet. */
const NEVER: SensorEvent = { sensor_id: "", ts: 0, val: 0 };
