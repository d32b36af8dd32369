import type { Collected, SeriesOptions } from "./series_settings.ts";

/**
 * Reads recordings as series to draw: of each sensor its readings in order of
 * time, and what they come to. Memory is bounded: of more readings than
 * `maxPoints`, each stretch of time keeps its first, least, greatest and last, so
 * no peak is lost.
 *
 * The `capture` of a series is its data capture. The usual interval is the median
 * of the times between two readings. A time between two of them holds so many
 * usual intervals, rounded; one of these has a reading. The period is that of all
 * sensors, from the first reading of any to the last.
 *
 * @throws {WeirError} if a file cannot be read or is no recording.
 *
 * @example
 * ```ts
 * import { readSeries } from "../mod.ts";
 *
 * const path = `${await Deno.makeTempDir()}/lab.csv`;
 * const rows = [1, 2, 3, 5].map((s) => `${s}.000,1970-01-01T00:00:0${s}.000Z,a,${s}\r\n`);
 * await Deno.writeTextFile(path, `timestamp,datetime,sensor_id,value\r\n${rows.join("")}`);
 * const { series: [a] } = await readSeries([path]);
 * // Of five seconds, one has no reading.
 * if (a.usual !== 1 || a.capture !== 0.8 || a.mean !== 2.75) throw a;
 * ```
 */
export async function readSeries(
  paths: readonly string[],
  options: SeriesOptions = {},
): Promise<Collected> {
  const { collectSeries } = await import("./collect_series.ts");
  return await collectSeries(paths, options);
}
