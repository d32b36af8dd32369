import type { Reject, SensorEvent } from "../event.ts";
import type { Sink } from "../flow.ts";
import { counted } from "../counted.ts";
import { createBacklog } from "./backlog.ts";
import { formatFor } from "./formats/format_for.ts";
import { openRecording, type Recording } from "./open_recording.ts";
import type { RecorderSnapshot } from "./recorder_snapshot.ts";
import { openRejects, type RejectsFile, rejectsPath } from "./rejects_file.ts";
import { createRetry, gaveUp, type Retry, safeRows } from "./retry.ts";
import type { RowFormat } from "./row_format.ts";
import { createTurns } from "./turns.ts";

/** A sink that is started, paused, stopped and pointed at another file. */
export interface Recorder extends Sink<SensorEvent> {
  /**
   * Starts a recording, or goes on in another file: no reading between the two
   * is left out.
   *
   * @throws {WeirError} if the file cannot be opened. All is as it was.
   */
  start(path: string, options?: { overwrite?: boolean }): Promise<void>;
  /**
   * Lets readings go by until `resume()`: they are counted, not written.
   * Messages that cannot become events are not written in that time either.
   */
  pause(): void;
  /** Writes them again. */
  resume(): void;
  /**
   * Ends the recording: writes what waits, syncs, closes.
   *
   * @throws {WeirError} `ERR_WEIR_GAVE_UP` if that fails. The recording has
   * ended all the same.
   */
  stop(): Promise<void>;
  /** Takes what could not become events, for `parse()`. */
  rejects: Sink<Reject>;
  /** The state and the numbers of the recording. */
  snapshot(): RecorderSnapshot;
}

/** Options of {@linkcode recorder}. */
export interface RecorderOptions {
  /**
   * The format of the rows, or a function from a file's path to it. Default:
   * `formatFor`, which goes by the ending of the file's name.
   */
  format?: RowFormat | ((path: string) => RowFormat);
  /** Takes what a person should know of it. Default: stderr. */
  log?: (text: string) => void;
  /** How many readings may wait for a file that cannot be written. */
  maxWaiting?: number;
  /** Seconds after which a failing disk ends the flow. Default: never. */
  giveUp?: number;
}

/** Seconds from one sync to the next. */
const SYNC_EVERY = 1;

/** How many bytes of readings, and of rejects, may wait. */
const MAX_BYTES = 16 * 1_048_576;

interface Current {
  path: string;
  format: RowFormat;
  recording: Recording;
  rejects: RejectsFile;
  retry: Retry;
  /** Aborts when nobody wants this file to be written any more. */
  closing: AbortController;
}

/**
 * Records a flow of events when asked to, as `csv()` does: a file of rows, and
 * beside it `FILE.rejects.jsonl`. While it is not recording, events go by.
 *
 * What it promises of every reading that it takes while it records:
 *
 * - The reading is in the file, or waits for it, when the flow is pulled again.
 *   It is on the disk itself within about a second, as `synced` says.
 * - A file that cannot be written (a full disk) does not end the flow. Readings
 *   wait: `maxWaiting` of them (100,000 if left out), or 16 MiB. They are
 *   written, in order, as soon as that is possible, or to the next file.
 * - What comes after that is counted as `lost` and logged. Nothing is lost
 *   otherwise, and nothing is written twice.
 * - If it cannot be written for `giveUp` seconds, the flow ends with an error
 *   that says how many rows are safe.
 * - Rejects wait in the same way, and never hold up a reading.
 *
 * @throws {WeirError} `ERR_WEIR_GAVE_UP` if the disk failed for `giveUp`
 * seconds, or at the end of the flow, if readings that wait can still not be
 * written; with the facts `path`, `safe` and `lost`. `ERR_WEIR_EVENT` if an
 * event has a time or a value that no file can hold.
 *
 * @example
 * ```ts
 * import { pipe, recorder } from "../mod.ts";
 *
 * const path = `${await Deno.makeTempDir()}/test.csv`;
 * const recording = recorder({ log: () => {} });
 * async function* source() {
 *   yield [{ sensor_id: "lux-1", ts: 1484535480, val: 1 }];
 *   await recording.start(path);
 *   yield [{ sensor_id: "lux-1", ts: 1484535481, val: 2 }];
 * }
 * await pipe(source(), recording);
 * const { rows, synced } = recording.snapshot();
 * if (rows !== 1 || synced !== 1) throw recording.snapshot();
 * ```
 */
export function recorder(options: RecorderOptions = {}): Recorder {
  const { log = console.error, maxWaiting = 100_000, giveUp } = options;
  const waiting = createBacklog<SensorEvent>(
    maxWaiting,
    MAX_BYTES,
    ({ sensor_id, val }) =>
      16 + sensor_id.length + (typeof val === "string" ? val.length : 8),
  );
  const waitingRejects = createBacklog<Reject>(
    maxWaiting,
    MAX_BYTES,
    ({ topic, payload }) => topic.length + payload.length,
  );
  const fresh = () => ({
    synced: 0,
    lost: 0,
    passed: 0,
    rejected: 0,
    lastReject: undefined as string | undefined,
    reason: undefined as string | undefined,
    started: performance.now(),
    ended: undefined as number | undefined,
  });
  let counts = fresh();
  let current: Current | undefined;
  let last: Partial<ReturnType<Recording["summary"]>> = {};
  let paused = false;
  /** How many readings waited when they were tried again. */
  let waited = 0;
  /** Whether there is no more room to wait in. */
  let full = false;
  let rejectsFail = false;
  let syncing: ReturnType<typeof setInterval> | undefined;
  /** Ends the flow, if it is being pulled. */
  let interrupt = (_error: unknown) => {};
  let given: { error: unknown } | undefined;

  // Whatever touches the file waits for its turn.
  const turn = createTurns();

  /** Reads "1,234 lost", or nothing. */
  const orLost = () =>
    counts.lost > 0 ? `, ${counts.lost.toLocaleString("en-US")} lost` : "";

  const keep = ({ path, format }: Current, events: readonly SensorEvent[]) => {
    // What cannot be written throws now, and not when it has waited.
    format.rows(events);
    const lost = waiting.add(events);
    if (lost > 0 && !full) {
      log(
        `${
          counted(waiting.items().length, "reading")
        } wait for ${path}. There is no room for more: those that come now are lost.`,
      );
    }
    full = lost > 0;
    counts.lost += lost;
  };

  const sync = async ({ recording }: Current) => {
    const { rows } = recording.summary();
    await recording.sync();
    counts.synced = rows;
  };
  const writeWaiting = async (to: Current) => {
    const events = waiting.items();
    waited = events.length;
    if (events.length > 0) {
      await to.recording.write(events);
      waiting.drop(events.length);
      full = false;
    }
    await sync(to);
  };
  const writeRejects = async ({ rejects }: Current) => {
    const lines = waitingRejects.items();
    if (lines.length === 0) return;
    try {
      await rejects.write(lines);
      waitingRejects.drop(lines.length);
      rejectsFail = false;
    } catch (error) {
      if (!rejectsFail) log((error as Error).message);
      rejectsFail = true;
    }
  };

  /** Tries again in the background. Until then readings wait. */
  const retryLater = (failed: Current, error: unknown) => {
    const { retry, closing: { signal } } = failed;
    if (retry.failing()) return;
    const attempt = () =>
      turn(async () => {
        if (!signal.aborted) await writeWaiting(failed);
      });
    retry.until(attempt, { error }).catch((error) => {
      if (signal.aborted) return;
      given = { error: error.cause };
      interrupt(error);
    });
  };
  const tick = async () => {
    if (!current) return;
    await writeRejects(current);
    if (current.retry.failing()) return;
    if (current.recording.summary().rows === counts.synced) return;
    await sync(current).catch((error) => retryLater(current!, error));
  };

  /** Writes what waits, syncs and closes. Throws what went wrong in it. */
  const close = async (closing: Current) => {
    clearInterval(syncing);
    closing.closing.abort();
    try {
      await writeWaiting(closing);
    } finally {
      await writeRejects(closing);
      await closing.rejects.close().catch(({ message }) => log(message));
      last = closing.recording.summary();
      counts.ended = performance.now();
      closing.recording.close();
      current = undefined;
    }
  };

  const stop = async () => {
    const problem = given;
    given = undefined;
    if (!current) return;
    const { path } = current;
    try {
      await close(current);
      if (problem) throw problem.error;
    } catch (error) {
      counts.lost += waiting.items().length;
      const failed = gaveUp(error, safeRows(path, counts.synced, counts.lost));
      counts.reason = failed.message;
      throw failed;
    } finally {
      counts.lost += waitingRejects.items().length;
      waiting.drop(Infinity);
      waitingRejects.drop(Infinity);
      paused = false;
    }
    log(
      `Stopped recording to ${path}: ${counted(last.rows!, "row")}${orLost()}`,
    );
  };

  const take = async (batch: readonly SensorEvent[]) => {
    if (!current) return;
    if (paused) counts.passed += batch.length;
    else if (current.retry.failing()) keep(current, batch);
    else {
      try {
        await current.recording.write(batch);
      } catch (error) {
        keep(current, batch);
        retryLater(current, error);
      }
    }
  };
  const sink: Sink<SensorEvent> = async (flow) => {
    const iterator = flow[Symbol.asyncIterator]();
    const leave = async () => await iterator.return?.();
    try {
      while (!given) {
        const pulled = Promise.withResolvers<
          IteratorResult<readonly SensorEvent[]>
        >();
        interrupt = pulled.reject;
        iterator.next().then(pulled.resolve, pulled.reject);
        const { done, value } = await pulled.promise;
        if (done) return await turn(stop);
        await turn(() => take(value));
      }
    } catch (error) {
      if (!given) {
        // The flow's error is the one to hear of.
        await turn(stop).catch(({ message }) => log(message));
        await leave();
        throw error;
      }
    }
    // Not awaited: a source that has nothing to deliver would hold it up.
    leave().catch(() => {});
    await turn(stop);
  };

  return Object.assign(
    sink,
    {
      async start(path: string, { overwrite }: { overwrite?: boolean } = {}) {
        const { format = formatFor } = options;
        const rowFormat = typeof format === "function" ? format(path) : format;
        const opened = { overwrite, log };
        const recording = await openRecording(path, rowFormat, opened);
        await turn(async () => {
          const before = current;
          if (before) {
            // What could not be written there is written here.
            await close(before).catch((error) => log(error.message));
            log(
              `Closed ${before.path}: ${counted(last.rows!, "row")}${orLost()}`,
            );
          }
          const closing = new AbortController();
          const { signal } = closing;
          const next: Current = {
            path,
            format: rowFormat,
            recording,
            rejects: openRejects(rejectsPath(path)),
            closing,
            retry: createRetry({
              giveUp,
              signal,
              log: (text) => signal.aborted || log(text),
              again: () =>
                `Writing ${path} again: ${
                  counted(waited, "reading")
                } that waited are in it${orLost()}`,
              safe: () => safeRows(path, counts.synced, counts.lost),
            }),
          };
          counts = fresh();
          current = next;
          paused = false;
          log(`Recording to ${path}`);
          syncing = setInterval(() => void turn(tick), SYNC_EVERY * 1000);
          await writeWaiting(next).catch((error) => retryLater(next, error));
        });
      },
      pause() {
        if (!current || paused) return;
        paused = true;
        log("Paused: readings are shown, not written");
      },
      resume() {
        if (!current || !paused) return;
        paused = false;
        log("Writing readings again");
      },
      stop: () => turn(stop),
      rejects: async (flow) => {
        for await (const batch of flow) {
          await turn(async () => {
            counts.rejected += batch.length;
            counts.lastReject = batch.at(-1)?.reason;
            if (!current || paused) return;
            counts.lost += waitingRejects.add(batch);
            await writeRejects(current);
          });
        }
      },
      snapshot: () => {
        const { path, ...written } = current?.recording.summary() ?? last;
        const { started, ended, ...shown } = counts;
        const failing = current?.retry.failing();
        return {
          rows: 0,
          sensors: 0,
          moreSensors: false,
          bytes: 0,
          ...written,
          state: !current
            ? "stopped"
            : failing
            ? "error"
            : paused
            ? "paused"
            : "recording",
          path,
          waiting: waiting.items().length,
          elapsed: path !== undefined
            ? ((ended ?? performance.now()) - started) / 1000
            : 0,
          ...shown,
          ...failing,
        };
      },
    } satisfies Omit<Recorder, keyof Sink<SensorEvent>>,
  );
}
