import type { LiveSnapshot } from "../pipeline/mod.ts";
import { WeirError } from "../pipeline/error.ts";
import { file } from "../pipeline/export/file_source.ts";
import { live } from "../pipeline/live.ts";
import { pipe } from "../pipeline/pipe.ts";
import { followRecording } from "../pipeline/recording/follow_recording.ts";
import { tap } from "../pipeline/stages/tap.ts";
import { followMarks } from "./follow_marks.ts";
import { createRunLog } from "./run_log.ts";
import type { RunSettings } from "./run_settings.ts";
import type { Actions, Snapshot, Source } from "./run_snapshot.ts";
import { namesOf, readAllMarks, sizeOf } from "./several_recordings.ts";
import { explainMessage } from "./watch_messages.ts";

/** A recording that is looked at, while another weir may write it. */
export interface ViewedRecording extends Source, AsyncDisposable {
  /** What a person can do with it. */
  actions: Actions;
  /** Rejects if a file cannot be read. */
  ended: Promise<void>;
}

/** A recording without a reading for so many seconds is over, or three intervals. */
const OVER = 600;

/**
 * Shows recordings without any broker. One that is a plain file is followed as
 * another weir writes it; if it is over 32 MB, its end is read. Several are shown
 * as one, and so is a compressed one; nobody writes those.
 */
export function viewRecording(
  paths: readonly string[],
  { rules, timestamps, signal }: Pick<
    RunSettings,
    "rules" | "timestamps" | "signal"
  >,
): ViewedRecording {
  const quitting = new AbortController();
  const ending = AbortSignal.any([signal, quitting.signal]);
  const listeners = new Set<() => void>();
  const changed = () => listeners.forEach((listener) => listener());
  const latest = live({ whole: true });
  const log = createRunLog();
  const [path] = paths;
  const followed = paths.length === 1 && !/\.gz$/i.test(path);
  const marks = followed
    ? followMarks(() => path, changed)
    : readAllMarks(paths, changed);
  let bytes = 0;
  let atEnd = false;
  let grown = -Infinity;
  let [from, to] = [Infinity, -Infinity];
  const source = followed
    ? followRecording(path, {
      rules,
      timestamps,
      signal: ending,
      onSize(size) {
        if (size === bytes) atEnd = true;
        else if (atEnd) grown = Date.now() / 1000;
        bytes = size;
      },
    })
    : file(paths, { rules, timestamps, signal: ending });
  if (!followed) void sizeOf(paths).then((size) => bytes = size);
  const reading = pipe(
    source,
    tap(({ ts }) => {
      from = Math.min(from, ts);
      to = Math.max(to, ts);
    }),
    latest,
  );
  // What was read is shown until a person ends it.
  const ended = reading.then(() => untilAborted(ending));
  // Whoever does not wait for the end sees nothing new.
  ended.catch(() => {});
  latest.subscribe(changed);
  const noBroker = () =>
    Promise.reject(
      new WeirError(
        "ERR_WEIR_ARGUMENT",
        "This is a file: there is no broker to ask.",
      ),
    );
  return {
    snapshot: () => {
      const now = Date.now() / 1000;
      const seen = latest.snapshot();
      const over = from <= to &&
        now - Math.max(grown, to) > Math.max(OVER, 3 * intervalOf(seen));
      return {
        ...NOTHING,
        now: over ? to : now,
        live: seen,
        log: log.entries(),
        marks: marks.marks(),
        file: {
          name: namesOf(paths),
          bytes,
          from: from <= to ? from : undefined,
          over,
        },
      };
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    actions: {
      publish: noBroker,
      ask: noBroker,
      clearRetained: noBroker,
      watchMessages: () => ({ [Symbol.dispose]() {} }),
      explain: (message) => explainMessage(message, { rules }),
      async mark(text) {
        await marks.add(text);
        log.add({ kind: "marked", text });
        changed();
      },
      quit: () => quitting.abort(),
    },
    ended,
    async [Symbol.asyncDispose]() {
      quitting.abort();
      marks[Symbol.dispose]();
      await ended.catch(() => {});
    },
  };
}

const untilAborted = (signal: AbortSignal) =>
  new Promise<void>((resolve) => {
    if (signal.aborted) return resolve();
    signal.addEventListener("abort", () => resolve(), { once: true });
  });

/** The usual interval of the sensor that is read most often, in seconds. */
function intervalOf({ sensors }: LiveSnapshot): number {
  const intervals = [...sensors.values()].map(({ interval }) => interval);
  const known = intervals.filter((interval) => interval > 0);
  return known.reduce((least, each) => Math.min(least, each), known[0] ?? 0);
}

/** What a snapshot has of a broker and a recording if there are none. */
const NOTHING = {
  elapsed: 0,
  connection: { url: "", state: "offline", qos: 0, away: 0, reconnects: 0 },
  topics: [],
  traffic: { messages: 0, bytes: 0, received: 0, leftOut: 0, behind: 0 },
  recorder: {
    state: "stopped",
    bytes: 0,
    rows: 0,
    moreSensors: false,
    synced: 0,
    waiting: 0,
    lost: 0,
    passed: 0,
    rejected: 0,
    unkept: 0,
    gaps: 0,
    untimed: 0,
    excluded: 0,
    waited: 0,
    elapsed: 0,
    durable: false,
  },
  control: { connected: false, broker: {}, boards: new Map() },
  rejects: [],
  alarms: new Map(),
  samples: new Map(),
} as const satisfies Partial<Snapshot>;
