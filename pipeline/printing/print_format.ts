import type { SensorEvent } from "../event.ts";

/** How events are printed, in one run of `print()`. */
export interface PrintFormat {
  /** Printed before the first event, with its line end. */
  head?: string;
  /** Writes events, each with its line end, safe for a terminal if that is where they go. */
  lines(events: readonly SensorEvent[], terminal: boolean): string;
}
