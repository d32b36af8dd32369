import type { Reject, SensorEvent } from "../event.ts";
import { WeirError } from "../error.ts";
import type { Sink } from "../flow.ts";
import { counted } from "../counted.ts";
import type { RecorderSnapshot } from "./recorder_snapshot.ts";
import {
  openRecording,
  type Recording,
  type RecordingSummary,
} from "./open_recording.ts";
import { formatFor } from "./formats/format_for.ts";
import { openRejects, type RejectsFile } from "./rejects_file.ts";
import { createRetries } from "./retries.ts";
import type { RowFormat } from "./row_format.ts";
import { createTurns } from "./turns.ts";
import { createWaiting } from "./waiting_readings.ts";

/** A sink that a person can start, pause, stop and point at another file. */
export interface Recorder extends Sink<SensorEvent> {
  /**
   * Starts a recording, or goes on in another file: no reading between the two
   * is left out.
   *
   * @throws {WeirError} where the file cannot be opened; all is as it was.
   */
  start(path: string, options?: { overwrite?: boolean }): Promise<void>;
  /**
   * Lets readings go by until `resume()`: they are counted, not written.
   * Messages that cannot become events are not written meanwhile, either.
   */
  pause(): void;
  /** Writes them again. */
  resume(): void;
  /**
   * Ends the recording: writes what waits, syncs, closes.
   *
   * @throws {WeirError} where that fails; the recording has ended all the same.
   */
  stop(): Promise<void>;
  /** Takes what could not become events, for `parse()`. */
  rejects: Sink<Reject>;
  /** How it stands now. */
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
}

/** Seconds from one sync to the next. */
const SYNC_EVERY = 1;

interface Current {
  path: string;
  recording: Recording;
  rejects: RejectsFile;
}

/**
 * Records a flow of events when asked to, as `csv()` does: a file of rows, and
 * beside it `FILE.rejects.jsonl`. While it is not recording, events go by. What it wrote
 * is synced once a second.
 *
 * A file that cannot be written (a full disk) does not end the flow. The
 * readings wait, up to `maxWaiting`, and are written when there is room again,
 * or to the next file. What comes after that is counted as lost. So pulling
 * means here: it is written, or waits.
 *
 * @throws {WeirError} at the end of the flow, where readings that waited could
 * still not be written.
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
  const { log = console.error, maxWaiting = 100_000, format = formatFor } =
    options;
  const waiting = createWaiting(maxWaiting);
  const fresh = () => ({
    synced: 0,
    lost: 0,
    passed: 0,
    rejected: 0,
    lastReject: undefined as string | undefined,
    started: performance.now(),
    ended: undefined as number | undefined,
  });
  let counts = fresh();
  let current: Current | undefined;
  let last: Omit<RecordingSummary, "path"> & { path?: string } = {
    rows: 0,
    sensors: 0,
    moreSensors: false,
    bytes: 0,
  };
  let paused = false;
  let syncing: ReturnType<typeof setInterval> | undefined;

  // Whatever touches the file waits for its turn.
  const turn = createTurns();

  const keep = (
    events: readonly SensorEvent[],
    rejects: readonly Reject[],
  ) => counts.lost += waiting.add(events, rejects);

  /** What fails is tried again later; what it was about may wait until then. */
  const tried = async (act: () => Promise<void>, wait = () => {}) => {
    try {
      await act();
    } catch (error) {
      wait();
      retries.fail(error);
    }
  };

  /** Writes what waits. */
  const writeWaiting = async ({ recording, rejects }: Current) => {
    await waiting.write(recording, rejects);
    await sync(recording);
  };
  const heal = async () => {
    if (!current || !retries.failing()) return;
    const waited = waiting.events();
    try {
      await writeWaiting(current);
    } catch (error) {
      return retries.fail(error);
    }
    retries.end();
    log(
      `Writing ${current.path} again: ${
        counted(waited, "reading")
      } that waited are in it`,
    );
  };
  const retries = createRetries(() => void turn(heal), log);

  const sync = async (recording: Recording) => {
    const { rows } = recording.summary();
    await recording.sync();
    counts.synced = rows;
  };
  const syncNow = async () => {
    if (!current || retries.failing()) return;
    if (current.recording.summary().rows === counts.synced) return;
    const { recording } = current;
    await tried(() => sync(recording));
  };

  /** Writes what waits, syncs and closes; throws what went wrong in it. */
  const close = async (closing: Current) => {
    clearInterval(syncing);
    let problem: unknown;
    const attempt = async (act: () => Promise<void>) => {
      try {
        await act();
      } catch (error) {
        problem ??= error;
      }
    };
    await attempt(() => writeWaiting(closing));
    await attempt(() => closing.rejects.close());
    last = closing.recording.summary();
    counts.ended = performance.now();
    closing.recording.close();
    current = undefined;
    if (problem !== undefined) throw problem;
  };

  const cameTo = () =>
    counted(last.rows, "row") +
    (counts.lost > 0 ? `, ${counts.lost.toLocaleString("en-US")} lost` : "");

  const stop = async () => {
    if (!current) return;
    const { path } = current;
    try {
      await close(current);
      log(`Stopped recording to ${path}: ${cameTo()}`);
    } catch (error) {
      counts.lost += waiting.clear();
      const { message } = error as Error;
      const lost = counts.lost.toLocaleString("en-US");
      throw new WeirError(
        "ERR_WEIR_GAVE_UP",
        counts.lost === 0
          ? message
          : `${message} ${lost} that came after it could not be written.`,
        { cause: error },
      );
    } finally {
      retries.end();
      paused = false;
    }
  };

  const take = async (batch: readonly SensorEvent[]) => {
    if (!current) return;
    if (paused) counts.passed += batch.length;
    else if (retries.failing()) keep(batch, []);
    else {
      const { recording } = current;
      await tried(() => recording.write(batch), () => keep(batch, []));
    }
  };
  const sink: Sink<SensorEvent> = async (flow) => {
    try {
      for await (const batch of flow) await turn(() => take(batch));
    } catch (error) {
      // The flow's error is the one to hear of.
      await turn(stop).catch(({ message }) => log(message));
      throw error;
    }
    await turn(stop);
  };

  return Object.assign(
    sink,
    {
      async start(path: string, { overwrite }: { overwrite?: boolean } = {}) {
        const recording = await openRecording(
          path,
          typeof format === "function" ? format(path) : format,
          { overwrite, log },
        );
        const next: Current = {
          path,
          recording,
          rejects: openRejects(`${path}.rejects.jsonl`),
        };
        await turn(async () => {
          if (current) {
            const before = current;
            // What could not be written there is written here.
            await close(before).catch((error) => log(error.message));
            log(`Closed ${before.path}: ${cameTo()}`);
          }
          counts = fresh();
          current = next;
          paused = false;
          log(`Recording to ${path}`);
          syncing = setInterval(() => void turn(syncNow), SYNC_EVERY * 1000);
          retries.end();
          await tried(() => writeWaiting(next));
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
            if (retries.failing()) return keep([], batch);
            const { rejects } = current;
            await tried(() => rejects.write(batch), () => keep([], batch));
          });
        }
      },
      snapshot: () => {
        const { path, ...written } = current?.recording.summary() ?? last;
        const { started, ended, ...shown } = counts;
        const failing = retries.failing();
        return {
          state: !current
            ? "stopped"
            : failing
            ? "error"
            : paused
            ? "paused"
            : "recording",
          ...failing,
          path,
          ...written,
          waiting: waiting.events(),
          elapsed: path !== undefined
            ? ((ended ?? performance.now()) - started) / 1000
            : 0,
          ...shown,
        };
      },
    } satisfies Omit<Recorder, keyof Sink<SensorEvent>>,
  );
}
