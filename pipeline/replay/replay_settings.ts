import type { PublishOptions } from "../mqtt/publish.ts";
import type { ReadRawOptions } from "../recording/read_events.ts";
import type { SelectOptions } from "../recording/select_settings.ts";

/** How recordings are published again. */
export interface ReplayOptions
  extends
    PublishOptions,
    Omit<SelectOptions, keyof ReadRawOptions | "sensors"> {
  /** The quality of service of all messages. Default: as recorded, or else 0. */
  qos?: 0 | 1 | 2;
  /** How many times faster than they were recorded; `Infinity` without a pause. Default: 1. */
  speed?: number;
  /** Whether it begins again after the end, until the signal aborts. */
  loop?: boolean;
  /** The topics, with `{sensor_id}`, `{topic}` or `{topic[1]}`. Default: as recorded. */
  topic?: string;
}

/** What a replay came to. */
export interface Replayed {
  /** Messages that were published. */
  messages: number;
  /** Lines that are no messages, and were left out. */
  faults: number;
}
