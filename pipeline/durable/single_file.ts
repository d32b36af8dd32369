import { Buffer } from "node:buffer";
import { basename, dirname } from "node:path";
import {
  formatOfFile,
  isRecording,
  openAtEnd,
} from "../recording/open_at_end.ts";
import type { RowFormat } from "../recording/row_format.ts";
import { completeFile } from "./complete_file.ts";
import type { RowFiles } from "./row_files.ts";
import { openTail, type Tail } from "./tail.ts";

/** The rows of a durable recording in one file. */
export async function createSingleFile(
  path: string,
  chosen: RowFormat,
  log: (text: string) => void,
): Promise<RowFiles> {
  const format = await formatOfFile(path, chosen, log);
  const encoder = new TextEncoder();
  /** What the messages under way have become so far. */
  let pending: Uint8Array[] = [];
  let count = 0;
  let csv: Tail;
  return {
    add(events) {
      pending.push(encoder.encode(format.rows(events)));
      count += events.length;
    },
    async open(logged) {
      // Once it is open it is locked, and complete.
      if (csv) return;
      for (const file of logged) {
        const mine = file.name === basename(path) ? format : undefined;
        await completeFile(file, dirname(path), log, mine);
      }
      csv = await openTail(path, {
        log,
        header: format.header,
        open: (path) => openAtEnd(path, format, { log }),
        isOfKind: (path) => isRecording(path, format),
      });
    },
    async place() {
      const changed = await csv.write();
      const placed = { rows: Buffer.concat(pending), count, changed };
      [pending, count] = [[], 0];
      return placed;
    },
    logged: ({ rows }) => csv.add(rows),
    write: () => csv.write(),
    async sync() {
      await csv.write();
      await csv.sync();
      return { csv: { name: basename(csv.path), offset: csv.end } };
    },
    checkpoint: () => csv.checkpoint(),
    unsynced: () => csv.end - csv.base,
    summary: () => ({
      path,
      ...csv.path === path ? {} : { movedTo: csv.path },
      bytes: csv.end,
    }),
    close: () => csv?.close(),
  };
}
