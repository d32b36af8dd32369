import { Buffer } from "node:buffer";
import type { Reject } from "../event.ts";
import type { Sink } from "../flow.ts";
import { writeAll } from "../write_all.ts";
import { fileError } from "./file_error.ts";

/** The name of the file that keeps the rejects of a recording. */
export function rejectsPath(path: string): string {
  return `${path}.rejects.jsonl`;
}

/** A file that rejects are appended to. */
export interface RejectsFile {
  /** Writes rejects as lines, all of them or, where that fails, none. */
  write(rejects: readonly Reject[]): Promise<void>;
  /** Puts what was written on the disk itself, and closes the file. */
  close(): Promise<void>;
}

/**
 * Appends rejects to a file, one JSON object a line: `time` (Unix seconds),
 * `topic`, `reason`, and `payload` in base64. The file is made at the first
 * reject, readable for its owner only: nobody knows what a stray payload holds.
 *
 * @throws {WeirError} where the file cannot be written.
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

/**
 * The same file for somebody who writes to it now and then. See
 * {@linkcode rejectsFile}.
 *
 * @example
 * ```ts
 * import { openRejects } from "./rejects_file.ts";
 *
 * const path = `${await Deno.makeTempDir()}/test.csv.rejects.jsonl`;
 * const file = openRejects(path);
 * const payload = new TextEncoder().encode("?");
 * await file.write([{ time: 0, topic: "sensor-data", reason: "not JSON", payload }]);
 * await file.close();
 * if (!(await Deno.readTextFile(path)).includes("not JSON")) throw path;
 * ```
 */
export function openRejects(path: string): RejectsFile {
  const encoder = new TextEncoder();
  let file: Deno.FsFile | undefined;
  return {
    async write(rejects) {
      const lines = encoder.encode(rejects.map(rejectLine).join(""));
      try {
        file ??= await Deno.open(path, {
          append: true,
          create: true,
          mode: 0o600,
        });
        const { size } = await file.stat();
        try {
          await writeAll(file, lines);
        } catch (error) {
          await file.truncate(size);
          throw error;
        }
      } catch (error) {
        throw fileError(path, error);
      }
    },
    async close() {
      try {
        await file?.syncData();
      } catch (error) {
        throw fileError(path, error);
      } finally {
        file?.close();
        file = undefined;
      }
    },
  };
}

/**
 * A reject as a line of the file.
 *
 * @example
 * ```ts
 * import { rejectLine } from "./rejects_file.ts";
 *
 * const payload = new TextEncoder().encode("?");
 * const line = rejectLine({ time: 1, topic: "t", reason: "not JSON", payload });
 * if (line !== '{"time":1,"topic":"t","reason":"not JSON","payload":"Pw=="}\n') throw line;
 * ```
 */
export function rejectLine({ time, topic, reason, payload }: Reject): string {
  const base64 = Buffer.from(payload).toString("base64");
  return JSON.stringify({ time, topic, reason, payload: base64 }) + "\n";
}

/**
 * Opens a file of rejects at its end, or makes it. A line that a crash left torn
 * is ended, so that the next one is whole.
 *
 * @example
 * ```ts
 * import { openRejectsAtEnd } from "./rejects_file.ts";
 *
 * const path = `${await Deno.makeTempDir()}/test.csv.rejects.jsonl`;
 * (await openRejectsAtEnd(path)).close();
 * ```
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
