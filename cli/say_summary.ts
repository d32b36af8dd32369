import { counted, type RecordingSummary } from "../pipeline/mod.ts";
import { formatDuration } from "./duration.ts";

/** What a recording came to; what is not known of it is left out. */
export interface RecordSummary extends Pick<RecordingSummary, "path" | "rows"> {
  /** From how many sensors the rows came. */
  sensors?: number;
  /** Whether there were more than that. */
  moreSensors?: boolean;
  /** How many messages could not become events. */
  rejected: number;
  /** How many readings and rejects could not be kept. */
  lost?: number;
  /** How many retained messages were left out. */
  leftOut?: number;
}

/**
 * The line that tells what a recording came to in so many seconds.
 *
 * @example
 * ```ts
 * import { tellSummary } from "./say_summary.ts";
 *
 * const came = { path: "test.csv", rows: 2, sensors: 1, rejected: 0 };
 * const text = tellSummary(came, 4.1);
 * if (text !== "Recorded 2 events from 1 sensor to test.csv in 4.1 s (0 rejected)") {
 *   throw text;
 * }
 * ```
 */
export function tellSummary(
  { path, rows, sensors, moreSensors, rejected, lost = 0, leftOut = 0 }:
    RecordSummary,
  seconds: number,
): string {
  const number = (n: number) => n.toLocaleString("en-US");
  const from = sensors === undefined
    ? ""
    : ` from ${moreSensors ? "over " : ""}${counted(sensors, "sensor")}`;
  const rest = [
    `${number(rejected)} rejected`,
    ...lost > 0 ? [`${number(lost)} lost`] : [],
    ...leftOut > 0 ? [`${counted(leftOut, "retained message")} left out`] : [],
  ];
  return `Recorded ${counted(rows, "event")}${from} to ${path} in ${
    formatDuration(seconds)
  } (${rest.join(", ")})`;
}
