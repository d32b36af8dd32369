import type { ReadRawOptions } from "../recording/read_events.ts";
import type { Aggregated } from "./wide.ts";

/** Which events are exported, and in which form. */
export interface ExportOptions extends ReadRawOptions {
  /** From this time on, in seconds since 1970. */
  from?: number;
  /** Until before this time, in seconds since 1970. */
  to?: number;
  /** Of sensors whose id matches one of these patterns. Default: of all. */
  sensors?: readonly string[];
  /**
   * Whether an event is left out whose topic, sensor id, device time and value
   * were there before, among the last 250,000 or more.
   */
  noDoubles?: boolean;
  /** Whether each sensor gets a column. Only for CSV. */
  wide?: boolean;
  /** A row for each of these intervals, in seconds. Only with `wide`. */
  every?: number;
  /** What an interval gives of a sensor. Default: the mean. */
  take?: Aggregated;
  /** Whether a CSV is for a German or French Excel. */
  excel?: boolean;
  /** Breaks it off. */
  signal?: AbortSignal;
  /** Takes how much of the work is done, from 0 to 1, and the rows so far. */
  onProgress?: (done: number, rows: number) => void;
  /** Takes a line of an input that is no row. */
  onFault?: (path: string, line: number, text: string) => void;
}

/** What an export came to. */
export interface Exported {
  /** Rows of the inputs that were chosen. */
  events: number;
  /** Lines of the inputs that are no rows, and were left out. */
  faults: number;
  /** Events that were left out, since they were there before. */
  doubles: number;
  /** With `noDoubles`, events without a device time, which were kept. */
  untimed: number;
  /** With `wide`, texts of which there is no mean, minimum or maximum. */
  texts: number;
}
