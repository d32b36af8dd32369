import { counted, grouped } from "../counted.ts";
import type { SensorEvent } from "../event.ts";
import { type Backlog, createBacklog } from "./backlog.ts";
import type { Recording, RecordingSummary } from "./open_recording.ts";
import { createRetry, type Failing, safeRows } from "./retry.ts";
import { checkEvent } from "./row_format.ts";

/** A recording whose readings wait while its disk cannot be written. */
export interface PatientRecording {
  /**
   * Writes events, or lets them wait.
   *
   * @throws {WeirError} `ERR_WEIR_EVENT`
   */
  write(events: readonly SensorEvent[]): Promise<void>;
  /** Puts what was written on the disk itself. If that fails, tries again. */
  sync(): Promise<void>;
  /**
   * Writes what waits, syncs and closes.
   *
   * @throws {WeirError} if that fails. It is closed, and readings still wait.
   */
  close(): Promise<void>;
  /** Why the disk cannot be written now, and when the next attempt is. */
  failing(): Failing | undefined;
  /** What it has come to so far. */
  numbers(): PatientNumbers;
}

/** What a patient recording has come to. */
export interface PatientNumbers extends RecordingSummary {
  /** How many of its rows are on the disk itself. */
  synced: number;
  /** How many readings there was no room for. */
  lost: number;
}

/** Options of {@linkcode createPatientRecording}. */
export interface PatientOptions {
  /** What waits already, and what will: it outlives this recording. */
  waiting: Backlog<SensorEvent>;
  /** Lets an act wait for those before it. */
  turn: <T>(act: () => Promise<T>) => Promise<T>;
  /** Seconds after which it gives up. Default: never. */
  giveUp?: number;
  /** Is called with the disk's error then. */
  onGivenUp: (error: unknown) => void;
  /** Takes what a person should know. */
  log: (text: string) => void;
}

/** How many bytes of readings may wait. */
const MAX_WAITING = 16 * 1_048_576;

/** When so many bytes are not synced, they are: memory is bounded. */
const MAX_UNSYNCED = 4 * 1_048_576;

/** Makes room for so many readings to wait. */
export function createWaiting(maxItems: number): Backlog<SensorEvent> {
  return createBacklog(
    maxItems,
    MAX_WAITING,
    ({ sensor_id, val }) =>
      16 + sensor_id.length + (typeof val === "string" ? val.length : 8),
  );
}

/**
 * Writes to a recording, and tries again in the background if that fails. Until
 * it succeeds, readings wait. Its methods are called in turn.
 */
export function createPatientRecording(
  recording: Recording,
  { waiting, turn, giveUp, onGivenUp, log }: PatientOptions,
): PatientRecording {
  const closing = new AbortController();
  const { signal } = closing;
  let synced = 0;
  let lost = 0;
  /** How many readings that waited are written by now. */
  let waited = 0;
  /** Whether there is no more room to wait in. */
  let full = false;
  const name = () => recording.summary().path || "the recording";

  const retry = createRetry({
    giveUp,
    signal,
    log: (text) => signal.aborted || log(text),
    again: () =>
      `Writing ${name()} again: ${
        counted(waited, "reading")
      } that waited are in it${orLost(lost)}`,
    safe: () => safeRows(name(), synced, lost),
  });
  const keep = (events: readonly SensorEvent[]) => {
    const none = waiting.add(events);
    if (none > 0 && !full) {
      const count = counted(waiting.items().length, "reading");
      log(
        `${count} wait for ${name()}. There is no room for more: those that come now are lost.`,
      );
    }
    full = none > 0;
    lost += none;
  };
  const sync = async () => {
    const { rows } = recording.summary();
    await recording.sync();
    synced = rows;
  };
  const writeWaiting = async () => {
    const events = waiting.items();
    const left = events.length > 0 ? await recording.write(events) : undefined;
    const rest = left?.events ?? [];
    waiting.keep(rest);
    waited += events.length - rest.length;
    // What is in the file is made safe, though the rest finds no room.
    await sync();
    if (left) throw left.error;
    full = false;
  };
  const retryLater = (error: unknown) => {
    if (retry.failing()) return;
    waited = 0;
    const attempt = () =>
      turn(async () => {
        if (!signal.aborted) await writeWaiting();
      });
    retry.until(attempt, { error }).catch(({ cause }) => {
      if (!signal.aborted) onGivenUp(cause);
    });
  };

  return {
    async write(events) {
      if (retry.failing()) {
        // What cannot be written throws now, and not when it has waited.
        events.forEach(checkEvent);
        return keep(events);
      }
      const left = await recording.write(events);
      if (left) {
        keep(left.events);
        return retryLater(left.error);
      }
      if (recording.unsynced() > MAX_UNSYNCED) await sync().catch(retryLater);
    },
    async sync() {
      if (retry.failing()) return;
      if (waiting.items().length > 0) await writeWaiting().catch(retryLater);
      else if (recording.summary().rows > synced) {
        await sync().catch(retryLater);
      }
    },
    async close() {
      closing.abort();
      try {
        await writeWaiting();
      } finally {
        await recording.close();
      }
    },
    failing: retry.failing,
    numbers: () => ({ ...recording.summary(), synced, lost }),
  };
}

/** `, 1,234 lost`, or nothing. */
export function orLost(lost: number): string {
  return lost > 0 ? `, ${grouped(lost)} lost` : "";
}
