import type { Reject, SensorEvent } from "../event.ts";
import type { Sink } from "../flow.ts";
import type { PathOf, RotationOptions } from "./rotation/path_of.ts";
import type { RowFormat } from "./row_format.ts";

/** A sink that is started, paused, stopped and pointed at another file. */
export interface Recorder extends Sink<SensorEvent> {
  /**
   * Starts a recording, or goes on in another file: no reading between the two
   * is left out. A function names the file of each event.
   *
   * @throws {WeirError} if the file cannot be opened. All is as it was.
   */
  start(
    path: string | PathOf,
    options?: { overwrite?: boolean },
  ): Promise<void>;
  /**
   * Lets readings go by until `resume()`: they are counted, not written.
   * Messages that cannot become events are not written in that time either.
   */
  pause(): void;
  /** Writes them again. */
  resume(): void;
  /**
   * Ends the recording: writes what waits, syncs, closes.
   *
   * @throws {WeirError} `ERR_WEIR_GAVE_UP` if that fails. The recording has
   * ended all the same.
   */
  stop(): Promise<void>;
  /** Takes what could not become events, for `parse()`. */
  rejects: Sink<Reject>;
  /** The state and the numbers of the recording. */
  snapshot(): RecorderSnapshot;
}

/** Options of {@linkcode recorder}. */
export interface RecorderOptions extends RotationOptions {
  /**
   * The format of the rows, or a function from a file's path to it. Default:
   * `formatFor`, which goes by the ending of the file's name.
   */
  format?: RowFormat | ((path: string) => RowFormat);
  /** Takes what a person should know of it. Default: stderr. */
  log?: (text: string) => void;
  /** How many readings may wait for a file that cannot be written. */
  maxWaiting?: number;
  /** Seconds after which a failing disk ends the flow. Default: never. */
  giveUp?: number;
  /** How large the file of rejects may become, in bytes. Default: 100,000,000. */
  maxRejects?: number;
}

/** The state of a recorder. Its numbers are those of its latest file. */
export interface RecorderSnapshot {
  /** `error`: the file cannot be written now, and is tried again. */
  state: "stopped" | "recording" | "paused" | "error";
  /** Why it cannot be written, in a few words. */
  reason?: string;
  /** In so many seconds it is tried again. */
  retry?: number;
  /** The file. */
  path?: string;
  /** The file in which it went on, if something else was saved at `path`. */
  movedTo?: string;
  /** If it may have several files: how many were written to; counted up to 100,000. */
  files?: number;
  /** The first of them. */
  firstPath?: string;
  /** How large the file is, in bytes. */
  bytes: number;
  /** How many rows were written to it. */
  rows: number;
  /** From how many sensors those came; counted up to some 10,000. */
  sensors: number;
  /** Whether there were more sensors than that. */
  moreSensors: boolean;
  /** How many of those are on the disk itself. */
  synced: number;
  /** How many readings wait until it can be written again. */
  waiting: number;
  /** How many readings could not be kept. */
  lost: number;
  /** How many readings went by while it was paused. */
  passed: number;
  /** How many messages could not become events. */
  rejected: number;
  /** How many of those are in no file, since theirs is full or failed. */
  unkept: number;
  /** Why the last one of those could not. */
  lastReject?: string;
  /** For how many seconds it has been recording, with its pauses. */
  elapsed: number;
}
