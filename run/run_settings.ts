import type {
  ConnectOptions,
  CsvColumn,
  Rule,
  SensorEvent,
  Sink,
} from "../pipeline/mod.ts";
import type { Limit } from "./limit.ts";
import type { RunEvent } from "./run_event.ts";

/** Broker address and login. */
export interface ConnectionSettings {
  /** The broker's URL, with the login that was in it: not for display. */
  url: string;
  /** The same with those of its other addresses, if it has several. */
  urls?: readonly string[];
  /** The broker's URL without user name and password. */
  shown: string;
  /** The quality of service. A durable run uses 1. */
  qos: 0 | 1 | 2;
  /** Options of the connection. */
  connect: ConnectOptions;
}

/** Settings of a run: all that a command, a config file or a test can choose. */
export interface RunSettings {
  /** Broker address and login. */
  connection: ConnectionSettings;
  /** The topics to subscribe to. */
  topics: string[];
  /** Read messages from the lines of this stream, and subscribe to nothing. */
  lines?: ReadableStream<Uint8Array>;
  /** Ends the run. */
  signal: AbortSignal;
  /** The file to record to from the start. A durable run needs one. */
  file?: string;
  /** Name files by UTC, if the file is a pattern. Default: by local time. */
  utc?: boolean;
  /** Go on in another file before one is larger than this, in bytes. */
  maxSize?: number;
  /** Compress a file when it is closed for good. */
  gzip?: boolean;
  /** Replace the file if it exists. */
  overwrite?: boolean;
  /** Whose time is recorded. Default: the host's. */
  timestamps?: "host" | "device" | "corrected";
  /** How messages are read, by topic. */
  rules?: Rule[];
  /** Also record retained messages. */
  retained?: boolean;
  /** Reject larger messages, in bytes. */
  maxPayload?: number;
  /** Keep rejects until their file is this large, in bytes. Default: 100,000,000. */
  maxRejects?: number;
  /** Defuse text that a spreadsheet would run as a formula. */
  safeCells?: boolean;
  /** Record each message whole, as JSON lines. */
  raw?: boolean;
  /** The columns of a CSV. Default: the tutorial's, and more for a shared topic. */
  csvColumns?: CsvColumn[];
  /** The client id of a durable recording. Default: not durable. */
  durable?: string;
  /** End after a disk has failed for this many seconds. Default: never. */
  giveUp?: number;
  /** Keep trying if the first connection fails. */
  wait?: boolean;
  /** End after this many events. Not with `durable`. */
  count?: number;
  /** End this many seconds after the first connection. */
  seconds?: number;
  /** After so many seconds without a message say what may be missing. Default: 10. */
  silent?: number;
  /** When alarms go off. */
  limits?: Limit[];
  /** The command that is run for each alarm. */
  onAlarm?: string;
  /** Keep each sensor's latest readings, for snapshots. */
  live?: boolean;
  /** Watch the broker and the boards on a second connection, for snapshots. */
  watch?: boolean;
  /** Receives what happens, as it happens. */
  onEvent?: (event: RunEvent) => void;
  /**
   * Makes sinks that receive every event before it is recorded, such as
   * `print()`. The signal aborts when the run is ending.
   */
  branches?: (ending: AbortSignal) => Sink<SensorEvent, unknown>[];
}
