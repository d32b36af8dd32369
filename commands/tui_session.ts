import {
  ask,
  type BrokerStatus,
  type ConnectOptions,
  control as openControl,
  filter,
  live as keepLive,
  type Message,
  mqtt,
  parse,
  pipe,
  recorder as createRecorder,
  type Reject,
  type Sink,
  type Stage,
  stamp,
  tap,
  tee,
  WeirError,
} from "../pipeline/mod.ts";
import { createMeter, type Meter } from "../pipeline/meter.ts";
import { counted, shorten } from "../pipeline/text.ts";
import type { Actions, ConnectionSnapshot, Source } from "../tui/snapshot.ts";
import type { ConnectionSettings } from "./connection.ts";
import { formatDuration } from "./duration.ts";
import { createTuiLog } from "./tui_log.ts";

/** What is shown and recorded, and how. */
export interface TuiSettings {
  /** The broker and how to connect to it. */
  connection: ConnectionSettings;
  /** The topics to subscribe to. */
  topics: string[];
  /** The file that is recorded to from the start. */
  file?: string;
  /** Whether that is replaced where it is there. */
  overwrite?: boolean;
  /** Whose time is recorded. Default: the host's. */
  timestamps?: "host" | "device";
  /** Whether what the broker had kept counts, too. */
  retained?: boolean;
  /** Larger messages are rejected, in bytes. */
  maxPayload?: number;
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
   * could not go on. `connected` is whether there ever was a connection.
   */
  done: Promise<void>;
  /** Whether there ever was a connection. */
  wasConnected(): boolean;
  /** What came of the recording, in a line; nothing where there was none. */
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
 * import { readConnection } from "./connection.ts";
 * import { startTuiSession } from "./tui_session.ts";
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
  const { topics, file, overwrite } = settings;
  const { url, shown, qos, connect } = settings.connection;
  const quitting = new AbortController();
  const signal = AbortSignal.any([quitting.signal, settings.signal]);
  const log = createTuiLog();
  const messages = createMeter();
  const bytes = createMeter();
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
  const recorder = createRecorder({ log: tell });
  if (file !== undefined) await recorder.start(file, { overwrite });

  let connection: ConnectionSnapshot = {
    url: shown,
    state: "connecting",
    qos,
    reconnects: 0,
  };
  let everConnected = false;
  // The screen says already which broker it is.
  const brief = (reason: string) =>
    reason.replaceAll(` to ${shown}`, "").replaceAll(shown, "The broker");
  const onStatus = (told: BrokerStatus) => {
    const status = "reason" in told
      ? { ...told, reason: brief(told.reason) }
      : told;
    const before = connection.state;
    connection = follow(connection, status);
    if (status.state === "connected") {
      everConnected = true;
      tell(status.reconnects === 0 ? "Connected" : "Reconnected");
      if (status.qos < qos) {
        tell(`The broker grants QoS ${status.qos}, not ${qos}`);
      }
    } else if (status.state === "reconnecting") {
      if (before === "reconnecting") changed();
      else tell(`No connection: ${status.reason}`);
    }
  };
  const rejects: Sink<Reject> = (flow) =>
    recorder.rejects(
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
    mqtt(url, topics, { ...connect, qos, signal, wait: true, onStatus }),
    measure(messages, bytes),
    filter(({ retain }) => !retain || (settings.retained ?? false)),
    parse({ rejects, maxPayload: settings.maxPayload }),
    settings.timestamps === "device" ? (flow) => flow : stamp(),
    tee(latest),
    recorder,
  );
  done.catch((error) => {
    const reason = brief((error as Error).message);
    connection = { ...connection, state: "offline", reason };
    tell(`Offline: ${reason}`);
  });
  const control = openControl(url, connect);

  return {
    source: {
      snapshot: () => {
        const now = Date.now() / 1000;
        return {
          now,
          connection,
          topics,
          traffic: { messages: messages.rate(now), bytes: bytes.rate(now) },
          live: latest.snapshot(),
          recorder: recorder.snapshot(),
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
      async start(path) {
        if (await isPermitted(path)) return await recorder.start(path);
        throw new WeirError(
          `Cannot write ${path}: Deno was started without the permission for it (--allow-read and --allow-write).`,
        );
      },
      stop: () => recorder.stop(),
      pause: () => recorder.pause(),
      resume: () => recorder.resume(),
      suggestFile: () => suggestFile(topics[0]),
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
    wasConnected: () => everConnected,
    summary() {
      const { path, rows, rejected, lost, elapsed } = recorder.snapshot();
      if (path === undefined) return undefined;
      const whole = (count: number) => count.toLocaleString("en-US");
      return `Recorded ${counted(rows, "event")} to ${path} in ${
        formatDuration(elapsed)
      } (${whole(rejected)} rejected${lost ? `, ${whole(lost)} lost` : ""})`;
    },
    async [Symbol.asyncDispose]() {
      quitting.abort();
      await done.catch(() => {});
      // Started by hand after the flow had ended.
      await recorder.stop();
      await control[Symbol.asyncDispose]();
    },
  };
}

/** Counts messages, and the bytes of their topics and payloads. */
function measure(messages: Meter, bytes: Meter): Stage<Message, Message> {
  return async function* (flow) {
    for await (const batch of flow) {
      const { time } = batch[batch.length - 1];
      let size = 0;
      for (const { topic, payload } of batch) {
        size += topic.length + payload.length;
      }
      messages.add(batch.length, time);
      bytes.add(size, time);
      yield batch;
    }
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

function follow(
  before: ConnectionSnapshot,
  status: BrokerStatus,
): ConnectionSnapshot {
  const rest = { ...before, reason: undefined, retryAt: undefined };
  switch (status.state) {
    case "connecting":
      return { ...rest, state: "connecting" };
    case "connected": {
      const { version, qos, reconnects } = status;
      return { ...rest, state: "connected", version, qos, reconnects };
    }
    case "reconnecting":
      return {
        ...rest,
        state: "reconnecting",
        reason: status.reason,
        retryAt: Date.now() / 1000 + status.delay,
      };
  }
}

/** `sensor-data-2026-11-22T12-03.csv`, of the time where the terminal is. */
async function suggestFile(topic: string): Promise<string> {
  const name = topic.replace(/[^\p{L}\p{N}]+/gu, "-").replace(/^-|-$/g, "")
    .slice(0, 40) || "weir";
  const now = new Date();
  const two = (part: number) => String(part).padStart(2, "0");
  const day = `${now.getFullYear()}-${two(now.getMonth() + 1)}-${
    two(now.getDate())
  }`;
  const base = `${name}-${day}T${two(now.getHours())}-${two(now.getMinutes())}`;
  for (let n = 1; n < 100; n++) {
    const file = n === 1 ? `${base}.csv` : `${base}-${n}.csv`;
    if (!await isPermitted(file)) return file;
    try {
      await Deno.stat(file);
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return file;
      throw new WeirError(
        `Cannot look for ${file}: ${(error as Error).message}`,
      );
    }
  }
  return `${base}.csv`;
}

/**
 * Whether Deno may read and write a file. Where it may not it would ask, in the
 * middle of the screen.
 */
async function isPermitted(path: string): Promise<boolean> {
  for (const name of ["read", "write"] as const) {
    const { state } = await Deno.permissions.query({ name, path });
    if (state !== "granted") return false;
  }
  return true;
}
