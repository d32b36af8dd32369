import {
  followRecording,
  live,
  pipe,
  tap,
  WeirError,
} from "../pipeline/mod.ts";
import { followMarks } from "./follow_marks.ts";
import { createRunLog } from "./run_log.ts";
import type { RunSettings } from "./run_settings.ts";
import type { Actions, Snapshot, Source } from "./run_snapshot.ts";
import { explainMessage } from "./watch_messages.ts";

/** A recording that is looked at, while another weir may write it. */
export interface ViewedRecording extends Source, AsyncDisposable {
  /** What a person can do with it. */
  actions: Actions;
  /** Rejects if the file cannot be read. */
  ended: Promise<void>;
}

/**
 * Shows a recording without any broker, and follows it as another weir writes
 * it. Of a file of over 32 MB the end is read.
 */
export function viewRecording(
  path: string,
  { rules, timestamps, signal }: Pick<
    RunSettings,
    "rules" | "timestamps" | "signal"
  >,
): ViewedRecording {
  const quitting = new AbortController();
  const ending = AbortSignal.any([signal, quitting.signal]);
  const listeners = new Set<() => void>();
  const changed = () => listeners.forEach((listener) => listener());
  const latest = live();
  const log = createRunLog();
  const marks = followMarks(() => path, changed);
  let bytes = 0;
  const ended = pipe(
    followRecording(path, {
      rules,
      timestamps,
      signal: ending,
      onSize: (size) => bytes = size,
    }),
    tap(changed),
    latest,
  );
  // Whoever does not wait for the end sees nothing new.
  ended.catch(() => {});
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
      return {
        ...NOTHING,
        now,
        live: seen,
        log: log.entries(),
        marks: marks.marks(),
        file: { path, bytes },
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
    elapsed: 0,
    durable: false,
  },
  control: { connected: false, broker: {}, boards: new Map() },
  rejects: [],
  alarms: new Map(),
} as const satisfies Partial<Snapshot>;
