import { counted } from "../counted.ts";
import type { SensorEvent } from "../event.ts";
import type { Sink } from "../flow.ts";
import { csvFormat } from "./formats/csv.ts";
import { jsonlFormat } from "./formats/jsonl.ts";
import type { OpenOptions } from "./open_at_end.ts";
import { openFiles } from "./open_files.ts";
import type { RecordingSummary } from "./open_recording.ts";
import type { PathOf, RotationOptions } from "./rotation/path_of.ts";
import type { RowFormat } from "./row_format.ts";
import { say } from "../say.ts";

/** Options of {@linkcode jsonl}. */
export interface JsonlOptions extends OpenOptions, RotationOptions {
  /**
   * When what was written is put on the disk itself (fsync): at the end, or
   * after every batch before the next is pulled. Default: `"end"`.
   */
  sync?: "end" | "batch";
}

/** Options of {@linkcode csv}. */
export interface CsvOptions extends JsonlOptions {
  /** Another format of the rows, or a CSV with options. */
  format?: RowFormat;
}

/**
 * Records events to a CSV (RFC 4180, CRLF, UTF-8):
 * `timestamp,datetime,sensor_id,value`, one row an event. Resolves with a
 * summary of the file.
 *
 * A file that exists is appended to if it has this header. Each batch is
 * written as it comes, so a reading is in the file as soon as it is taken in. A
 * torn last row, left by a crash, is moved to `FILE.torn`. However the flow
 * ends, what was written is synced and the file closed.
 *
 * A function of the time and the event names several files: each event goes to
 * the one that its own time names.
 *
 * @throws {WeirError} if the file cannot be opened or written, has another
 * header, or is in use by another recorder; `ERR_WEIR_EVENT` if an event has a
 * time or a value that no file can hold, such as `NaN`.
 *
 * @example
 * ```ts
 * import { csv, pipe } from "../mod.ts";
 *
 * const path = `${await Deno.makeTempDir()}/test.csv`;
 * async function* source() {
 *   yield [{ sensor_id: "lux-1", ts: 1484535480.613, val: 371.6063 }];
 * }
 * const { rows } = await pipe(source(), csv(path));
 * const [, row] = (await Deno.readTextFile(path)).split("\r\n");
 * if (row !== "1484535480.613,2017-01-16T02:58:00.613Z,lux-1,371.6063") throw row;
 * if (rows !== 1) throw rows;
 * ```
 */
export function csv(
  path: string | PathOf,
  { format = csvFormat(), ...options }: CsvOptions = {},
): Sink<SensorEvent, RecordingSummary> {
  return async (flow) => {
    const recording = await openFiles(path, () => format, options);
    const writeAll = async (batch: readonly SensorEvent[]) => {
      const left = await recording.write(batch);
      if (left) throw left.error;
    };
    try {
      for await (const batch of flow) {
        await writeAll(batch);
        if (options.sync === "batch") await recording.sync();
      }
      // If nothing came, there is still a file with its header.
      await writeAll([]);
      await recording.sync();
    } catch (error) {
      // The first error is the one to hear of; what can be kept is kept.
      const { path, rows } = recording.summary();
      const { log = say } = options;
      await recording.sync().then(() => {
        if (rows > 0) log(`Safe in ${path}: ${counted(rows, "row")}.`);
      }, () => {});
      throw error;
    } finally {
      await recording.close();
    }
    return recording.summary();
  };
}

/**
 * Records events as JSON lines, one event a line, with all that is known of it:
 * `sensor_id`, `ts`, `val`, and what its message was. Apart from that it is like
 * {@linkcode csv}.
 *
 * @throws {WeirError} as {@linkcode csv} does.
 *
 * @example
 * ```ts
 * import { jsonl, pipe } from "../mod.ts";
 *
 * const path = `${await Deno.makeTempDir()}/test.jsonl`;
 * async function* source() {
 *   yield [{ sensor_id: "lux-1", ts: 1484535480.613, val: 371.6063, topic: "lab" }];
 * }
 * await pipe(source(), jsonl(path));
 * const { val, topic } = JSON.parse(await Deno.readTextFile(path));
 * if (val !== 371.6063 || topic !== "lab") throw val;
 * ```
 */
export function jsonl(
  path: string | PathOf,
  options: JsonlOptions = {},
): Sink<SensorEvent, RecordingSummary> {
  return csv(path, { ...options, format: jsonlFormat() });
}
