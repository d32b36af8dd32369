import type { PublishOptions } from "../mqtt/publish.ts";

/** How recordings are published again. */
export interface ReplayOptions extends PublishOptions {
  /** The quality of service of all messages. Default: as recorded, or else 0. */
  qos?: 0 | 1 | 2;
  /** How many times faster than they were recorded; `Infinity` without a pause. Default: 1. */
  speed?: number;
  /** Whether it begins again after the end, until the signal aborts. */
  loop?: boolean;
  /** The topics, with `{sensor_id}`, `{topic}` or `{topic[1]}`. Default: as recorded. */
  topic?: string;
  /** From this time on, in seconds since 1970. */
  from?: number;
  /** Until before this time, in seconds since 1970. */
  to?: number;
  /** Ends it. */
  signal?: AbortSignal;
  /** Takes how much of the files is read, from 0 to 1, and the messages so far. */
  onProgress?: (done: number, messages: number) => void;
  /** Takes a line of a file that is no message. */
  onFault?: (path: string, line: number, text: string) => void;
}

/** What a replay came to. */
export interface Replayed {
  /** Messages that were published. */
  messages: number;
  /** Lines that are no messages, and were left out. */
  faults: number;
}
