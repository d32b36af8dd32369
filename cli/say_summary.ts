import { counted } from "../pipeline/mod.ts";
import type { RecordingSnapshot } from "../run/run_snapshot.ts";
import { formatDuration } from "./duration.ts";

const number = (n: number) => n.toLocaleString("en-US");

/** A line with what a recording came to in so many seconds; none without a file. */
export function summaryLine(
  recorder: RecordingSnapshot,
  seconds: number,
  leftOut = 0,
): string | undefined {
  const { path, rows, sensors, moreSensors, gaps, lost } = recorder;
  const { untimed, excluded } = recorder;
  if (path === undefined) return undefined;
  const from = sensors === undefined
    ? ""
    : ` from ${moreSensors ? "over " : ""}${counted(sensors, "sensor")}`;
  const rest = [
    rejects(recorder),
    ...gaps > 0 ? [counted(gaps, "gap")] : [],
    ...untimed > 0 ? [`${number(untimed)} with the time of arrival`] : [],
    ...excluded > 0 ? [`${counted(excluded, "message")} excluded`] : [],
    ...lost > 0 ? [`${number(lost)} lost`] : [],
    ...leftOut > 0 ? [`${counted(leftOut, "retained message")} left out`] : [],
  ];
  return `Recorded ${counted(rows, "event")}${from} to ${path} in ${
    formatDuration(seconds)
  } (${rest.join(", ")})`;
}

/** A line with the counts of a recording. At QoS 0 nothing is acknowledged. */
export function numbersLine(recorder: RecordingSnapshot): string {
  const { rows, synced, acknowledged, redelivered, gaps } = recorder;
  const messages = [
    acknowledged === undefined ? [] : `${number(acknowledged)} acknowledged`,
    rejects(recorder),
    gaps > 0 ? counted(gaps, "gap") : [],
    redelivered === undefined
      ? []
      : `${number(redelivered)} redelivered (left out)`,
  ].flat().join(", ");
  return `Rows: ${number(rows)} written, ${
    number(synced)
  } safe on disk. Messages: ${messages}`;
}

function rejects({ rejected, unkept }: RecordingSnapshot): string {
  const rest = unkept > 0 ? `, ${number(unkept)} of them not kept` : "";
  return `${number(rejected)} rejected${rest}`;
}
