import type { Live, SensorEvent } from "../pipeline/mod.ts";
import { pipe } from "../pipeline/pipe.ts";
import { followRecording } from "../pipeline/recording/follow_recording.ts";
import { isFilePattern } from "../pipeline/recording/rotation/file_pattern.ts";
import { filter } from "../pipeline/stages/filter.ts";
import type { RunSettings } from "./run_settings.ts";

/** So many seconds before now are shown of a file that is appended to. */
const PAST = 3600;

/**
 * Fills a live view with the last hour of the file that a run appends to, so
 * that a restart loses no view. A file that cannot be read fills nothing: it is
 * a display.
 */
export async function fillPast(
  latest: Live,
  { file, overwrite, rules, timestamps, signal }: RunSettings,
): Promise<void> {
  if (file === undefined || overwrite || isFilePattern(file)) return;
  const now = Date.now() / 1000;
  const wasBefore = ({ ts }: SensorEvent) => ts >= now - PAST && ts < now;
  try {
    const rows = followRecording(file, { rules, timestamps });
    await pipe(untilEnd(rows, signal), filter(wasBefore), latest.past);
  } catch {
    // Whoever records to it says what is wrong with it.
  }
}

/** Gives other work its turn between batches, and ends with the run. */
async function* untilEnd<T>(
  flow: AsyncIterable<T>,
  signal: AbortSignal,
): AsyncGenerator<T> {
  for await (const batch of flow) {
    if (signal.aborted) return;
    yield batch;
    await new Promise((resolve) => setTimeout(resolve));
  }
}
