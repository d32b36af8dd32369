import type { SensorEvent } from "../event.ts";
import { openAppendFile } from "./append_file.ts";
import { createEncoder } from "./encoder.ts";
import {
  formatOfFile,
  isRecording,
  openAtEnd,
  type OpenOptions,
} from "./open_at_end.ts";
import type { RowFormat } from "./row_format.ts";
import { createSensorCount } from "./sensor_count.ts";
import { say } from "../say.ts";

/** What a recording came to. */
export interface RecordingSummary {
  /** Its file; of several, the one written last. */
  path: string;
  /** The file in which it went on, if something else was saved at `path`. */
  movedTo?: string;
  /** If it may have several files: how many were written to; counted up to 100,000. */
  files?: number;
  /** The first of them. */
  firstPath?: string;
  /** How many rows were written, one for each event. */
  rows: number;
  /** How many sensors they came from; counted up to some 10,000. */
  sensors: number;
  /** Whether there were more sensors than that. */
  moreSensors: boolean;
  /** How large the file is, in bytes. */
  bytes: number;
}

/** A file, or several, that rows are being written to. */
export interface Recording {
  /**
   * Writes events as rows. If somebody has deleted, replaced or edited a file,
   * it says so and goes on at its end. Resolves with what could not be written.
   *
   * @throws {WeirError} `ERR_WEIR_EVENT`; nothing is written then.
   */
  write(events: readonly SensorEvent[]): Promise<Unwritten | undefined>;
  /** Puts what was written on the disk itself. */
  sync(): Promise<void>;
  /** How many bytes are kept in memory until they are synced. */
  unsynced(): number;
  /**
   * Closes the file. It is not synced by that. Resolves when files that are to
   * be compressed are.
   */
  close(): void | Promise<void>;
  /** What it has come to so far. */
  summary(): RecordingSummary;
}

/** Events that could not be written, and why: nothing of them is in a file. */
export interface Unwritten {
  /** The events, in order. */
  events: readonly SensorEvent[];
  /** Why, for the first of them. */
  error: unknown;
}

/** Options of {@linkcode openRecording}. */
export interface RecordingOptions extends OpenOptions {
  /**
   * Whether rows are kept in memory until they are synced. A sync that failed
   * can then be tried again. Default: false.
   */
  keep?: boolean;
}

/**
 * Opens a recording: a file that events are appended to, as rows of a format.
 * See `csv()` for the sink that writes a flow to one.
 *
 * @throws {WeirError} if the file cannot be opened or written.
 */
export async function openRecording(
  path: string,
  chosen: RowFormat,
  { overwrite, log = say, keep = false }: RecordingOptions = {},
): Promise<Recording> {
  const format = overwrite ? chosen : await formatOfFile(path, chosen, log);
  const file = await openAppendFile(path, {
    open: (path, overwrite) =>
      openAtEnd(path, format, { overwrite, log }, "overwrite"),
    isOfKind: (path) => isRecording(path, format),
    header: format.header,
    overwrite,
    keep,
    log,
  });
  const encode = createEncoder();
  const sensors = createSensorCount();
  let rows = 0;
  return {
    async write(events) {
      const bytes = encode(format.rows(events));
      try {
        await file.append(bytes);
      } catch (error) {
        return { events, error };
      }
      rows += events.length;
      sensors.add(events);
    },
    async sync() {
      await file.sync();
      file.checkpoint();
    },
    unsynced: () => keep ? file.size - file.base : 0,
    close: file.close,
    summary: () => ({
      path,
      ...file.path === path ? {} : { movedTo: file.path },
      rows,
      ...sensors.count(),
      bytes: file.size,
    }),
  };
}
