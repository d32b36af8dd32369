import { Buffer } from "node:buffer";
import { fileError } from "./file_error.ts";
import { redo } from "./redo.ts";
import { createSyncedFile, type SyncedFile } from "./synced_file.ts";

/**
 * A file that is only appended to, and that somebody may change, delete or
 * replace at any time. What fails can be tried again.
 */
export interface AppendFile {
  /** Its path. */
  readonly path: string;
  /** Its size at the last checkpoint. */
  readonly base: number;
  /** Its size with all that was written. */
  readonly size: number;
  /** Whether it is as it was left. */
  isAsLeft(): Promise<boolean>;
  /**
   * Goes on at the end of the file that is there now. What was written since
   * the last checkpoint, and `more`, is in `FILE.recovered` if it is lost.
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
  open: (overwrite: boolean) => Promise<Deno.FsFile>;
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
  path: string,
  { open, header, overwrite = false, keep, log }: AppendOptions,
): Promise<AppendFile> {
  let file: SyncedFile | undefined;
  let ino: number | null;
  let base = 0;
  let size = 0;
  /** Up to here, at most, a write that failed has left something. */
  let torn = 0;
  /** What was written since the last checkpoint. */
  let kept: Uint8Array[] = [];

  const begin = async () => {
    const opened = await open(overwrite);
    file = createSyncedFile(path, opened);
    ({ ino } = await opened.stat());
    base = size = torn = await opened.seek(0, Deno.SeekMode.Current);
    // An empty file has got its header already.
    overwrite &&= size === 0;
    kept = [];
  };
  const isAsLeft = async () => {
    if (!file) return false;
    try {
      const found = await Deno.stat(path);
      return found.ino === ino &&
        (overwrite || found.size >= size && found.size <= torn);
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return false;
      throw error;
    }
  };
  const goOn = async (more: readonly Uint8Array[]) => {
    // Closed first: its own lock would be in the way.
    file?.close();
    file = undefined;
    const outcome = await redo(
      path,
      base,
      Buffer.concat([...kept, ...more]),
      header,
    );
    // What is there now is somebody's.
    overwrite = false;
    await begin();
    log(
      `${path} was deleted, replaced or edited while it was recorded to. ${
        outcome ? `${outcome} ` : ""
      }Going on at its end.`,
    );
  };
  const write = async (bytes: Uint8Array) => {
    // If it could not be opened again, the next `isAsLeft()` finds that.
    if (!file) throw new Error("it could not be opened again");
    if (overwrite) {
      await file.truncate(0);
      const head = new TextEncoder().encode(header);
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
    if (keep) kept.push(bytes);
  };
  const sync = async () => {
    if (!file) throw new Error("it could not be opened again");
    if (file.failed) {
      if (!keep) throw file.failed.error;
      if (!await isAsLeft()) await goOn([]);
      else {
        await file.renew();
        await file.write(Buffer.concat(kept), base);
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
    path,
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
      kept = [];
    },
    close() {
      file?.close();
      file = undefined;
    },
  };
}
