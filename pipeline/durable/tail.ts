import { Buffer } from "node:buffer";
import {
  type AppendOptions,
  openAppendFile,
} from "../recording/append_file.ts";

/**
 * A file that is only added to, by somebody who has logged first what is added:
 * whatever fails can be done again.
 */
export interface Tail {
  /** Its path; another one once something else was saved there. */
  readonly path: string;
  /** Its size at the last checkpoint. */
  readonly base: number;
  /** Its size when all that was added is written. */
  readonly end: number;
  /** Takes bytes that are to be written at its end. */
  add(bytes: Uint8Array): void;
  /**
   * Writes what was added. If that throws, it can be tried again: the same
   * bytes then go to the same place. Says whether the file was changed by
   * somebody else, so that `base` is another.
   */
  write(): Promise<boolean>;
  /** Puts what was written on the disk itself. It can be tried again. */
  sync(): Promise<void>;
  /** What was synced need not be kept any longer. */
  checkpoint(): void;
  /** Closes the file. */
  close(): void;
}

/**
 * Opens a file to be added to.
 *
 * @throws {WeirError} if that fails.
 */
export async function openTail(
  path: string,
  options: Omit<AppendOptions, "keep" | "overwrite">,
): Promise<Tail> {
  const file = await openAppendFile(path, { ...options, keep: true });
  /** What was added and is not written yet. */
  let unwritten: Uint8Array[] = [];
  return {
    get path() {
      return file.path;
    },
    get base() {
      return file.base;
    },
    get end() {
      return unwritten.reduce((sum, { length }) => sum + length, file.size);
    },
    add(bytes) {
      unwritten.push(bytes);
    },
    async write() {
      const bytes = Buffer.concat(unwritten);
      const changed = !await file.isAsLeft();
      if (changed) await file.goOn(bytes);
      else await file.write(bytes);
      unwritten = [];
      return changed;
    },
    sync: file.sync,
    checkpoint: file.checkpoint,
    close: file.close,
  };
}
