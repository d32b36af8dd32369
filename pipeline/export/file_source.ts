import { WeirError } from "../error.ts";
import type { SensorEvent } from "../event.ts";
import type { Flow } from "../flow.ts";
import type { SelectOptions } from "../recording/select_settings.ts";

/** Options of {@linkcode file}. */
export interface FileOptions extends Omit<SelectOptions, "onProgress"> {}

/**
 * Reads recordings as a flow of events, in order of time, so that every stage
 * runs over old recordings as over live ones: CSV, JSON lines, and raw ones, of
 * which it makes readings as {@linkcode parse} does. A path may be a pattern
 * (`lab-*.csv*`), and end in `.gz`.
 *
 * Each recording is read twice, and one that is not in order of time is sorted in
 * the working folder first: memory is bounded. A line that is no row is left out;
 * `onFault` is called with it.
 *
 * @throws {WeirError} if a file is not there, or cannot be read.
 *
 * @example
 * ```ts
 * import { csv, downsample, file, pipe } from "../mod.ts";
 *
 * const path = `${await Deno.makeTempDir()}/lab.csv`;
 * async function* source() {
 *   yield [0, 4, 8, 10].map((ts) => ({ sensor_id: "lux-1", ts, val: ts }));
 * }
 * await pipe(source(), csv(path));
 * const means = await Array.fromAsync(pipe(file(path), downsample(10, "mean")));
 * if (means.flat().map(({ val }) => val).join() !== "4,10") throw means;
 * ```
 */
export async function* file(
  paths: string | readonly string[],
  { signal, ...options }: FileOptions = {},
): Flow<SensorEvent> {
  try {
    yield* readMerged([paths].flat(), { signal, ...options });
  } catch (error) {
    // What aborts while the recordings are read for the first time.
    const isEnd = signal?.aborted && error instanceof WeirError &&
      error.code === "ERR_WEIR_BROKEN_OFF";
    if (!isEnd) throw error;
  }
}

async function* readMerged(
  paths: readonly string[],
  options: FileOptions,
): Flow<SensorEvent> {
  const { findRecordings } = await import("../recording/find_recordings.ts");
  const { mergeInOrder } = await import("../recording/merge_in_order.ts");
  const { openInOrder } = await import("./open_in_order.ts");
  const found = await findRecordings(paths);
  const ended = () => options.signal?.aborted ?? false;
  await using sources = await openInOrder(found, { ...options, folder: "." });
  if (ended()) return;
  for await (const batch of mergeInOrder(sources.ordered)) {
    yield batch;
    if (ended()) return;
  }
}
