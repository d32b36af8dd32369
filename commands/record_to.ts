import {
  type BrokerStatus,
  csv,
  type CsvSummary,
  type DurableCounts,
  filter,
  mqtt,
  openDurable,
  parse,
  pipe,
  print,
  type PrintOptions,
  type Reject,
  rejectsFile,
  type SensorEvent,
  type Sink,
  stamp,
  take,
  tap,
  tee,
  withoutRepeats,
} from "../pipeline/mod.ts";
import type { ConnectionSettings } from "./connection.ts";
import { formatDuration } from "./duration.ts";
import { endAfter } from "./signals.ts";
import { tellStatus } from "./status.ts";

/** What is recorded, and how. */
export interface RecordSettings {
  /** The broker and how to connect to it. */
  connection: ConnectionSettings;
  /** The topics to subscribe to. */
  topics: string[];
  /** Ends the recording. */
  signal: AbortSignal;
  /** Ends it after so many events. */
  count?: number;
  /** Ends it so many seconds after the broker was first reached. */
  seconds?: number;
  /** How events are printed; not at all where it is left out. */
  print?: PrintOptions["format"];
  /** Whose time is recorded. Default: the host's. */
  timestamps?: "host" | "device";
  /** Whether what the broker had kept is recorded, too. */
  retained?: boolean;
  /** Whether a file that is there is replaced. */
  overwrite?: boolean;
  /** Whether to go on trying where the first connection fails. */
  wait?: boolean;
  /** Larger messages are rejected, in bytes. */
  maxPayload?: number;
  /** Whether text that a spreadsheet would run as a formula is defused. */
  safeCells?: boolean;
  /** The client id of a durable recording. */
  durable?: string;
  /** Seconds after which a durable recording gives a failing disk up. */
  giveUp?: number;
}

/**
 * Records topics to a CSV, prints the events, and tells on stderr how it goes
 * and what it came to.
 *
 * @throws {WeirError} where the broker cannot be reached or the file written.
 *
 * @example
 * ```ts
 * import { broker } from "../pipeline/mod.ts";
 * import { readConnection } from "./connection.ts";
 * import { recordTo } from "./record_to.ts";
 *
 * await using local = await broker({ port: 0 });
 * await recordTo(`${await Deno.makeTempDir()}/test.csv`, {
 *   connection: await readConnection({ broker: local.url }),
 *   topics: ["sensor-data"],
 *   signal: AbortSignal.timeout(100),
 * });
 * ```
 */
export async function recordTo(
  file: string,
  settings: RecordSettings,
): Promise<void> {
  const { connection, topics, seconds } = settings;
  const { url, shown, connect } = connection;
  const timeUp = new AbortController();
  const signal = AbortSignal.any([settings.signal, timeUp.signal]);
  const { durable: clientId, giveUp, safeCells } = settings;
  await using durable = clientId === undefined
    ? undefined
    : await openDurable(file, { clientId, url, giveUp, signal, safeCells });
  const qos = durable ? 1 : connection.qos;
  let started: number | undefined;
  let rejected = 0;
  let leftOut = 0;
  const rejects: Sink<Reject> = (flow) =>
    pipe(
      flow,
      tap(() => rejected++),
      durable?.rejects ?? rejectsFile(`${file}.rejects.jsonl`),
    );
  const tell = tellStatus({
    shown,
    topics,
    qos,
    doing: `, recording to ${file}`,
  });
  const onStatus = (status: BrokerStatus) => {
    tell(status);
    if (status.state !== "connected" || started !== undefined) return;
    started = performance.now();
    if (seconds) endAfter(seconds, timeUp);
  };

  const summary = await pipe(
    mqtt(url, topics, {
      ...connect,
      qos,
      signal,
      session: durable?.session,
      wait: settings.wait,
      onStatus,
    }),
    settings.retained ? withoutRepeats() : filter(({ retain }) => {
      if (retain) leftOut++;
      return !retain;
    }),
    parse({ rejects, maxPayload: settings.maxPayload }),
    settings.timestamps === "device" ? (flow) => flow : stamp(),
    take<SensorEvent>(settings.count ?? Infinity),
    settings.print ? tee(print({ format: settings.print })) : (flow) => flow,
    durable?.csv ?? csv(file, { overwrite: settings.overwrite, safeCells }),
  );
  const elapsed = (performance.now() - (started ?? performance.now())) / 1000;
  console.error(tellSummary(summary, elapsed, rejected, leftOut));
  if (durable) console.error(tellDurable(durable.counts()));
}

function tellDurable(counts: DurableCounts): string {
  const { written, safe, acknowledged, redelivered } = counts;
  const number = (n: number) => n.toLocaleString("en-US");
  return `Rows: ${number(written)} written, ${
    number(safe)
  } safe on disk. Messages: ${number(acknowledged)} acknowledged, ${
    number(redelivered)
  } redelivered (left out)`;
}

function tellSummary(
  { rows, sensors, moreSensors, path }: CsvSummary,
  seconds: number,
  rejected: number,
  leftOut: number,
): string {
  const number = (n: number, one: string) =>
    `${n.toLocaleString("en-US")} ${one}${n === 1 ? "" : "s"}`;
  return `Recorded ${number(rows, "event")} from ${moreSensors ? "over " : ""}${
    number(sensors, "sensor")
  } to ${path} in ${formatDuration(seconds)} (${
    rejected.toLocaleString("en-US")
  } rejected${
    leftOut ? `, ${number(leftOut, "retained message")} left out` : ""
  })`;
}
