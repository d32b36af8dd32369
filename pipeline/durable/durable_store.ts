import { Buffer } from "node:buffer";
import { basename, dirname, join } from "node:path";
import type { DurableSession } from "../mqtt/session.ts";
import { openAtEnd } from "../recording/open_at_end.ts";
import { openRejectsAtEnd, rejectsPath } from "../recording/rejects_file.ts";
import { formatFor } from "../recording/formats/format_for.ts";
import type { RowFormat } from "../recording/row_format.ts";
import { type Failing, safeRows } from "../recording/retry.ts";
import { redo } from "../recording/redo.ts";
import {
  type LoggedFiles,
  openSessionStore,
  type SessionCounts,
  type SessionOptions,
} from "./session_store.ts";
import { openTail, type Tail } from "./tail.ts";
import { say } from "../say.ts";

/** How a recording is made durable. */
export interface DurableOptions extends SessionOptions {
  /** The format of the rows. Default: by the ending of the file's name. */
  format?: RowFormat;
}

/** How far messages have come. */
export interface DurableCounts extends SessionCounts {
  /** Rows in the recording. */
  written: number;
  /** Rows that are on the disk itself, here or in the ledger. */
  safe: number;
  /** Rejects that are on the disk itself. */
  rejected: number;
}

/** The files of a durable recording: ledger, rows, rejects. */
export interface DurableStore {
  /** For `mqtt()`. */
  session: DurableSession;
  /** Adds rows to what the messages under way have become. */
  addRows(bytes: Uint8Array, rows: number): void;
  /** Adds rejects to what the messages under way have become. */
  addRejects(bytes: Uint8Array, rejects: number): void;
  /** How far messages have come. */
  counts(): DurableCounts;
  /** Why the disk cannot be written now, and when the next attempt is. */
  failing(): Failing | undefined;
  /** The size of the recording. */
  bytes(): number;
  /** Closes the files, with a last checkpoint if the disk allows it. */
  close(): Promise<void>;
}

/** A checkpoint is made when the ledger holds so many bytes of rows. */
const CHECKPOINT_BYTES = 8 * 1_048_576;

/**
 * Opens the files of a durable recording, and completes them from the ledger.
 *
 * @throws {WeirError} if a file cannot be opened.
 */
export async function openDurableStore(
  path: string,
  options: DurableOptions,
): Promise<DurableStore> {
  const { log = say, format = formatFor(path) } = options;
  const folder = dirname(path);
  const rejectsFile = rejectsPath(path);
  const counts = { written: 0, safe: 0, rejected: 0 };
  /** What the messages under way have become so far. */
  let pending = nothing();
  let rejects: Tail | undefined;
  let csv: Tail;

  const openRows = () =>
    openTail(path, {
      log,
      header: format.header,
      open: () => openAtEnd(path, format, { log }),
    });
  const openRejects = () =>
    openTail(rejectsFile, {
      log,
      header: "",
      open: () => openRejectsAtEnd(rejectsFile),
    });
  const files: LoggedFiles = {
    async open(before) {
      // Once it is open it is locked, and complete.
      for (const { name, offset, bytes } of csv ? [] : before.files) {
        // Another file than this one is of the format that its name says.
        const { header } = name === basename(path) ? format : formatFor(name);
        const file = join(folder, name);
        const outcome = await redo(file, offset, bytes, header);
        if (outcome) log(`${file} was changed since. ${outcome}`);
      }
      csv ??= await openRows();
      if (await exists(rejectsFile)) rejects ??= await openRejects();
    },
    async sync() {
      for (const tail of [csv, rejects]) {
        await tail?.write();
        await tail?.sync();
      }
      return { csv: sizeOf(csv), rejects: rejects && sizeOf(rejects) };
    },
    checkpoint() {
      csv.checkpoint();
      rejects?.checkpoint();
    },
    close() {
      csv?.close();
      rejects?.close();
    },
  };
  /** Says whether somebody else has changed one of them. */
  const writeTails = async () =>
    [await csv.write(), await rejects?.write()].includes(true);

  const commit = async (position: number) => {
    const { persist } = store;
    const batch = pending;
    pending = nothing();
    // Looked at first as well: the batch then goes where the next ones will.
    if (await persist(writeTails)) await persist(store.checkpoint);
    if (batch.rejects.length > 0 && !rejects) {
      await persist(async () => {
        rejects ??= await openRejects();
        await store.checkpoint();
      });
    }
    const [rows, lines] = [batch.rows, batch.rejects].map((parts) =>
      Buffer.concat(parts)
    );
    await store.append(position, rows, lines);
    csv.add(rows);
    rejects?.add(lines);
    counts.safe += batch.rowCount;
    counts.rejected += batch.rejectCount;
    const changed = await persist(writeTails);
    counts.written += batch.rowCount;
    const kept = [csv, rejects].reduce(
      (sum, tail) => sum + (tail ? tail.end - tail.base : 0),
      0,
    );
    await store.checkpointSoon(changed || kept > CHECKPOINT_BYTES);
  };
  const store = await openSessionStore(
    path,
    {
      ...options,
      safe: () => safeRows(path, counts.safe),
    },
    (position) => store.inTurn(() => commit(position)),
    files,
  );
  return {
    session: store.session,
    addRows(bytes, rows) {
      pending.rows.push(bytes);
      pending.rowCount += rows;
    },
    addRejects(bytes, count) {
      pending.rejects.push(bytes);
      pending.rejectCount += count;
    },
    counts: () => ({ ...counts, ...store.counts }),
    failing: store.failing,
    bytes: () => csv.end,
    close: store.close,
  };
}

function sizeOf(tail: Tail) {
  return { name: basename(tail.path), offset: tail.end };
}

function nothing() {
  return {
    rows: [] as Uint8Array[],
    rowCount: 0,
    rejects: [] as Uint8Array[],
    rejectCount: 0,
  };
}

async function exists(path: string): Promise<boolean> {
  try {
    await Deno.stat(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
