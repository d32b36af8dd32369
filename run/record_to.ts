import {
  type BrokerStatus,
  csv,
  filter,
  formatFor,
  mqtt,
  openDurable,
  parse,
  pipe,
  print,
  type PrintOptions,
  type Reject,
  rejectsFile,
  rejectsPath,
  reportRejects,
  type SensorEvent,
  type Sink,
  type Stage,
  stamp,
  take,
  tap,
  tee,
  withoutRepeats,
} from "../pipeline/mod.ts";
import type { ConnectionSettings } from "./run_settings.ts";
import { formatDuration } from "../cli/duration.ts";
import type { RunSettings } from "./run_settings.ts";
import { tellNumbers } from "../cli/say_numbers.ts";
import { tellSummary } from "../cli/say_summary.ts";
import { tellStatus } from "../cli/say_status.ts";
import { every, limit } from "./timer.ts";

/** What is recorded, and how. */
export interface RecordSettings
  extends Pick<RunSettings, "durable" | "giveUp"> {
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
  /** Tells the numbers every so many seconds. */
  stats?: number;
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
 * import { readConnection } from "../cli/connection_options.ts";
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
  using limited = limit(settings.signal, seconds);
  const { signal } = limited;
  const { durable: clientId, giveUp } = settings;
  const format = formatFor(file, settings);
  await using durable = clientId === undefined
    ? undefined
    : await openDurable(file, { clientId, url, giveUp, signal, format });
  const qos = durable ? 1 : connection.qos;
  using timers = new DisposableStack();
  let started: number | undefined;
  let written = 0;
  let acknowledged = 0;
  let rejected = 0;
  let leftOut = 0;
  const kept = rejectsPath(file);
  const rejects: Sink<Reject> = (flow) =>
    pipe(
      flow,
      tap(() => rejected++),
      tee(durable?.rejects ?? rejectsFile(kept)),
      reportRejects(kept),
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
    limited.start();
  };
  const numbers = (safe?: number) =>
    tellNumbers(
      durable?.counts() ?? {
        written,
        safe,
        acknowledged: qos > 0 ? acknowledged : undefined,
        rejected,
      },
    );
  if (settings.stats) {
    const begun = performance.now();
    timers.use(every(settings.stats, () => {
      const elapsed = (performance.now() - begun) / 1000;
      console.error(`After ${formatDuration(elapsed)}. ${numbers()}`);
    }));
  }

  const summary = await pipe(
    mqtt(url, topics, {
      ...connect,
      qos,
      signal,
      session: durable?.session,
      wait: settings.wait,
      onStatus,
      onAcknowledged: (count) => acknowledged += count,
    }),
    settings.retained ? withoutRepeats() : filter(({ retain }) => {
      if (retain) leftOut++;
      return !retain;
    }),
    parse({ rejects, maxPayload: settings.maxPayload }),
    settings.timestamps === "device" ? (flow) => flow : stamp(),
    take<SensorEvent>(settings.count ?? Infinity),
    settings.print
      ? tee(print({ format: settings.print, signal }))
      : (flow) => flow,
    whenDone((events) => written += events),
    durable?.collect ?? csv(file, { overwrite: settings.overwrite, format }),
  );
  const elapsed = (performance.now() - (started ?? performance.now())) / 1000;
  console.error(tellSummary({ ...summary, rejected, leftOut }, elapsed));
  if (durable || settings.stats) console.error(numbers(summary.rows));
}

/** Counts what the rest of the pipe is done with: it pulls for more (law 1). */
function whenDone<T>(count: (items: number) => void): Stage<T, T> {
  return async function* (flow) {
    for await (const batch of flow) {
      yield batch;
      count(batch.length);
    }
  };
}
