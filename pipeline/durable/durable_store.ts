import { Buffer } from "node:buffer";
import { basename, dirname, join } from "node:path";
import type { DurableSession } from "../mqtt/session.ts";
import {
  formatOfFile,
  isRecording,
  openAtEnd,
} from "../recording/open_at_end.ts";
import type { Reject } from "../event.ts";
import { formatFor } from "../recording/formats/format_for.ts";
import type { RowFormat } from "../recording/row_format.ts";
import { type Failing, safeRows } from "../recording/retry.ts";
import { refuseIrregular } from "../recording/file_error.ts";
import { redo } from "../recording/redo.ts";
import type { LoggedFile } from "./ledger_state.ts";
import {
  type LoggedFiles,
  openSessionStore,
  type SessionCounts,
  type SessionOptions,
} from "./session_store.ts";
import { createDurableRejects } from "./durable_rejects.ts";
import { openTail, type Tail } from "./tail.ts";
import { say } from "../say.ts";

/** How a recording is made durable. */
export interface DurableOptions extends SessionOptions {
  /** The format of the rows. Default: by the ending of the file's name. */
  format?: RowFormat;
  /** How large the file of rejects may become, in bytes. Default: 100,000,000. */
  maxRejects?: number;
}

/** How far messages have come. */
export interface DurableCounts extends SessionCounts {
  /** Rows in the recording. */
  written: number;
  /** Rows that are on the disk itself, here or in the ledger. */
  safe: number;
  /** Messages that could not become events. */
  rejected: number;
  /** How many of those are in no file, since theirs is full or failed. */
  unkept: number;
}

/** The files of a durable recording: ledger, rows, rejects. */
export interface DurableStore {
  /** For `mqtt()`. */
  session: DurableSession;
  /** Adds rows to what the messages under way have become. */
  addRows(bytes: Uint8Array, rows: number): void;
  /** Adds rejects to what the messages under way have become. */
  addRejects(rejects: readonly Reject[]): void;
  /** How far messages have come. */
  counts(): DurableCounts;
  /** Why the disk cannot be written now, and when the next attempt is. */
  failing(): Failing | undefined;
  /** The size of the recording. */
  bytes(): number;
  /** The file in which it went on, if something else was saved at its path. */
  movedTo(): string | undefined;
  /** Closes the files, with a last checkpoint if the disk allows it. */
  close(): Promise<void>;
}

/** A checkpoint is made when the ledger holds so many bytes of rows. */
const CHECKPOINT_BYTES = 8 * 1_048_576;

const NOTHING = new Uint8Array();

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
  const counts = { written: 0, safe: 0 };
  /** What the messages under way have become so far. */
  let pending = nothing();
  const rejects = createDurableRejects(path, { ...options, log });
  let csv: Tail;

  const openRows = () =>
    openTail(path, {
      log,
      header: format.header,
      open: (path) => openAtEnd(path, format, { log }),
      isOfKind: (path) => isRecording(path, format),
    });
  /** Completes a file from the ledger. */
  const complete = async ({ name, offset, bytes }: LoggedFile) => {
    const file = join(folder, name);
    // Another file than this one is of the format that it says itself.
    const { header } = name === basename(path)
      ? format
      : await formatOfFile(file, formatFor(name), () => {});
    if (bytes.length > 0) await refuseIrregular(file, "write");
    const outcome = await redo(file, offset, bytes, header);
    if (outcome) log(`${file} was changed since. ${outcome}`);
  };
  const files: LoggedFiles = {
    async open(before) {
      // Once it is open it is locked, and complete.
      const [rows, lines] = csv ? [] : before.files;
      if (rows) await complete(rows);
      if (lines) {
        const failed = (error: unknown) => rejects.lost(lines.bytes, error);
        await complete(lines).catch(failed);
      }
      csv ??= await openRows();
    },
    async sync() {
      await csv.write();
      await csv.sync();
      const offset = csv.end;
      const rows = { name: basename(csv.path), offset };
      return { csv: rows, rejects: await rejects.sync() };
    },
    checkpoint() {
      csv.checkpoint();
      rejects.checkpoint();
    },
    close() {
      csv?.close();
      rejects.close();
    },
  };
  const commit = async (position: number) => {
    const { persist } = store;
    const batch = pending;
    pending = nothing();
    // Looked at first as well: the batch then goes where the next ones will.
    let changed = await persist(csv.write);
    if (await rejects.write(NOTHING)) changed = true;
    if (await rejects.open()) changed = true;
    if (changed) await persist(store.checkpoint);
    const rows = Buffer.concat(batch.rows);
    const lines = rejects.take();
    await store.append(position, rows, lines);
    csv.add(rows);
    counts.safe += batch.rowCount;
    changed = await persist(csv.write);
    if (await rejects.write(lines)) changed = true;
    counts.written += batch.rowCount;
    const kept = csv.end - csv.base + rejects.unsynced();
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
    addRejects: rejects.add,
    counts: () => ({ ...counts, ...rejects.counts(), ...store.counts }),
    failing: store.failing,
    bytes: () => csv.end,
    movedTo: () => csv.path === path ? undefined : csv.path,
    close: store.close,
  };
}

function nothing() {
  return { rows: [] as Uint8Array[], rowCount: 0 };
}
