import {
  keepingAll,
  openDurable,
  type RecordingSummary,
  type Reject,
  type RowFormat,
  tap,
} from "../pipeline/mod.ts";
import type { TuiRecording } from "./run_recording.ts";

/** What {@linkcode recordDurably} is given. */
export interface DurablyOptions {
  /** The file. */
  file: string;
  /** Under which the broker keeps messages. */
  clientId: string;
  /** The broker's URL. */
  url: string;
  /** Seconds after which writing that fails is given up. Default: never. */
  giveUp?: number;
  /** How rows are written. */
  format: RowFormat;
  /** Ends the waiting for a disk that cannot be written. */
  signal: AbortSignal;
  /** Takes what a person should know of it. */
  tell(text: string): void;
}

/**
 * A durable recording behind a screen: it runs from the start to the end. Its
 * numbers are those of this run.
 *
 * @throws {WeirError} where a file cannot be opened, or is in use.
 *
 * @example
 * ```ts
 * import { formatFor } from "../pipeline/mod.ts";
 * import { recordDurably } from "./durably.ts";
 *
 * await using recording = await recordDurably({
 *   file: `${await Deno.makeTempDir()}/test.csv`,
 *   clientId: "lab",
 *   url: "mqtt://localhost",
 *   format: formatFor("test.csv"),
 *   signal: AbortSignal.timeout(100),
 *   tell: () => {},
 * });
 * if (recording.byHand || !recording.session) throw new Error("not durable");
 * ```
 */
export async function recordDurably(
  { file, tell, ...options }: DurablyOptions,
): Promise<TuiRecording> {
  const durable = await openDurable(file, { ...options, log: tell });
  tell(`Recording to ${file}, durable as ${options.clientId}`);
  const started = performance.now();
  let ended: number | undefined;
  let gaveUp: string | undefined;
  let lastReject: string | undefined;
  let summary: RecordingSummary | undefined;
  const sink: TuiRecording["sink"] = async (flow) => {
    try {
      return summary = await durable.collect(flow);
    } catch (error) {
      gaveUp = (error as Error).message;
      throw error;
    } finally {
      ended = performance.now();
    }
  };
  return {
    sink: keepingAll(sink),
    rejects: (flow) =>
      durable.rejects(
        tap((reject: Reject) => {
          lastReject = reject.reason;
        })(flow),
      ),
    session: durable.session,
    // The session counts them itself.
    acknowledged: () => {},
    snapshot() {
      const { written, safe, ...messages } = durable.counts();
      const failing = ended === undefined ? durable.failing() : undefined;
      return {
        state: ended !== undefined
          ? "stopped"
          : failing
          ? "error"
          : "recording",
        reason: failing?.reason ?? gaveUp,
        retry: failing?.retry,
        path: file,
        bytes: durable.bytes(),
        rows: written,
        synced: safe,
        sensors: summary?.sensors,
        moreSensors: summary?.moreSensors ?? false,
        waiting: 0,
        lost: 0,
        passed: 0,
        lastReject,
        elapsed: ((ended ?? performance.now()) - started) / 1000,
        durable: true,
        ...messages,
      };
    },
    [Symbol.asyncDispose]: () => durable[Symbol.asyncDispose](),
  };
}
