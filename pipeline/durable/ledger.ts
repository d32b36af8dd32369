import { writeAll } from "../write_all.ts";
import { WeirError } from "../error.ts";
import { fileError } from "../recording/file_error.ts";
import { type Entry, readEntry, writeEntry } from "./ledger_entry.ts";
import { openLocked } from "../recording/open_locked.ts";
import { createSyncedFile } from "../recording/synced_file.ts";
import { readAt } from "../recording/read_at.ts";
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
  /** Closes it, and with that lets go of its lock. */
  close(): void;
}

/**
 * Opens a ledger and locks it against another process; the lock goes with the
 * process, however that ends. Resolves also with what is in it, up to the first
 * entry that is not whole: a crash may have torn the last.
 *
 * @throws {WeirError} if it cannot be opened, is in use, or is damaged.
 */
export async function openLedger(
  path: string,
): Promise<{ ledger: Ledger; entries: Entry[] }> {
  const file = await openLocked(
    path,
    0o600,
    `${path} is in use by another weir. Stop that one first.`,
    "durable-id",
  );
  let output = createSyncedFile(path, file);
  let entries: Entry[];
  let end = 0;
  try {
    const { size } = await file.stat();
    ({ entries, end } = readEntries(await readAt(file, 0, size), path));
  } catch (error) {
    output.close();
    throw fileError(path, error);
  }
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
    close,
  };
  return { ledger, entries };
}

/**
 * Reads a ledger that may be in use.
 *
 * @throws {WeirError} if it is damaged.
 */
export async function readLedger(path: string): Promise<Entry[]> {
  return readEntries(await Deno.readFile(path), path).entries;
}

function readEntries(
  bytes: Uint8Array,
  path: string,
): { entries: Entry[]; end: number } {
  const entries: Entry[] = [];
  let end = 0;
  for (let found; (found = readEntry(bytes, end)); end = found.end) {
    entries.push(found.entry);
  }
  if (bytes.length > 0 && entries.length === 0) {
    throw new WeirError(
      "ERR_WEIR_LEDGER",
      `${path} is damaged, or is no ledger of weir. Move it away to start again: messages that the broker sends again may then be recorded twice.`,
    );
  }
  return { entries, end };
}
