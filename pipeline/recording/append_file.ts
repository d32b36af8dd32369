import { Buffer } from "node:buffer";
import { createByteStore } from "./byte_store.ts";
import { fileError } from "./file_error.ts";
import { freePath } from "./free_path.ts";
import { readAt } from "./read_at.ts";
import { redo } from "./redo.ts";
import { createSyncedFile, type SyncedFile } from "./synced_file.ts";

/**
 * A file that is only appended to, and that somebody may change, delete or
 * replace at any time. What fails can be tried again.
 */
export interface AppendFile {
  /** Its path; another one once something else was saved there. */
  readonly path: string;
  /** Its size at the last checkpoint. */
  readonly base: number;
  /** Its size with all that was written. */
  readonly size: number;
  /** Whether it is as it was left. */
  isAsLeft(): Promise<boolean>;
  /**
   * Goes on at the end of the file that is there now, or in another one if that
   * is of another format. What was written since the last checkpoint is in
   * `FILE.recovered` if it is lost; so is `more`, unless it is in the other one.
   */
  goOn(more?: Uint8Array): Promise<void>;
  /**
   * Writes bytes at its end. If that throws, a part of them may be there; the
   * next write goes to the same place.
   */
  write(bytes: Uint8Array): Promise<void>;
  /** `write()` and if need be `goOn()`: all of the bytes, or none. */
  append(bytes: Uint8Array): Promise<void>;
  /** Puts what was written on the disk itself. */
  sync(): Promise<void>;
  /** What was synced need not be kept any longer. */
  checkpoint(): void;
  /** Closes it. It is not synced by that. */
  close(): void;
}

/** How an {@linkcode AppendFile} is opened. */
export interface AppendOptions {
  /**
   * Opens it for reading and writing, positioned at its end; or, to
   * `overwrite` it, at its beginning.
   */
  open: (path: string, overwrite: boolean) => Promise<Deno.FsFile>;
  /**
   * Whether a file is one of its kind; undefined if there is none. Default: what
   * is there always is.
   */
  isOfKind?: (path: string) => Promise<boolean | undefined>;
  /** What a file of its kind begins with. */
  header: string;
  /** Whether the first write replaces what is there. */
  overwrite?: boolean;
  /**
   * Whether what was written is kept in memory until the next checkpoint, so
   * that neither a failed sync nor somebody's change loses it.
   */
  keep: boolean;
  /** Takes what a person should know. */
  log: (text: string) => void;
}

/**
 * Opens a file to append to.
 *
 * @throws {WeirError} if that fails. So do its methods.
 */
export async function openAppendFile(
  original: string,
  options: AppendOptions,
): Promise<AppendFile> {
  const { open, isOfKind, header, keep, log } = options;
  let { overwrite = false } = options;
  let path = original;
  let file: SyncedFile | undefined;
  let opened: Deno.FsFile;
  let ino: number | null;
  /** What it begins with. */
  let head: Uint8Array;
  let base = 0;
  let size = 0;
  /** Up to here, at most, a write that failed has left something. */
  let torn = 0;
  /** What was written since the last checkpoint. */
  const kept = createByteStore();
  /** Whether it was renamed, and the next one is not open yet. */
  let renamed = false;

  const begin = async () => {
    opened = await open(path, overwrite);
    file = createSyncedFile(path, opened);
    ({ ino } = await opened.stat());
    base = size = torn = await opened.seek(0, Deno.SeekMode.Current);
    head = await readAt(opened, 0, header.length);
    // An empty file has got its header already.
    overwrite &&= size === 0;
    kept.clear();
    if (keep && size === head.length) {
      // The header may be as new as the file, and is lost with a failed sync.
      kept.add(head);
      base = 0;
    }
  };
  const isAsLeft = async () => {
    if (!file) return false;
    try {
      const [found, start] = await Promise.all([
        Deno.stat(path),
        readAt(opened, 0, head.length),
      ]);
      if (found.ino !== ino) return false;
      if (overwrite) return true;
      // A spreadsheet may have saved other separators in as many bytes.
      return found.size >= size && found.size <= torn &&
        Buffer.compare(head, start) === 0;
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return false;
      throw error;
    }
  };
  /**
   * Whether it has another name now, and nothing but that has changed, as
   * logrotate leaves it. Then what was written is put on the disk itself.
   */
  const isRenamed = async () => {
    if (!file || file.failed || overwrite) return renamed;
    const { nlink, size: there } = await opened.stat();
    if (!nlink || there < size || there > torn) return false;
    try {
      const found = await Deno.stat(path);
      if (found.ino === ino || found.size > 0) return false;
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
    await file.truncate(size);
    await file.sync();
    return true;
  };
  const goOnAfterRename = async (more: readonly Uint8Array[]) => {
    kept.clear();
    file?.close();
    file = undefined;
    await begin();
    renamed = false;
    log(`${path} was renamed while it was recorded to. Going on in a new one.`);
    for (const part of more) await write(part);
  };
  const goOn = async (more: readonly Uint8Array[]) => {
    renamed = await isRenamed();
    if (renamed) return await goOnAfterRename(more);
    // Closed first: its own lock would be in the way.
    file?.close();
    file = undefined;
    const ours = await isOfKind?.(path) ?? true;
    const bytes = Buffer.concat([kept.bytes(), ...ours ? more : []]);
    const outcome = await redo(path, base, bytes, header);
    // What is there now is somebody's.
    overwrite = false;
    const before = path;
    try {
      if (!ours) path = await freePath(original);
      await begin();
    } catch (error) {
      path = before;
      throw error;
    }
    const what = ours
      ? "was deleted, replaced or edited"
      : header === ""
      ? "was saved in another format"
      : "was saved with another header";
    log(
      `${before} ${what} while it was recorded to. ${
        outcome ? `${outcome} ` : ""
      }Going on ${ours ? "at its end" : `in ${path}`}.`,
    );
    if (!ours) { for (const part of more) await write(part); }
  };
  const write = async (bytes: Uint8Array) => {
    // If it could not be opened again, the next `isAsLeft()` finds that.
    if (!file) throw new Error("it could not be opened again");
    if (overwrite) {
      await file.truncate(0);
      head = new TextEncoder().encode(header);
      await file.write(head, 0);
      base = size = torn = head.length;
      overwrite = false;
    }
    if (bytes.length === 0) return;
    const end = size + bytes.length;
    if (torn > end) await file.truncate(size);
    torn = end;
    await file.write(bytes, size);
    size = end;
    if (keep) kept.add(bytes);
  };
  const sync = async () => {
    if (!file) throw new Error("it could not be opened again");
    if (file.failed) {
      if (!keep) throw file.failed.error;
      if (!await isAsLeft()) await goOn([]);
      else {
        await file.renew();
        await file.write(kept.bytes(), base);
      }
    }
    await file.sync();
  };
  const said = async <T>(act: () => Promise<T>): Promise<T> => {
    try {
      return await act();
    } catch (error) {
      throw fileError(path, error);
    }
  };

  await said(begin);
  return {
    get path() {
      return path;
    },
    get base() {
      return base;
    },
    get size() {
      return size;
    },
    isAsLeft: () => said(isAsLeft),
    goOn: (more) => said(() => goOn(more ? [more] : [])),
    write: (bytes) => said(() => write(bytes)),
    append: (bytes) =>
      said(async () => {
        if (!await isAsLeft()) await goOn([]);
        try {
          await write(bytes);
        } catch (error) {
          // If this fails too, the next write begins with it.
          await file?.truncate(size).then(() => torn = size, () => {});
          throw error;
        }
      }),
    sync: () => said(sync),
    checkpoint() {
      base = size;
      kept.clear();
    },
    close() {
      file?.close();
      file = undefined;
    },
  };
}
