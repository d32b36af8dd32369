import { reasonOf } from "../error.ts";
import type { SensorEvent } from "../event.ts";
import type { Sink } from "../flow.ts";
import { counted } from "../counted.ts";
import { formatFor } from "./formats/format_for.ts";
import { nameFiles } from "./name_files.ts";
import { openFiles } from "./open_files.ts";
import {
  createPatientRecording,
  createWaiting,
  orLost,
  type PatientNumbers,
  type PatientRecording,
} from "./patient_recording.ts";
import type { Recorder, RecorderOptions } from "./recorder_types.ts";
import { createPace } from "./pace.ts";
import type { PathOf } from "./rotation/path_of.ts";
import { createWaitingRejects } from "./waiting_rejects.ts";
import { gaveUp, safeRows } from "./retry.ts";
import { createTurns } from "./turns.ts";
import { say } from "../say.ts";

/** Seconds from one sync to the next. */
const SYNC_EVERY = 1;

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
  const { log = say, maxWaiting = 100_000 } = options;
  const waiting = createWaiting(maxWaiting);
  const waitingRejects = createWaitingRejects(maxWaiting, {
    maxBytes: options.maxRejects,
    log,
  });
  const fresh = () => ({
    passed: 0,
    rejected: 0,
    lastReject: undefined as string | undefined,
    reason: undefined as string | undefined,
    started: performance.now(),
    ended: undefined as number | undefined,
  });
  let counts = fresh();
  let current: PatientRecording | undefined;
  let last: PatientNumbers | undefined;
  let paused = false;
  /** The disk's error, if it was given up. */
  let given: { error: unknown } | undefined;
  /** Ends the flow, if it is being pulled. */
  let interrupt = (_error: unknown) => {};

  // Whatever touches a file waits for its turn.
  const turn = createTurns();

  const numbers = () => {
    const { lost = 0, ...written } = current?.numbers() ?? last ?? {};
    return { ...written, lost, unkept: waitingRejects.unkept };
  };
  const cameTo = () => {
    const { rows = 0, lost } = numbers();
    return counted(rows, "row") + orLost(lost);
  };
  const writeRejects = async () => {
    const path = current?.numbers().path;
    if (path) await waitingRejects.write(path);
  };

  // An idle recording is not woken: what comes asks for a sync.
  const syncs = createPace(SYNC_EVERY, () =>
    void turn(async () => {
      await current?.sync();
      await tryRejects();
    }));
  /** Writes rejects. Those that cannot be written are tried again later. */
  const tryRejects = async () => {
    await writeRejects();
    if (current && waitingRejects.waits) syncs.ask();
  };

  /** Writes what waits, syncs and closes. Throws what went wrong in it. */
  const close = async (closing: PatientRecording) => {
    syncs.stop();
    try {
      await closing.close();
    } finally {
      await writeRejects();
      await waitingRejects.close();
      last = closing.numbers();
      current = undefined;
      counts.ended = performance.now();
    }
  };
  const stop = async () => {
    const problem = given;
    given = undefined;
    if (!current) return;
    const failed = await close(current).then(
      () => problem,
      (error) => ({ error }),
    );
    waitingRejects.clear();
    const { path, synced } = last!;
    last!.lost += waiting.items().length;
    waiting.keep([]);
    paused = false;
    if (failed) {
      const error = gaveUp(
        failed.error,
        safeRows(path, synced, numbers().lost),
      );
      counts.reason = reasonOf(error);
      throw error;
    }
  };

  const take = async (batch: readonly SensorEvent[]) => {
    if (paused) counts.passed += batch.length;
    else if (current) {
      await current.write(batch);
      syncs.ask();
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

  const open = async (path: string | PathOf, overwrite?: boolean) => {
    const { format = formatFor } = options;
    const formatOf = typeof format === "function" ? format : () => format;
    const { maxSize, gzip } = options;
    const opening = { overwrite, log, keep: true, maxSize, gzip };
    const recording = await openFiles(path, formatOf, opening);
    return createPatientRecording(recording, {
      waiting,
      turn,
      giveUp: options.giveUp,
      onGivenUp(error) {
        given = { error };
        interrupt(error);
      },
      log,
    });
  };

  return Object.assign(
    sink,
    {
      async start(
        path: string | PathOf,
        { overwrite }: { overwrite?: boolean } = {},
      ) {
        const next = await open(path, overwrite);
        await turn(async () => {
          if (current) {
            const closing = current;
            // What could not be written there is written here.
            await close(current).catch((error) => log(error.message));
            log(`Closed ${nameFiles(closing.numbers())}: ${cameTo()}`);
          }
          counts = fresh();
          waitingRejects.reset();
          current = next;
          paused = false;
          await next.sync();
          await tryRejects();
        });
      },
      pause() {
        if (current) paused = true;
      },
      resume() {
        paused = false;
      },
      stop: () => turn(stop),
      rejects: async (flow) => {
        for await (const batch of flow) {
          await turn(async () => {
            counts.rejected += batch.length;
            counts.lastReject = batch.at(-1)?.reason;
            if (!current || paused) return;
            waitingRejects.add(batch);
            await tryRejects();
          });
        }
      },
      snapshot: () => {
        const failing = current?.failing();
        const { path, ...written } = numbers();
        const { started, ended, ...shown } = counts;
        return {
          rows: 0,
          sensors: 0,
          moreSensors: false,
          bytes: 0,
          synced: 0,
          ...written,
          state: !current
            ? "stopped"
            : failing
            ? "error"
            : paused
            ? "paused"
            : "recording",
          path: path || undefined,
          waiting: waiting.items().length,
          elapsed: current || last
            ? ((ended ?? performance.now()) - started) / 1000
            : 0,
          ...shown,
          ...failing,
        };
      },
    } satisfies Omit<Recorder, keyof Sink<SensorEvent>>,
  );
}
