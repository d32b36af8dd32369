import { basename, dirname, join } from "node:path";

/** What a pattern has places for; all else in it is literal. */
export const PLACE = /%[YmdHMSjV%]|\{sensor_id\}|\{topic(?:\[\d+\])?\}/g;

/**
 * Returns whether a path is a pattern for files: whether it has `%Y %m %d %H %M
 * %S %j %V`, `{sensor_id}`, `{topic}` or `{topic[1]}` in it.
 *
 * @example
 * ```ts
 * import { isFilePattern } from "../../mod.ts";
 *
 * if (!isFilePattern("lab-%Y-%m-%d.csv")) throw new Error();
 * if (isFilePattern("50%.csv") || isFilePattern("{a}.csv")) throw new Error();
 * ```
 */
export function isFilePattern(path: string): boolean {
  return path.match(PLACE)?.some((place) => place !== "%%") ?? false;
}

/**
 * Returns whether a path is a pattern with a time, so that its files end.
 *
 * @example
 * ```ts
 * import { hasTime } from "../../mod.ts";
 *
 * if (!hasTime("lab-%Y.csv") || hasTime("{topic}.csv")) throw new Error();
 * ```
 */
export function hasTime(path: string): boolean {
  return path.match(PLACE)?.some((place) => /^%[^%]/.test(place)) ?? false;
}

/**
 * Returns the path of a pattern in the folder that all of its files are in: what
 * stands beside a durable recording is named by it.
 *
 * @example
 * ```ts
 * import { fixedPath } from "../../mod.ts";
 *
 * if (fixedPath("lab/%Y/%m-%d.csv") !== "lab/%m-%d.csv") throw new Error();
 * ```
 */
export function fixedPath(pattern: string): string {
  let folder = dirname(pattern);
  while (isFilePattern(folder)) folder = dirname(folder);
  return join(folder, basename(pattern));
}
