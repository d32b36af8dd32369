import {
  ask,
  type ConnectOptions,
  filter,
  formatFor,
  live as keepLive,
  mqtt,
  parse,
  pipe,
  type Reject,
  shorten,
  type Sink,
  stamp,
  tap,
  tee,
  watchBroker,
  withoutRepeats,
} from "../pipeline/mod.ts";
import type { Actions, Source } from "./run_snapshot.ts";
import type { ConnectionSettings } from "./run_settings.ts";
import type { RunSettings } from "./run_settings.ts";
import { tellNumbers } from "../cli/say_numbers.ts";
import { recordByHand } from "./by_hand.ts";
import { recordDurably } from "./durably.ts";
import { tellSummary } from "../cli/say_summary.ts";
import { followConnection } from "./follow_connection.ts";
import { createTuiLog } from "./run_log.ts";
import { followTraffic } from "./follow_traffic.ts";

/** What is shown and recorded, and how. */
export interface TuiSettings extends Pick<RunSettings, "durable" | "giveUp"> {
  /** The broker and how to connect to it. */
  connection: ConnectionSettings;
  /** The topics to subscribe to. */
  topics: string[];
  /** The file that is recorded to from the start; a durable recording has one. */
  file?: string;
  /** Whether that is replaced where it is there. */
  overwrite?: boolean;
  /** Whose time is recorded. Default: the host's. */
  timestamps?: "host" | "device";
  /** Whether what the broker had kept counts, too. */
  retained?: boolean;
  /** Larger messages are rejected, in bytes. */
  maxPayload?: number;
  /** Whether text that a spreadsheet would run as a formula is defused. */
  safeCells?: boolean;
  /** Ends it. */
  signal: AbortSignal;
}

/** What runs behind a screen. */
export interface TuiSession extends AsyncDisposable {
  /** What the screen shows. */
  source: Source;
  /** What a person can do from it. */
  actions: Actions;
  /**
   * Resolves when the flow has ended and the file is closed; rejects where it
   * could not go on.
   */
  done: Promise<unknown>;
  /** Whether there ever was a connection. */
  wasConnected(): boolean;
  /** What came of the recording, one line or two; nothing where there was none. */
  summary(): string | undefined;
}

/**
 * Starts what `weir tui` does, without its screen: the flow of `weir record`
 * with the latest readings beside it, and a second connection for the rest.
 *
 * @throws {WeirError} where the file cannot be opened.
 *
 * @example
 * ```ts
 * import { broker } from "../pipeline/mod.ts";
 * import { readConnection } from "../cli/connection_options.ts";
 * import { startTuiSession } from "./start_run.ts";
 *
 * await using local = await broker({ port: 0 });
 * await using session = await startTuiSession({
 *   connection: await readConnection({ broker: local.url }),
 *   topics: ["sensor-data"],
 *   signal: AbortSignal.timeout(100),
 * });
 * await session.done;
 * ```
 */
export async function startTuiSession(
  settings: TuiSettings,
): Promise<TuiSession> {
  const { topics, file, durable: clientId } = settings;
  const { url, shown, connect } = settings.connection;
  const qos = clientId === undefined ? settings.connection.qos : 1;
  const quitting = new AbortController();
  const signal = AbortSignal.any([quitting.signal, settings.signal]);
  const log = createTuiLog();
  const traffic = followTraffic();
  const listeners = new Set<() => void>();
  const changed = () => listeners.forEach((listener) => listener());
  const tell = (text: string) => {
    log.add(text);
    changed();
  };

  const latest = keepLive({
    onSensor: (id) =>
      log.add(
        `New: ${shorten(id, 100)}`,
        "sensor",
        (count, before) =>
          count > 5
            ? `New: ${count} sensors`
            : `${before}, ${shorten(id, 100)}`,
      ),
  });
  latest.subscribe(changed);
  const connection = followConnection({ shown, qos, tell, changed });
  const recording = clientId === undefined || file === undefined
    ? await recordByHand({ ...settings, qos, tell })
    : await recordDurably({
      ...settings,
      file,
      format: formatFor(file, settings),
      clientId,
      url,
      signal,
      tell,
    });
  const rejects: Sink<Reject> = (flow) =>
    recording.rejects(
      tap((reject: Reject) => {
        log.add(
          `Rejected a message on ${
            shorten(reject.topic, 100)
          }: ${reject.reason}`,
          "reject",
          (count) => `Rejected ${count} messages, the last: ${reject.reason}`,
        );
        changed();
      })(flow),
    );

  const done = pipe(
    mqtt(url, topics, {
      ...connect,
      qos,
      signal,
      session: recording.session,
      wait: true,
      onStatus: connection.onStatus,
      onAcknowledged: recording.acknowledged,
    }),
    traffic.stage,
    settings.retained ? withoutRepeats() : filter(({ retain }) => !retain),
    parse({ rejects, maxPayload: settings.maxPayload }),
    settings.timestamps === "device" ? (flow) => flow : stamp(),
    tee(latest),
    recording.sink,
  );
  done.catch(connection.ended);
  const control = watchBroker(url, connect);

  const { byHand } = recording;
  return {
    source: {
      snapshot: () => {
        const now = Date.now() / 1000;
        return {
          now,
          connection: connection.snapshot(),
          topics,
          traffic: traffic.snapshot(now),
          live: latest.snapshot(),
          recorder: recording.snapshot(),
          control: control.snapshot(),
          log: log.entries(),
        };
      },
      subscribe(listener) {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
    },
    actions: {
      byHand,
      async publish(topic, payload) {
        await control.publish(topic, payload);
        tell(`Published on ${topic}`);
      },
      async ask(id) {
        const line = await askForSample(url, id, connect);
        tell(line);
        return line;
      },
      quit: () => quitting.abort(),
    },
    done,
    wasConnected: connection.wasConnected,
    summary() {
      const snapshot = recording.snapshot();
      const { path, rows, synced, elapsed, durable } = snapshot;
      if (path === undefined) return undefined;
      const told = tellSummary({ ...snapshot, path }, elapsed);
      const numbers = { ...snapshot, written: rows, safe: synced };
      return durable ? `${told}\n${tellNumbers(numbers)}` : told;
    },
    async [Symbol.asyncDispose]() {
      quitting.abort();
      await done.catch(() => {});
      await recording[Symbol.asyncDispose]();
      await control[Symbol.asyncDispose]();
    },
  };
}

/** Seconds for which an answer is waited for. */
const ASK_TIMEOUT = 5;

async function askForSample(
  url: string,
  id: string,
  options: ConnectOptions,
): Promise<string> {
  // Beside the flow's connection, so not with its client id.
  const asking = ask(url, id, "sample", {
    ...options,
    clientId: undefined,
    timeout: ASK_TIMEOUT,
  });
  for await (const { sensor_id, reply, error, round_trip } of asking) {
    const took = `${Math.round(round_trip * 1000)} ms`;
    const answer = shorten(error ?? JSON.stringify(reply), 100);
    return `${shorten(sensor_id, 100)} answered ${answer} in ${took}`;
  }
  return `No answer from ${shorten(id, 100)}`;
}
