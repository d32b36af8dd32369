import { dirname } from "node:path";
import type { DurableSession } from "../mqtt/session.ts";
import type { Reject, SensorEvent } from "../event.ts";
import { formatFor } from "../recording/formats/format_for.ts";
import type { RowFormat } from "../recording/row_format.ts";
import { type Failing, safeRows } from "../recording/retry.ts";
import type { PathOf, RotationOptions } from "../recording/rotation/path_of.ts";
import { rejectsPath } from "../recording/rejects_file.ts";
import { completeFile, withUnplaced } from "./complete_file.ts";
import type { LoggedFiles } from "./logged_files.ts";
import type { SessionCounts, SessionOptions } from "./session_options.ts";
import { openSessionStore } from "./session_store.ts";
import { createDurableRejects } from "./durable_rejects.ts";
import type { FilesSummary, RowFiles } from "./row_files.ts";
import { createSingleFile } from "./single_file.ts";
import { say } from "../say.ts";

/** How a recording is made durable. */
export interface DurableOptions extends SessionOptions, RotationOptions {
  /**
   * The format of the rows, or a function from a file's path to it. Default: by
   * the ending of the file's name.
   */
  format?: RowFormat | ((path: string) => RowFormat);
  /**
   * Names the file of each event, in the recording's folder or below. What stands
   * beside a recording is then named by the recording's own path. Default: one
   * file.
   */
  pathOf?: PathOf;
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
  /**
   * Adds events to what the messages under way have become.
   *
   * @throws {WeirError} `ERR_WEIR_EVENT`
   */
  addEvents(events: readonly SensorEvent[]): void;
  /** Adds rejects to what the messages under way have become. */
  addRejects(rejects: readonly Reject[]): void;
  /** How far messages have come. */
  counts(): DurableCounts;
  /** Why the disk cannot be written now, and when the next attempt is. */
  failing(): Failing | undefined;
  /** The files that were written. */
  summary(): FilesSummary;
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
  const { log = say } = options;
  const counts = { written: 0, safe: 0 };
  const rejects = createDurableRejects(path, { ...options, log });
  const rows = await createRowFiles(path, options, log);
  const files: LoggedFiles = {
    async open(before) {
      const { unplaced } = before;
      await rows.open(withUnplaced(before.files, path, unplaced?.rows));
      const known = before.rejects ? [before.rejects] : [];
      const of = rejectsPath(path);
      for (const lines of withUnplaced(known, of, unplaced?.rejects)) {
        await completeFile(lines, dirname(path), log)
          .catch((error) => rejects.lost(lines.bytes, error));
      }
    },
    async sync() {
      return { ...await rows.sync(), rejects: await rejects.sync() };
    },
    checkpoint() {
      rows.checkpoint();
      rejects.checkpoint();
    },
    close() {
      rejects.close();
      return rows.close();
    },
  };
  const commit = async (position: number) => {
    const { persist } = store;
    // Looked at first as well: the batch then goes where the next ones will.
    const placed = await persist(rows.place);
    let { changed } = placed;
    if (await rejects.write(NOTHING)) changed = true;
    if (await rejects.open()) changed = true;
    if (changed) await persist(store.checkpoint);
    const lines = rejects.take();
    await store.append(position, placed.rows, lines, position, placed.parts);
    rows.logged(placed);
    counts.safe += placed.count;
    changed = await persist(rows.write);
    if (await rejects.write(lines)) changed = true;
    counts.written += placed.count;
    const kept = rows.unsynced() + rejects.unsynced();
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
    addEvents: rows.add,
    addRejects: rejects.add,
    counts: () => ({ ...counts, ...rejects.counts(), ...store.counts }),
    failing: store.failing,
    summary: rows.summary,
    close: store.close,
  };
}

async function createRowFiles(
  path: string,
  options: DurableOptions,
  log: (text: string) => void,
): Promise<RowFiles> {
  const { format = formatFor, pathOf, maxSize, gzip = false } = options;
  const formatOf = typeof format === "function" ? format : () => format;
  if (!pathOf && maxSize === undefined && !gzip) {
    return await createSingleFile(path, formatOf(path), log);
  }
  const { createRotatingFiles } = await import("./rotating_files.ts");
  return await createRotatingFiles(path, formatOf, { ...options, log });
}
