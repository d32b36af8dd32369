import { basename } from "node:path";
import { writeAll } from "../write_all.ts";
import { fileError } from "../recording/file_error.ts";
import { type Entry, writeEntry } from "./ledger_entry.ts";
import { type LedgerContents, readEntries } from "./read_ledger.ts";
import { openLocked } from "../recording/open_locked.ts";
import { createSyncedFile } from "../recording/synced_file.ts";
import { readAt } from "../recording/read_at.ts";
import { freePath } from "../recording/free_path.ts";
import { syncFolder } from "../recording/sync_folder.ts";

/** A file of entries, each on disk before anything is done about it. */
export interface Ledger {
  /**
   * Puts an entry at the end, synced. If that throws, it can be tried again:
   * the same entry then goes to the same place.
   */
  append(entry: Entry): Promise<void>;
  /** Puts one entry in place of all, synced: either the old are there or it. */
  replace(entry: Entry): Promise<void>;
  /** Copies it beside itself, synced, and resolves with the name of the copy. */
  keep(): Promise<string>;
  /** Closes it, and with that lets go of its lock. */
  close(): void;
}

/**
 * Opens a ledger and locks it against another process; the lock goes with the
 * process, however that ends. Resolves also with what is in it.
 *
 * `find` is asked, once it is locked, for another one that is to be renamed to it;
 * a crash leaves the one or the other.
 *
 * @throws {WeirError} if it cannot be opened, or is in use.
 */
export async function openLedger(
  path: string,
  find?: (isNew: boolean) => Promise<string | undefined>,
): Promise<{ ledger: Ledger; contents: LedgerContents }> {
  const lock = (path: string) =>
    openLocked(
      path,
      0o600,
      `${path} is in use by another weir. Stop that one first.`,
      "durable-id",
    );
  let file = await lock(path);
  let contents: LedgerContents;
  try {
    const other = await find?.((await file.stat()).size === 0);
    if (other !== undefined) {
      const found = await lock(other);
      file.close();
      file = found;
      await Deno.rename(other, path);
      await syncFolder(path);
    }
    const { size } = await file.stat();
    contents = readEntries(await readAt(file, 0, size));
  } catch (error) {
    file.close();
    throw fileError(path, error);
  }
  let output = createSyncedFile(path, file);
  let { end } = contents;
  /** A rename that is not on disk could bring the old ledger back. */
  let renamed = false;
  /** What is to take the ledger's place, until it is known whether it did. */
  let next: { file: Deno.FsFile; end: number } | undefined;

  const close = () => {
    next?.file.close();
    output.close();
  };
  const said = async (what: () => Promise<void>) => {
    try {
      await what();
    } catch (error) {
      throw fileError(path, error);
    }
  };
  /** Goes on in the file that is there now: a rename may fail and be done. */
  const settle = async () => {
    if (!next) return;
    const fresh = next;
    const [{ ino }, there] = await Promise.all([
      fresh.file.stat(),
      Deno.stat(path),
    ]);
    next = undefined;
    if (ino !== there.ino) return fresh.file.close();
    close();
    output = createSyncedFile(path, fresh.file);
    end = fresh.end;
    renamed = true;
  };
  const syncRename = async () => {
    await settle();
    if (renamed) await syncFolder(path);
    renamed = false;
  };
  const ledger: Ledger = {
    append: (entry) =>
      said(async () => {
        await syncRename();
        if (output.failed) await output.renew();
        const bytes = writeEntry(entry);
        await output.write(bytes, end);
        await output.sync();
        end += bytes.length;
      }),
    replace: (entry) =>
      said(async () => {
        await settle();
        const bytes = writeEntry(entry);
        const fresh = await Deno.open(`${path}.new`, {
          read: true,
          write: true,
          create: true,
          truncate: true,
          mode: 0o600,
        });
        try {
          await fresh.tryLock(true);
          await writeAll(fresh, bytes);
          await fresh.sync();
        } catch (error) {
          fresh.close();
          throw error;
        }
        next = { file: fresh, end: bytes.length };
        try {
          await Deno.rename(`${path}.new`, path);
        } finally {
          await settle();
        }
        await syncRename();
      }),
    async keep() {
      let copy = `${path}.damaged`;
      await said(async () => {
        const bytes = await Deno.readFile(path);
        if (await Deno.stat(copy).catch(() => {})) copy = await freePath(copy);
        using file = await Deno.open(copy, {
          write: true,
          createNew: true,
          mode: 0o600,
        });
        await writeAll(file, bytes);
        await file.sync();
      });
      return basename(copy);
    },
    close,
  };
  return { ledger, contents };
}

/** Reads a ledger that may be in use. */
export async function readLedger(path: string): Promise<LedgerContents> {
  return readEntries(await Deno.readFile(path));
}
