import { counted, grouped } from "../pipeline/counted.ts";
import { describeLoss } from "../pipeline/durable/describe_loss.ts";
import { nameFiles } from "../pipeline/recording/name_files.ts";
import { describeSamples } from "../run/describe_samples.ts";
import type { RecordingSnapshot, Snapshot } from "../run/run_snapshot.ts";
import { formatDuration } from "./duration.ts";

/** How many lost sessions are named one by one. */
const MAX_LOSSES = 10;

/** How many boards are named whose samples are not all there. */
const MAX_BOARDS = 10;

/** A line with what a recording came to in so many seconds; none without a file. */
export function summaryLine(
  recorder: RecordingSnapshot,
  seconds: number,
  leftOut = 0,
): string | undefined {
  const { path, rows, sensors, moreSensors, gaps, lost } = recorder;
  const { untimed, excluded, raw = false } = recorder;
  if (path === undefined) return undefined;
  const from = sensors === undefined
    ? ""
    : ` from ${moreSensors ? "over " : ""}${
      counted(sensors, raw ? "topic" : "sensor")
    }`;
  const rest = [
    rejects(recorder),
    ...gaps > 0 ? [counted(gaps, "gap")] : [],
    ...untimed > 0 ? [`${grouped(untimed)} with the time of arrival`] : [],
    ...excluded > 0 ? [`${counted(excluded, "message")} excluded`] : [],
    ...lost > 0 ? [`${grouped(lost)} lost`] : [],
    ...leftOut > 0 ? [`${counted(leftOut, "retained message")} left out`] : [],
  ];
  const to = nameFiles({ ...recorder, path });
  return `Recorded ${
    counted(rows, raw ? "message" : "event")
  }${from} to ${to} in ${formatDuration(seconds)} (${rest.join(", ")})`;
}

/** A line with the counts of a recording. At QoS 0 nothing is acknowledged. */
export function numbersLine(recorder: RecordingSnapshot): string {
  const { rows, synced, acknowledged, redelivered, gaps, waited, losses = [] } =
    recorder;
  const { possiblyDoubled = 0, possiblyDoubledBefore = 0 } = recorder;
  const inAll = possiblyDoubled + possiblyDoubledBefore;
  const earlier = possiblyDoubledBefore > 0
    ? ` (${grouped(inAll)} with earlier runs)`
    : "";
  const messages = [
    acknowledged === undefined ? [] : `${grouped(acknowledged)} acknowledged`,
    rejects(recorder),
    gaps > 0 ? counted(gaps, "gap") : [],
    waited > 0 ? `${grouped(waited)} had waited at the broker` : [],
    redelivered === undefined
      ? []
      : `${grouped(redelivered)} redelivered (left out)`,
    inAll > 0 ? `${grouped(possiblyDoubled)} possibly doubled${earlier}` : [],
    losses.length > 0 ? counted(losses.length, "lost session") : [],
  ].flat().join(", ");
  return `Rows: ${grouped(rows)} written, ${
    grouped(synced)
  } safe on disk. Messages: ${messages}`;
}

/** Lines with what may be missing in a recording, since no broker kept it. */
export function missingLines(
  { recorder: { path, durable, losses = [] }, connection }: Snapshot,
): string[] {
  const lost = losses.length === 0 ? [] : [
    `${counted(losses.length, "lost session")}: ${
      losses.slice(-MAX_LOSSES).map(describeLoss).join("; ")
    }`,
  ];
  const { away, reconnects } = connection;
  const gap = path === undefined || durable || reconnects === 0 ? [] : [
    `${counted(reconnects, "reconnect")}: messages of ${
      formatDuration(away)
    } without a connection may be missing`,
  ];
  return [...lost, ...gap];
}

/** Lines with what boards sent and what of that is recorded. */
export function sampleLines({ samples }: Snapshot): string[] {
  const boards = [...samples];
  if (boards.length <= 1) return boards.map(describeSamples);
  const short = boards.filter(([, { lost, dropped }]) => lost + dropped > 0);
  const all = { recorded: 0, dropped: 0, lost: 0 };
  for (const [, { recorded, dropped, lost }] of boards) {
    all.recorded += recorded;
    all.dropped += dropped;
    all.lost += lost;
  }
  return [
    ...short.slice(0, MAX_BOARDS).map(describeSamples),
    describeSamples([counted(boards.length, "board"), all]),
  ];
}

function rejects({ rejected, unkept }: RecordingSnapshot): string {
  const rest = unkept > 0 ? `, ${grouped(unkept)} of them not kept` : "";
  return `${grouped(rejected)} rejected${rest}`;
}
