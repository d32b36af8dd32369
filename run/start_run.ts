import type {
  Message,
  Reject,
  SensorEvent,
  Sink,
  Stage,
} from "../pipeline/mod.ts";
import { readBrokerUrl } from "../pipeline/mqtt/broker_url.ts";
import { mqtt } from "../pipeline/mqtt/source.ts";
import { watchTimes } from "../pipeline/odd_times.ts";
import { parse } from "../pipeline/parse.ts";
import { pipe } from "../pipeline/pipe.ts";
import { rejectsPath } from "../pipeline/recording/rejects_file.ts";
import { take } from "../pipeline/stages/take.ts";
import { tee } from "../pipeline/tee.ts";
import { actBeside } from "./act_beside.ts";
import { followBoards } from "./follow_boards.ts";
import { followConnection } from "./follow_connection.ts";
import { followTraffic } from "./follow_traffic.ts";
import { startAlarms } from "./start_alarms.ts";
import type { RunEvent } from "./run_event.ts";
import { openRunRecording } from "./open_run_recording.ts";
import { createRunLog } from "./run_log.ts";
import type { RunSettings } from "./run_settings.ts";
import type { Actions, Snapshot, Source } from "./run_snapshot.ts";
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
  const recording = await openRunRecording({ ...settings, signal }, report);
  const viewed = settings.live
    ? (await import("./keep_for_viewers.ts")).keepForViewers(
      { ...settings, signal },
      () => recording.snapshot().path,
      {
        onSensor: (sensor_id) => report({ kind: "sensor", sensor_id }),
        changed,
      },
    )
    : undefined;
  const control = settings.watch
    ? (await import("../pipeline/boards/watch.ts")).watchBroker(urls, connect)
    : undefined;
  const traffic = followTraffic({ retained: settings.retained, changed });
  const connection = followConnection({ shown, qos, report, changed });
  /** The address that it is on. */
  const here = () =>
    urls.find((url) => readBrokerUrl(url).href === connection.snapshot().url) ??
      url;
  const counts = { gaps: 0, untimed: 0, excluded: 0, waited: 0 };
  const boards = followBoards(
    settings,
    () => recording.snapshot().state === "recording",
  );
  let started: number | undefined;
  let stopped: number | undefined;

  let notKept = 0;
  const rejects: Sink<Reject> = (flow) =>
    recording.rejects(reported(flow, (batch) => {
      const { state, path, unkept } = recording.snapshot();
      const recorded = state === "recording" || state === "error";
      const kept = path && recorded && unkept <= notKept
        ? rejectsPath(recording.base ?? path)
        : undefined;
      notKept = unkept;
      viewed?.lastRejects.add(batch);
      for (const reject of batch) report({ kind: "rejected", reject, kept });
    }));
  const alarms = await startAlarms(settings, report);
  const branches = [
    viewed?.latest ?? [],
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
      boards.events,
      watchTimes(say),
      count === undefined ? same : take<SensorEvent>(count),
      branches.length > 0 ? tee(...branches) : same,
    );
  const keepingRaw = async () => {
    const { rawStage } = await import("./raw_stage.ts");
    return rawStage({ ...settings, maxPayload }, branches, say);
  };
  const leavingOutRepeats = async () => {
    const { withoutRepeats } = await import(
      "../pipeline/mqtt/without_repeats.ts"
    );
    return withoutRepeats();
  };
  const begin = () => {
    started ??= performance.now();
    limited.start();
  };
  // Who waits for a broker may wait for less than ever.
  if (settings.wait) limited.start();
  const subscribe = () =>
    mqtt(urls, topics, {
      ...connect,
      maxPayload,
      qos,
      signal,
      besides: boards.besides,
      session: recording.session,
      wait: settings.wait,
      onStatus(status) {
        connection.onStatus(status);
        if (status.state !== "connected") return;
        if (started === undefined) watchSilence();
        begin();
      },
      onAcknowledged: recording.acknowledged,
      onWaited(count) {
        counts.waited += count;
        report({ kind: "waited", count });
      },
    });
  const readLines = async (stream: ReadableStream<Uint8Array>) => {
    const { lines } = await import("../pipeline/line_source.ts");
    begin();
    say(`Reading lines${file === undefined ? "" : `, recording to ${file}`}`);
    return lines(stream, { topic: topics[0], signal, maxPayload });
  };
  const run = async () => {
    try {
      await pipe(
        settings.lines ? await readLines(settings.lines) : subscribe(),
        boards.messages,
        viewed ? viewed.messages.stage : same,
        traffic.stage,
        settings.retained ? await leavingOutRepeats() : same,
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
      live: viewed?.latest.snapshot() ?? NO_SENSORS,
      recorder: { ...recording.snapshot(), ...counts },
      control: control?.snapshot() ?? NOT_WATCHED,
      log: log.entries(),
      rejects: viewed?.lastRejects.rejects() ?? [],
      marks: viewed?.marks.marks() ?? [],
      messages: viewed?.messages.snapshot(),
      alarms: alarms?.active() ?? NO_ALARMS,
      samples: boards.snapshot(),
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

  return {
    snapshot,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    actions: {
      byHand: recording.byHand,
      ...actBeside({ ...settings.connection, here }, report),
      watchMessages: () => viewed?.messages.watch() ?? NOTHING,
      async explain(message) {
        const { explainMessage } = await import("./watch_messages.ts");
        return await explainMessage(message, settings);
      },
      async mark(text) {
        await viewed?.marks.add(text);
        report({ kind: "marked", text });
      },
      quit: () => quitting.abort(),
    },
    ended,
    async [Symbol.asyncDispose]() {
      quitting.abort();
      await ended.catch(() => {});
      viewed?.marks[Symbol.dispose]();
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
