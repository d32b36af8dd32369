import { Buffer } from "node:buffer";
import { counted } from "../counted.ts";
import type { Reject } from "../event.ts";
import type { Sink } from "../flow.ts";
import { say } from "../say.ts";
import { writeAll } from "../write_all.ts";
import { fileError, refuseIrregular } from "./file_error.ts";

/** The name of the file that keeps the rejects of a recording. */
export function rejectsPath(path: string): string {
  return `${path}.rejects.jsonl`;
}

/** How large a file of rejects may become, in bytes. */
export const MAX_REJECTS = 100_000_000;

/** Options of {@linkcode rejectsFile}. */
export interface RejectsFileOptions {
  /** How large the file may become, in bytes. Default: 100,000,000. */
  maxBytes?: number;
  /** Takes what a person should know of it. Default: stderr. */
  log?: (text: string) => void;
}

/** A file that rejects are appended to. */
export interface RejectsFile {
  /**
   * Writes rejects as lines, all that there is room for or, if that fails, none.
   * Resolves with how many.
   */
  write(rejects: readonly Reject[]): Promise<number>;
  /** Puts what was written on the disk itself, and closes the file. */
  close(): Promise<void>;
}

/**
 * Appends rejects to a file, one JSON object a line: `time` (Unix seconds),
 * `topic`, `reason`, and `payload` in base64; if the payload is cut, also
 * `bytes`, its length, and `sha256` of all of it. The file is made at the first
 * reject, readable for its owner only, since a stray payload may hold anything.
 * If it is removed or renamed, it is made again. Once it is as large as it may
 * be, rejects go by, and their number is logged at the end.
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
export function rejectsFile(
  path: string,
  options: RejectsFileOptions = {},
): Sink<Reject> {
  const { log = say } = options;
  return async (flow) => {
    const file = openRejects(path, options);
    let left = 0;
    try {
      for await (const batch of flow) {
        left += batch.length - await file.write(batch);
      }
    } finally {
      await file.close();
      if (left > 0) {
        log(`${path} is full: ${counted(left, "reject")} not kept.`);
      }
    }
  };
}

/** The same file for somebody who writes to it now and then. */
export function openRejects(
  path: string,
  { maxBytes = MAX_REJECTS, log = say }: RejectsFileOptions = {},
): RejectsFile {
  const encoder = new TextEncoder();
  let file: Deno.FsFile | undefined;
  let ino: number | null = null;
  let full = false;

  /** Opens the file, again if another one or none is there now. */
  const open = async (): Promise<Deno.FsFile> => {
    if (file) {
      if (await inodeOf(path) === ino) return file;
      file.close();
      file = undefined;
      log(`${path} was deleted or replaced. Going on in a new one.`);
    }
    file = await openRejectsAtEnd(path);
    ({ ino } = await file.stat());
    full = false;
    return file;
  };
  const write = async (rejects: readonly Reject[]) => {
    if (await isNull(path)) return rejects.length;
    const output = await open();
    const end = await output.seek(0, Deno.SeekMode.End);
    const { bytes, count } = fitting(rejects.map(rejectLine), maxBytes - end);
    if (count < rejects.length && !full) log(fullText(path));
    full ||= count < rejects.length;
    try {
      await writeAll(output, encoder.encode(bytes));
    } catch (error) {
      // Half a line would be in the way of the next one.
      await output.truncate(end).catch(() => {});
      throw error;
    }
    return count;
  };
  return {
    async write(rejects) {
      try {
        return await write(rejects);
      } catch (error) {
        throw fileError(path, error);
      }
    },
    async close() {
      try {
        await file?.sync();
      } catch (error) {
        throw fileError(path, error);
      } finally {
        file?.close();
        file = undefined;
      }
    },
  };
}

/** As many of these lines as so many bytes have room for. */
export function fitting(
  lines: readonly string[],
  room: number,
): { bytes: string; count: number } {
  let count = 0;
  for (const line of lines) {
    room -= Buffer.byteLength(line);
    if (room < 0) break;
    count++;
  }
  return { bytes: lines.slice(0, count).join(""), count };
}

/** Says that a file of rejects takes no more. */
export function fullText(path: string): string {
  return `${path} is as large as it may be. Rejects are only counted from now on.`;
}

/** A reject as a line of the file. */
export function rejectLine(reject: Reject): string {
  const { time, topic, reason, payload, bytes, sha256 } = reject;
  const base64 = Buffer.from(payload).toString("base64");
  const line = { time, topic, reason, payload: base64, bytes, sha256 };
  return JSON.stringify(line) + "\n";
}

/**
 * Opens a file of rejects at its end, or makes it. A line that a crash left torn
 * is ended, so that the next one is whole.
 *
 * @throws {WeirError} if it cannot be opened, or is no regular file: a FIFO would
 * hold up whoever opens it.
 */
export async function openRejectsAtEnd(path: string): Promise<Deno.FsFile> {
  await refuseIrregular(path, "write");
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

/** Whether a path leads to `/dev/null`: its owner wants nothing kept. */
export async function isNull(path: string): Promise<boolean> {
  try {
    return await Deno.realPath(path) === "/dev/null";
  } catch {
    return false;
  }
}

async function inodeOf(path: string): Promise<number | null | undefined> {
  try {
    return (await Deno.stat(path)).ino;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}
