import { Buffer } from "node:buffer";
import { basename } from "node:path";
import type { Reject } from "../event.ts";
import { fileError } from "../recording/file_error.ts";
import {
  fitting,
  fullText,
  isNull,
  MAX_REJECTS,
  openRejectsAtEnd,
  rejectLine,
  rejectsPath,
} from "../recording/rejects_file.ts";
import type { Checkpoint } from "./ledger_entry.ts";
import { openTail, type Tail } from "./tail.ts";

/**
 * The file of a durable recording's rejects. They go through the ledger with the
 * rows, so that each is there once. If their file fails, they are counted, and
 * the rows go on.
 */
export interface DurableRejects {
  /** Adds rejects to what the messages under way have become. */
  add(rejects: readonly Reject[]): void;
  /**
   * Opens the file if it is needed, and is not open. Resolves with whether it was
   * opened now: the next checkpoint has to say so.
   */
  open(): Promise<boolean>;
  /** The lines of what was added, as far as the file takes them. */
  take(): Uint8Array;
  /** Writes lines that are in the ledger. Resolves with whether somebody changed the file. */
  write(lines: Uint8Array): Promise<boolean>;
  /** Writes what is left and puts it on the disk itself. Resolves with its size. */
  sync(): Promise<Checkpoint | undefined>;
  /** What was synced need not be kept any longer. */
  checkpoint(): void;
  /** How many bytes were written since the last checkpoint. */
  unsynced(): number;
  /** Rejects that are on the disk itself or counted, and those that are in no file. */
  counts(): { rejected: number; unkept: number };
  /** It could not be completed from the ledger. */
  lost(lines: Uint8Array, error: unknown): void;
  /** Closes the file. */
  close(): void;
}

/** After a failure it is tried again when so many milliseconds have passed. */
const PAUSE = 5000;

/** Makes the rejects of the recording at a path. Nothing is opened by that. */
export function createDurableRejects(
  recording: string,
  { maxRejects = MAX_REJECTS, log }: {
    maxRejects?: number;
    log: (text: string) => void;
  },
): DurableRejects {
  const path = rejectsPath(recording);
  const counts = { rejected: 0, unkept: 0 };
  let pending: string[] = [];
  let tail: Tail | undefined;
  /** How many lines of the tail are not written, and not synced. */
  let unwritten = 0;
  let unsynced = 0;
  let failing = false;
  let full = false;
  let retryAt = 0;

  const fail = (error: unknown, missing: number) => {
    counts.unkept += missing;
    tail?.close();
    tail = undefined;
    unwritten = unsynced = 0;
    retryAt = performance.now() + PAUSE;
    const { message } = fileError(path, error);
    if (!failing) log(`${message} The recording goes on without rejects.`);
    failing = true;
  };
  const writeTail = async () => {
    if (!tail) return false;
    try {
      const changed = await tail.write();
      if (changed) full = false;
      // To write nothing proves nothing.
      if (unwritten > 0) failing = false;
      unwritten = 0;
      return changed;
    } catch (error) {
      fail(error, unwritten);
      return true;
    }
  };
  return {
    add(rejects) {
      pending.push(...rejects.map(rejectLine));
    },
    async open() {
      if (tail || pending.length === 0 || performance.now() < retryAt) {
        return false;
      }
      if (await isNull(path)) return false;
      try {
        const open = () => openRejectsAtEnd(path);
        tail = await openTail(path, { open, header: "", log });
        full = false;
        return true;
      } catch (error) {
        fail(error, 0);
        return false;
      }
    },
    take() {
      const lines = pending;
      pending = [];
      counts.rejected += lines.length;
      if (lines.length === 0) return Buffer.alloc(0);
      if (!tail) {
        if (failing) counts.unkept += lines.length;
        return Buffer.alloc(0);
      }
      const { bytes, count } = fitting(lines, maxRejects - tail.end);
      if (count < lines.length && !full) log(fullText(path));
      full ||= count < lines.length;
      counts.unkept += lines.length - count;
      unwritten += count;
      unsynced += count;
      return Buffer.from(bytes);
    },
    async write(lines) {
      tail?.add(lines);
      return await writeTail();
    },
    async sync() {
      await writeTail();
      try {
        await tail?.sync();
      } catch (error) {
        fail(error, unsynced);
      }
      return tail && { name: basename(path), offset: tail.end };
    },
    checkpoint() {
      unsynced = 0;
      tail?.checkpoint();
    },
    unsynced: () => tail ? tail.end - tail.base : 0,
    counts: () => counts,
    lost(lines, error) {
      fail(error, lines.filter((byte) => byte === 0x0a).length);
    },
    close: () => tail?.close(),
  };
}
