import { Buffer } from "node:buffer";
import type { Reject } from "../event.ts";
import type { Sink } from "../flow.ts";
import { writeAll } from "../write_all.ts";
import { createBacklog } from "./backlog.ts";
import { type AppendFile, openAppendFile } from "./append_file.ts";
import { say } from "../say.ts";

/** The name of the file that keeps the rejects of a recording. */
export function rejectsPath(path: string): string {
  return `${path}.rejects.jsonl`;
}

/** A file that rejects are appended to. */
export interface RejectsFile {
  /** Writes rejects as lines, all of them or, if that fails, none. */
  write(rejects: readonly Reject[]): Promise<void>;
  /** Puts what was written on the disk itself, and closes the file. */
  close(): Promise<void>;
}

/**
 * Appends rejects to a file, one JSON object a line: `time` (Unix seconds),
 * `topic`, `reason`, and `payload` in base64. The file is made at the first
 * reject, readable for its owner only, since a stray payload may hold anything.
 *
 * @throws {WeirError} if the file cannot be written.
 *
 * @example
 * ```ts
 * import { rejectsFile } from "../mod.ts";
 *
 * const path = `${await Deno.makeTempDir()}/test.csv.rejects.jsonl`;
 * async function* source() {
 *   const payload = new TextEncoder().encode("?");
 *   yield [{ time: 1484535480.613, topic: "sensor-data", reason: "not JSON", payload }];
 * }
 * await rejectsFile(path)(source());
 * const { payload } = JSON.parse(await Deno.readTextFile(path));
 * if (payload !== "Pw==") throw payload;
 * ```
 */
export function rejectsFile(path: string): Sink<Reject> {
  return async (flow) => {
    const file = openRejects(path);
    try {
      for await (const batch of flow) await file.write(batch);
    } finally {
      await file.close();
    }
  };
}

/** The same file for somebody who writes to it now and then. */
export function openRejects(
  path: string,
  log: (text: string) => void = say,
): RejectsFile {
  const encoder = new TextEncoder();
  let file: AppendFile | undefined;
  return {
    async write(rejects) {
      const open = () => openRejectsAtEnd(path);
      file ??= await openAppendFile(path, {
        open,
        header: "",
        keep: false,
        log,
      });
      await file.append(encoder.encode(rejects.map(rejectLine).join("")));
    },
    async close() {
      try {
        await file?.sync();
      } finally {
        file?.close();
        file = undefined;
      }
    },
  };
}

/** Rejects that wait, within bounds, if their file cannot be written. */
export interface WaitingRejects {
  /** Adds rejects. Returns how many there was no room for. */
  add(rejects: readonly Reject[]): number;
  /** Writes them beside a recording. If that fails, they wait; it is logged once. */
  write(recording: string): Promise<void>;
  /** Closes the file. */
  close(): Promise<void>;
  /** Gives up what waits. Returns how many that were. */
  clear(): number;
}

/** How many bytes of rejects may wait. */
const MAX_WAITING = 16 * 1_048_576;

/** Makes room for so many rejects to wait. */
export function createWaitingRejects(
  maxItems: number,
  log: (text: string) => void,
): WaitingRejects {
  const waiting = createBacklog<Reject>(
    maxItems,
    MAX_WAITING,
    ({ topic, payload }) => topic.length + payload.length,
  );
  let file: { recording: string; rejects: RejectsFile } | undefined;
  let failing = false;
  const close = async () => {
    const closing = file;
    file = undefined;
    await closing?.rejects.close().catch(({ message }) => log(message));
  };
  return {
    add: waiting.add,
    async write(recording) {
      if (waiting.items().length === 0) return;
      if (file?.recording !== recording) {
        await close();
        file = { recording, rejects: openRejects(rejectsPath(recording), log) };
      }
      try {
        await file.rejects.write(waiting.items());
        waiting.keep([]);
        failing = false;
      } catch (error) {
        if (!failing) log((error as Error).message);
        failing = true;
      }
    },
    close,
    clear() {
      const { length } = waiting.items();
      waiting.keep([]);
      return length;
    },
  };
}

/** A reject as a line of the file. */
export function rejectLine({ time, topic, reason, payload }: Reject): string {
  const base64 = Buffer.from(payload).toString("base64");
  return JSON.stringify({ time, topic, reason, payload: base64 }) + "\n";
}

/**
 * Opens a file of rejects at its end, or makes it. A line that a crash left torn
 * is ended, so that the next one is whole.
 */
export async function openRejectsAtEnd(path: string): Promise<Deno.FsFile> {
  const file = await Deno.open(path, {
    read: true,
    write: true,
    create: true,
    mode: 0o600,
  });
  const size = await file.seek(0, Deno.SeekMode.End);
  if (size > 0) {
    const last = new Uint8Array(1);
    await file.seek(-1, Deno.SeekMode.End);
    await file.read(last);
    if (last[0] !== 0x0a) await writeAll(file, new Uint8Array([0x0a]));
  }
  return file;
}
