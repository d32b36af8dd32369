import type { SensorEvent } from "../event.ts";
import { writeAll } from "../write_all.ts";
import { openFile, type OpenOptions, startAnew } from "./open_at_end.ts";
import { fileError } from "./file_error.ts";
import type { RowFormat } from "./row_format.ts";
import { createSensorCount } from "./sensor_count.ts";

/** What a recording came to. */
export interface RecordingSummary {
  /** Its file. */
  path: string;
  /** How many rows were written to it, one for each event. */
  rows: number;
  /** How many sensors they came from; counted up to some 10,000. */
  sensors: number;
  /** Whether there were more sensors than that. */
  moreSensors: boolean;
  /** How large the file is, in bytes. */
  bytes: number;
}

/** A file that rows are being written to. */
export interface Recording {
  /**
   * Writes events as rows, all of them or, where that fails, none. Where somebody
   * has deleted, replaced or edited the file, it says so and goes on at its end.
   */
  write(events: readonly SensorEvent[]): Promise<void>;
  /** Puts what was written on the disk itself. */
  sync(): Promise<void>;
  /** Closes the file; it is not synced by that. */
  close(): void;
  /** What it has come to so far. */
  summary(): RecordingSummary;
}

/**
 * Opens a recording: a file that events are appended to, as rows of a format.
 * See `csv()` for the sink that writes a flow to one.
 *
 * @throws {WeirError} if the file cannot be opened or written.
 */
export async function openRecording(
  path: string,
  format: RowFormat,
  options: OpenOptions = {},
): Promise<Recording> {
  let file: Deno.FsFile | undefined = await openFile(path, format, options);
  let { overwrite = false } = options;
  let { ino } = await file.stat();
  const encoder = new TextEncoder();
  const sensors = createSensorCount();
  let rows = 0;
  let bytes = await file.seek(0, Deno.SeekMode.Current);
  let torn = false;

  const isAsLeft = async () => {
    if (!file) return false;
    try {
      const found = await Deno.stat(path);
      // What is to be overwritten, or cut back, may have any size.
      return found.ino === ino &&
        (overwrite || torn || found.size === bytes);
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return false;
      throw error;
    }
  };
  const reopen = async () => {
    const { log = console.error } = options;
    log(
      `${path} was deleted, replaced or edited while it was recorded to. Going on at its end.`,
    );
    file?.close();
    file = undefined;
    // What is there now is somebody's, and nothing of ours is torn in it.
    overwrite = torn = false;
    file = await openFile(path, format, { ...options, overwrite });
    ({ ino } = await file.stat());
    bytes = await file.seek(0, Deno.SeekMode.Current);
    return file;
  };
  return {
    async write(events) {
      const text = encoder.encode(format.rows(events));
      const output = await isAsLeft() ? file! : await reopen();
      try {
        if (overwrite) {
          await startAnew(output, format);
          bytes = await output.seek(0, Deno.SeekMode.Current);
          overwrite = false;
        }
        if (torn) await cutBack(output, bytes);
        torn = true;
        await writeAll(output, text);
        torn = false;
      } catch (error) {
        // Where this fails, too, the next write begins with it.
        torn = await cutBack(output, bytes).then(() => false, () => true);
        throw fileError(path, error);
      }
      bytes += text.length;
      rows += events.length;
      sensors.add(events);
    },
    async sync() {
      try {
        // Where it could not be opened again, nothing of it is safe.
        if (!file) throw new Error("it could not be opened again.");
        await file.syncData();
      } catch (error) {
        throw fileError(path, error);
      }
    },
    close: () => file?.close(),
    summary: () => ({ path, rows, ...sensors.count(), bytes }),
  };
}

/** Takes away the rows of a batch of which only some could be written. */
async function cutBack(file: Deno.FsFile, bytes: number): Promise<void> {
  await file.truncate(bytes);
  await file.seek(bytes, Deno.SeekMode.Start);
}
