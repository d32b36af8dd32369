import {
  ask,
  lines,
  live as keepLive,
  type Message,
  mqtt,
  parse,
  pipe,
  publish,
  readBrokerUrl,
  type Reject,
  rejectsPath,
  type SensorEvent,
  type Sink,
  type Stage,
  stamp,
  take,
  tee,
  watchBroker,
  watchTimes,
  withoutRepeats,
} from "../pipeline/mod.ts";
import { openDurably } from "./durable_recording.ts";
import { fillPast } from "./fill_past.ts";
import { followConnection } from "./follow_connection.ts";
import { followTraffic } from "./follow_traffic.ts";
import { followMarks } from "./follow_marks.ts";
import { startAlarms } from "./start_alarms.ts";
import { openPlain } from "./plain_recording.ts";
import type { RunEvent } from "./run_event.ts";
import { keepLastRejects } from "./last_rejects.ts";
import { createRunLog } from "./run_log.ts";
import type { RunSettings } from "./run_settings.ts";
import type { Actions, Snapshot, Source } from "./run_snapshot.ts";
import { explainMessage, watchMessages } from "./watch_messages.ts";
import { after, limit } from "./timer.ts";

/** A flow under way, with or without a recording, seen from outside. */
export interface Run extends Source, AsyncDisposable {
  /** What a person can do with it. */
  actions: Actions;
  /**
   * Resolves with the last snapshot when the flow has ended and all files are
   * closed; rejects with the error that ended it.
   */
  ended: Promise<Snapshot>;
}

/** The largest payload that is read if the settings do not say, in bytes. */
const MAX_PAYLOAD = 1_048_576;

/** After so many seconds without a message a run says what may be missing. */
const SILENT = 10;

/** Seconds to wait for a board's answer. */
const ASK_TIMEOUT = 5;

/**
 * Starts a run: from a subscription to a recording, printed, shown, or all of
 * it. It prints nothing itself. Disposing of it ends it.
 *
 * @throws {WeirError} if the file cannot be opened.
 */
export async function startRun(settings: RunSettings): Promise<Run> {
  const { topics, file, durable: clientId, count } = settings;
  const { maxPayload = MAX_PAYLOAD } = settings;
  const { url, urls = [url], shown, connect } = settings.connection;
  const qos = clientId === undefined ? settings.connection.qos : 1;
  const quitting = new AbortController();
  const limited = limit(
    AbortSignal.any([quitting.signal, settings.signal]),
    settings.seconds,
  );
  const { signal } = limited;

  const log = createRunLog();
  const listeners = new Set<() => void>();
  const changed = () => listeners.forEach((listener) => listener());
  const report = (event: RunEvent) => {
    log.add(event);
    settings.onEvent?.(event);
    changed();
  };
  const recording = clientId === undefined || file === undefined
    ? await openPlain(settings, report)
    : await openDurably(file, clientId, { ...settings, signal }, report);
  const latest = settings.live
    ? keepLive({
      onSensor: (sensor_id) => report({ kind: "sensor", sensor_id }),
    })
    : undefined;
  if (latest) void fillPast(latest, { ...settings, signal });
  const control = settings.watch ? watchBroker(urls, connect) : undefined;
  const traffic = followTraffic({ retained: settings.retained, changed });
  const connection = followConnection({ shown, qos, report, changed });
  /** The address that it is on. */
  const here = () =>
    urls.find((url) => readBrokerUrl(url).href === connection.snapshot().url) ??
      url;
  const counts = { gaps: 0, untimed: 0, excluded: 0 };
  let started: number | undefined;
  let stopped: number | undefined;

  const marks = settings.live
    ? followMarks(() => recording.snapshot().path, changed)
    : undefined;
  const messages = settings.live ? watchMessages() : undefined;
  const lastRejects = settings.live ? keepLastRejects() : undefined;
  let notKept = 0;
  const rejects: Sink<Reject> = (flow) =>
    recording.rejects(reported(flow, (batch) => {
      const { state, path, unkept } = recording.snapshot();
      const recorded = state === "recording" || state === "error";
      const kept = path && recorded && unkept <= notKept
        ? rejectsPath(recording.base ?? path)
        : undefined;
      notKept = unkept;
      lastRejects?.add(batch);
      for (const reject of batch) report({ kind: "rejected", reject, kept });
    }));
  const alarms = await startAlarms(settings, report);
  const branches = [
    latest ?? [],
    alarms?.sink ?? [],
    settings.branches?.(signal) ?? [],
  ].flat();

  let silence: Disposable | undefined;
  const watchSilence = () => {
    const seconds = settings.silent ?? SILENT;
    silence = after(seconds, async () => {
      if (traffic.heard()) return;
      const { findAlike } = await import("./notice_silence.ts");
      const alike = await findAlike(topics, settings.connection, signal);
      const { leftOut } = traffic.snapshot(Date.now() / 1000);
      if (traffic.heard() || signal.aborted) return;
      report({ kind: "silent", seconds, topics, leftOut, alike });
    });
  };
  const say = (text: string) => report({ kind: "recording", text });
  /** From messages to the events that are recorded. */
  const reading: Stage<Message, SensorEvent> = (flow) =>
    pipe(
      flow,
      parse({
        rejects,
        maxPayload,
        rules: settings.rules,
        onGaps: (count) => counts.gaps += count,
        onUntimed(count) {
          if (counts.untimed === 0) report({ kind: "untimed" });
          counts.untimed += count;
        },
        onExcluded: (count) => counts.excluded += count,
        onSharedId: (shared) => report({ kind: "shared id", ...shared }),
      }),
      settings.timestamps === "device" ? same : stamp(),
      watchTimes(say),
      count === undefined ? same : take<SensorEvent>(count),
      branches.length > 0 ? tee(...branches) : same,
    );
  const keepingRaw = async () => {
    const { rawStage } = await import("./raw_stage.ts");
    return rawStage({ ...settings, maxPayload }, branches, say);
  };
  const begin = () => {
    started ??= performance.now();
    limited.start();
  };
  const subscribe = () =>
    mqtt(urls, topics, {
      ...connect,
      maxPayload,
      qos,
      signal,
      session: recording.session,
      wait: settings.wait,
      onStatus(status) {
        connection.onStatus(status);
        if (status.state !== "connected") return;
        if (started === undefined) watchSilence();
        begin();
      },
      onAcknowledged: recording.acknowledged,
    });
  const readLines = (stream: ReadableStream<Uint8Array>) => {
    begin();
    say(`Reading lines${file === undefined ? "" : `, recording to ${file}`}`);
    return lines(stream, { topic: topics[0], signal, maxPayload });
  };
  const run = async () => {
    try {
      await pipe(
        settings.lines ? readLines(settings.lines) : subscribe(),
        messages ? messages.stage : same,
        traffic.stage,
        settings.retained ? withoutRepeats() : same,
        settings.raw ? await keepingRaw() : reading,
        recording.sink,
      );
    } finally {
      stopped = performance.now();
      silence?.[Symbol.dispose]();
      alarms?.[Symbol.dispose]();
      limited[Symbol.dispose]();
      await recording[Symbol.asyncDispose]();
      // No broker has ever answered.
      if (started === undefined) await recording.undo?.();
    }
  };
  const snapshot = (): Snapshot => {
    const now = Date.now() / 1000;
    const until = stopped ?? performance.now();
    return {
      now,
      elapsed: started === undefined ? 0 : (until - started) / 1000,
      connection: connection.snapshot(),
      topics,
      traffic: traffic.snapshot(now),
      live: latest?.snapshot() ?? NO_SENSORS,
      recorder: { ...recording.snapshot(), ...counts },
      control: control?.snapshot() ?? NOT_WATCHED,
      log: log.entries(),
      rejects: lastRejects?.rejects() ?? [],
      marks: marks?.marks() ?? [],
      messages: messages?.snapshot(),
      alarms: alarms?.active() ?? NO_ALARMS,
    };
  };
  const ended = run().then(
    () => {
      connection.end();
      return snapshot();
    },
    (error: Error) => {
      connection.end(error);
      throw error;
    },
  );
  // Whoever does not wait for the end sees it in the snapshot.
  ended.catch(() => {});

  // Beside the flow's connection, so not under its client id.
  const beside = { ...connect, clientId: undefined };
  return {
    snapshot,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    actions: {
      byHand: recording.byHand,
      async publish(topic, payload) {
        await publish(here(), topic, [payload], beside);
        report({ kind: "published", topic });
      },
      watchMessages: () => messages?.watch() ?? NOTHING,
      explain: (message) => explainMessage(message, settings),
      async clearRetained(topic) {
        await publish(here(), topic, [""], { ...beside, retain: true });
        report({ kind: "cleared", topic });
      },
      async mark(text) {
        await marks?.add(text);
        report({ kind: "marked", text });
      },
      async ask(sensor_id) {
        const options = { ...beside, timeout: ASK_TIMEOUT };
        const [reply] = await Array.fromAsync(
          ask(here(), sensor_id, "sample", options),
        );
        report({ kind: "answered", reply });
        return reply;
      },
      quit: () => quitting.abort(),
    },
    ended,
    async [Symbol.asyncDispose]() {
      quitting.abort();
      await ended.catch(() => {});
      marks?.[Symbol.dispose]();
      await recording[Symbol.asyncDispose]();
      await control?.[Symbol.asyncDispose]();
    },
  };
}

const NO_SENSORS: Snapshot["live"] = {
  events: 0,
  sensors: new Map(),
  unlisted: 0,
};

const NOT_WATCHED: Snapshot["control"] = {
  connected: false,
  broker: {},
  boards: new Map(),
};

const NO_ALARMS: Snapshot["alarms"] = new Map();

const NOTHING: Disposable = { [Symbol.dispose]() {} };

/** The stage that changes nothing. */
const same = <T>(flow: T): T => flow;

/** Reports each batch when the rest of the flow has finished with it. */
async function* reported<T>(
  flow: AsyncIterable<readonly T[]>,
  report: (batch: readonly T[]) => void,
): AsyncGenerator<readonly T[]> {
  for await (const batch of flow) {
    yield batch;
    report(batch);
  }
}
