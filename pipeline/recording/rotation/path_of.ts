import type { SensorEvent } from "../../event.ts";

/**
 * The path of the file that an event belongs to, by its time (its `ts`, in
 * seconds since 1970) and the event itself. It is called often, and returns the
 * same path for the same event each time.
 *
 * @example
 * ```ts
 * import { csv, type PathOf, pipe } from "../../mod.ts";
 *
 * const folder = await Deno.makeTempDir();
 * const byDay: PathOf = (time) =>
 *   `${folder}/${new Date(time * 1000).toISOString().slice(0, 10)}.csv`;
 * async function* source() {
 *   yield [{ sensor_id: "lux-1", ts: 1484535480.613, val: 371.6063 }];
 * }
 * await pipe(source(), csv(byDay));
 * await Deno.stat(`${folder}/2017-01-16.csv`);
 * ```
 */
export interface PathOf {
  (time: number, event: SensorEvent): string;
  /**
   * What stands before the number if a path's rows go on in another file:
   * `lab-2.csv`. `~` if the function may return `lab-2.csv` for another event.
   * Default: `-`.
   */
  readonly separator?: "-" | "~";
  /**
   * Finds the files of recordings before that are closed for good, to be
   * compressed.
   */
  findLeft?(): Promise<string[]>;
}

/** When a file is full, and what becomes of it once it is closed for good. */
export interface RotationOptions {
  /**
   * Goes on in another file, `lab-2.csv` for `lab.csv`, before one is larger
   * than this, in bytes. Default: no bound.
   */
  maxSize?: number;
  /**
   * Compresses a file to `lab.csv.gz` once it is closed for good: its time is
   * over, or it is full. Default: false.
   */
  gzip?: boolean;
}
