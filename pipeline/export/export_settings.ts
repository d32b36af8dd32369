import type { SelectOptions } from "../recording/select_settings.ts";
import type { Aggregated } from "./wide.ts";

/** Which events are exported, and in which form. */
export interface ExportOptions extends SelectOptions {
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
