import { writeAll } from "../write_all.ts";
import { fileError } from "../recording/file_error.ts";
import { concat } from "./ledger_state.ts";
import { redo } from "./redo.ts";

/**
 * A file that is only added to, by somebody who has logged first what is added:
 * whatever fails can be done again.
 */
export interface Tail {
  /** Its path. */
  readonly path: string;
  /** Its size at the last checkpoint. */
  readonly base: number;
  /** Its size when all that was added is written. */
  readonly end: number;
  /** Takes bytes that are to be written at its end. */
  add(bytes: Uint8Array): void;
  /**
   * Writes what was added. Where that throws it can be tried again: the same
   * bytes then go to the same place. Says whether the file was changed by
   * somebody else, so that `base` is another.
   */
  write(): Promise<boolean>;
  /** Puts what was written on the disk itself; can be tried again, too. */
  sync(): Promise<void>;
  /** What was synced need not be kept any longer. */
  checkpoint(): void;
  /** Closes the file. */
  close(): void;
}

/** How a tail's file is opened. */
export interface TailOptions {
  /** Opens it for reading and writing, positioned at its end. */
  open: (path: string) => Promise<Deno.FsFile>;
  /** What a file of its kind begins with. */
  header: string;
  /** Takes what a person should know. */
  log: (text: string) => void;
}

/**
 * Opens a file to be added to.
 *
 * @throws {WeirError} where that fails.
 */
export async function openTail(
  path: string,
  { open, header, log }: TailOptions,
): Promise<Tail> {
  // The first holds the lock; the second takes its place where a sync failed.
  let file: Deno.FsFile | undefined;
  let output: Deno.FsFile;
  let ino: number | null;
  let base: number;
  let end: number;
  let written: number;
  /** Up to here, at most, a write that failed has left something. */
  let torn = 0;
  let suspect = false;
  /** What was added since the last checkpoint, and what of it is not written. */
  let added: Uint8Array[] = [];
  let unwritten: Uint8Array[] = [];

  const begin = async () => {
    file = output = await open(path);
    ({ ino, size: base } = await file.stat());
    end = written = base;
    added = [];
    unwritten = [];
    torn = 0;
    suspect = false;
  };
  const close = () => {
    if (file && output !== file) output.close();
    file?.close();
    file = undefined;
  };
  const reopen = async () => {
    const fresh = await Deno.open(path, { write: true });
    if (output !== file) output.close();
    output = fresh;
  };
  const isAsLeft = async () => {
    if (!file) return false;
    try {
      const found = await Deno.stat(path);
      return found.ino === ino && found.size >= written &&
        found.size <= Math.max(written, torn);
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return false;
      throw error;
    }
  };
  /** Somebody else has changed the file: what may be lost by it is kept. */
  const adopt = async () => {
    // Closed first: its own lock would be in the way.
    close();
    const outcome = await redo(path, base, concat(added), header);
    await begin();
    log(
      `${path} was changed while it was recorded to. ${
        outcome ?? "No row is lost by that."
      } Going on at its end.`,
    );
  };
  const write = async () => {
    if (!await isAsLeft()) {
      await adopt();
      return true;
    }
    const bytes = concat(unwritten);
    torn = written + bytes.length;
    await output.seek(written, Deno.SeekMode.Start);
    await writeAll(output, bytes);
    written = torn;
    unwritten = [];
    return false;
  };
  const said = async <T>(what: () => Promise<T>): Promise<T> => {
    try {
      return await what();
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
    get end() {
      return end;
    },
    add(bytes) {
      added.push(bytes);
      unwritten.push(bytes);
      end += bytes.length;
    },
    write: () => said(write),
    sync: () =>
      said(async () => {
        // After a failed sync the kernel may hold for written what is not.
        if (suspect) {
          await reopen();
          unwritten = [...added];
          torn = written;
          written = base;
          await write();
        }
        suspect = true;
        await output.syncData();
        suspect = false;
      }),
    checkpoint() {
      base = written;
      added = [];
    },
    close,
  };
}
