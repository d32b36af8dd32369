import type { SeriesOptions } from "../pipeline/mod.ts";
import { counted } from "../pipeline/counted.ts";
import { WeirError } from "../pipeline/error.ts";
import { readMarks } from "../pipeline/recording/marks_file.ts";
import { readSeries } from "../pipeline/series/read_series.ts";
import type { Picture } from "../plot/picture.ts";
import { namesOf } from "../run/several_recordings.ts";

/** Which readings are drawn, and how. */
export interface DrawOptions extends SeriesOptions {
  /** Whether all numbers stand in one chart. */
  together?: boolean;
}

/**
 * Reads recordings and their marks as a picture.
 *
 * @throws {WeirError} if a file cannot be read, or there is nothing to draw.
 */
export async function pictureOf(
  paths: readonly string[],
  { together = false, ...options }: DrawOptions,
): Promise<Picture> {
  const collected = await readSeries(paths, options);
  const { from, to, events } = collected;
  if (events === 0) {
    const { sensors = [] } = options;
    const some = sensors.length > 0 || options.from !== undefined ||
      options.to !== undefined;
    throw new WeirError(
      "ERR_WEIR_ARGUMENT",
      some
        ? `None of the readings in ${
          namesOf(paths)
        } is of these sensors and times.`
        : `There are no readings in ${namesOf(paths)}.`,
    );
  }
  const marks = (await Promise.all(paths.map(readMarks))).flat()
    .filter(({ ts }) => ts >= from && ts <= to)
    .sort((a, b) => a.ts - b.ts);
  return { ...collected, title: namesOf(paths), marks, together };
}

/** What a picture leaves out, in sentences. */
export function leftOut({ faults, unlisted }: Picture): string[] {
  return [
    ...faults > 0
      ? [`${counted(faults, "line")} that are no rows left out`]
      : [],
    ...unlisted > 0
      ? [`${counted(unlisted, "reading")} of more than 10,000 sensors left out`]
      : [],
  ];
}
