import type { Reject } from "../event.ts";
import { createBacklog } from "./backlog.ts";
import {
  openRejects,
  type RejectsFile,
  type RejectsFileOptions,
  rejectsPath,
} from "./rejects_file.ts";

/** Rejects that wait, within bounds, if their file cannot be written. */
export interface WaitingRejects {
  /** Adds rejects. */
  add(rejects: readonly Reject[]): void;
  /** Writes them beside a recording. If that fails, they wait; it is logged once. */
  write(recording: string): Promise<void>;
  /** Closes the file. */
  close(): Promise<void>;
  /** Gives up what waits. */
  clear(): void;
  /** Whether some wait. */
  readonly waits: boolean;
  /** How many are not in the file, since the last `reset()`. */
  readonly unkept: number;
  /** Counts from 0 again, with those that wait. */
  reset(): void;
}

/** How many bytes of rejects may wait. */
const MAX_WAITING = 16 * 1_048_576;

/** Makes room for so many rejects to wait. */
export function createWaitingRejects(
  maxItems: number,
  options: RejectsFileOptions & { log: (text: string) => void },
): WaitingRejects {
  const { log } = options;
  const waiting = createBacklog<Reject>(
    maxItems,
    MAX_WAITING,
    ({ topic, payload }) => topic.length + payload.length,
  );
  let file: { recording: string; rejects: RejectsFile } | undefined;
  let failing = false;
  let unkept = 0;
  const close = async () => {
    const closing = file;
    file = undefined;
    await closing?.rejects.close().catch(({ message }) => log(message));
  };
  return {
    add(rejects) {
      unkept += waiting.add(rejects);
    },
    async write(recording) {
      const rejects = waiting.items();
      if (rejects.length === 0) return;
      if (file?.recording !== recording) {
        await close();
        const path = rejectsPath(recording);
        file = { recording, rejects: openRejects(path, options) };
      }
      try {
        unkept += rejects.length - await file.rejects.write(rejects);
        waiting.keep([]);
        failing = false;
      } catch (error) {
        const { message } = error as Error;
        if (!failing) log(`${message} The recording goes on without rejects.`);
        failing = true;
      }
    },
    close,
    clear() {
      unkept += waiting.items().length;
      waiting.keep([]);
    },
    get waits() {
      return waiting.items().length > 0;
    },
    get unkept() {
      return unkept + waiting.items().length;
    },
    reset() {
      unkept = 0;
    },
  };
}
