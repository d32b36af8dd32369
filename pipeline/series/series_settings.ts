import type { SelectOptions } from "../recording/select_settings.ts";
import type { Series } from "./series.ts";

/** Which readings become series, and how many points they have. */
export interface SeriesOptions extends SelectOptions {
  /** About so many points there are at most, of all sensors. Default: 2,000,000. */
  maxPoints?: number;
  /** About so many points a sensor has at most. Default: no such bound. */
  maxEach?: number;
  /** Where a recording that is not in order of time is sorted. Default: here. */
  folder?: string;
}

/** The series of recordings. */
export interface Collected {
  /** Of each sensor, in the order of their ids. */
  series: Series[];
  /** The time of the first reading of all, in seconds since 1970. */
  from: number;
  /** The time of the last. */
  to: number;
  /** How many readings there are. */
  events: number;
  /** Lines that are no rows, and were left out. */
  faults: number;
  /** Readings of sensors beyond the first 10,000, which have no series. */
  unlisted: number;
}
