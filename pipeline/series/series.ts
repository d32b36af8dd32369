/** The readings of one sensor over time, fit to be drawn, and what they come to. */
export interface Series {
  /** The sensor's id. */
  id: string;
  /** `numbers` are a line. `states`, which are texts and booleans, are a band. */
  kind: "numbers" | "states";
  /** The times, in seconds since 1970; none is earlier than the one before. */
  times: Float64Array;
  /**
   * The values. Of numbers: NaN where a text or a boolean came. Of states: the
   * index in `states`, or -1 if several came within the resolution.
   */
  values: Float64Array;
  /** The different texts and booleans, up to 24; then "…" for all others. */
  states: string[];
  /**
   * 0 if every reading is there. Else there are, of each so many seconds, the
   * first, the least, the greatest and the last reading.
   */
  resolution: number;
  /** Points further apart than this, in seconds, are not joined. */
  gap: number;
  /** How many readings there were. */
  count: number;
  /** The time of the first one. */
  first: number;
  /** The time of the last one. */
  last: number;
  /** The least of the numbers; `undefined` if there is none. */
  min?: number;
  /** The mean of the numbers. */
  mean?: number;
  /** The greatest of the numbers. */
  max?: number;
  /** The longest time between two readings, in seconds. */
  longest: number;
  /** The usual time between two readings, in seconds: the median. */
  usual?: number;
  /** The share of its usual intervals that have a reading, from 0 to 1. */
  capture?: number;
}
