import {
  fileError,
  formatFor,
  recorder as createRecorder,
} from "../pipeline/mod.ts";
import { isPermitted, suggestFile } from "./suggest_file.ts";
import type { TuiRecording } from "./run_recording.ts";

/** What {@linkcode recordByHand} is given. */
export interface ByHandOptions {
  /** The topics; a new file is named for the first one. */
  topics: string[];
  /** The file that is recorded to from the start. */
  file?: string;
  /** Whether that is replaced where it is there. */
  overwrite?: boolean;
  /** Whether text that a spreadsheet would run as a formula is defused. */
  safeCells?: boolean;
  /** The quality of service; at 0 nothing is acknowledged. */
  qos: number;
  /** Takes what a person should know of it. */
  tell(text: string): void;
}

/**
 * A recording that a person starts, pauses, stops and points at another file.
 *
 * @throws {WeirError} where the file cannot be opened.
 *
 * @example
 * ```ts
 * import { recordByHand } from "./by_hand.ts";
 *
 * const options = { topics: ["sensor-data"], qos: 0, tell: () => {} };
 * await using recording = await recordByHand(options);
 * if (recording.snapshot().state !== "stopped") throw recording.snapshot();
 * ```
 */
export async function recordByHand(
  { topics, file, overwrite, safeCells, qos, tell }: ByHandOptions,
): Promise<TuiRecording> {
  const recorder = createRecorder({
    log: tell,
    format: (path) => formatFor(path, { safeCells }),
  });
  let acknowledged = 0;
  if (file !== undefined) await recorder.start(file, { overwrite });
  return {
    sink: recorder,
    rejects: recorder.rejects,
    acknowledged: (count) => acknowledged += count,
    snapshot: () => ({
      ...recorder.snapshot(),
      durable: false,
      acknowledged: qos > 0 ? acknowledged : undefined,
    }),
    byHand: {
      async start(path) {
        if (!await isPermitted(path)) {
          throw fileError(path, new Deno.errors.NotCapable());
        }
        await recorder.start(path);
        acknowledged = 0;
      },
      stop: recorder.stop,
      pause: recorder.pause,
      resume: recorder.resume,
      suggestFile: () => suggestFile(topics[0]),
    },
    // Started by hand after the flow had ended.
    [Symbol.asyncDispose]: recorder.stop,
  };
}
