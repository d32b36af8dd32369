import { Buffer } from "node:buffer";
import type { Reject } from "../event.ts";
import type { Sink } from "../flow.ts";
import { writeAll } from "../write.ts";
import { fileError } from "./file_error.ts";

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
    const encoder = new TextEncoder();
    let file: Deno.FsFile | undefined;
    try {
      for await (const batch of flow) {
        const lines = batch.map(line).join("");
        try {
          file ??= await Deno.open(path, {
            append: true,
            create: true,
            mode: 0o600,
          });
          await writeAll(file, encoder.encode(lines));
        } catch (error) {
          throw fileError(path, error);
        }
      }
      await file?.syncData();
    } finally {
      file?.close();
    }
  };
}

function line({ time, topic, reason, payload }: Reject): string {
  const base64 = Buffer.from(payload).toString("base64");
  return JSON.stringify({ time, topic, reason, payload: base64 }) + "\n";
}
