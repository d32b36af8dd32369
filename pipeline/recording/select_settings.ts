import type { ReadRawOptions } from "./read_events.ts";

/** Which readings of recordings are read, and what is done meanwhile. */
export interface SelectOptions extends ReadRawOptions {
  /** From this time on, in seconds since 1970. */
  from?: number;
  /** Until before this time, in seconds since 1970. */
  to?: number;
  /** Of sensors whose id matches one of these patterns. Default: of all. */
  sensors?: readonly string[];
  /** Ends it. */
  signal?: AbortSignal;
  /** Takes how much of the work is done, from 0 to 1, and the rows or messages so far. */
  onProgress?: (done: number, count: number) => void;
  /** Takes a line of an input that is no row or message, and why. */
  onFault?: (path: string, line: number, text: string) => void;
}
