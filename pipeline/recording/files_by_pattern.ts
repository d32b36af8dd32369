import type { PathOf } from "./many_files.ts";
import { safeSegment } from "./safe_segment.ts";

/** What a pattern has places for; all else in it is literal. */
const PLACE = /%[YmdHMSjV%]|\{sensor_id\}|\{topic(?:\[\d+\])?\}/g;

/** Times whose path is remembered. */
const MAX_TIMES = 100;

/**
 * Returns whether a path is a pattern for files: whether it has `%Y %m %d %H %M
 * %S %j %V`, `{sensor_id}`, `{topic}` or `{topic[1]}` in it.
 *
 * @example
 * ```ts
 * import { isFilePattern } from "../mod.ts";
 *
 * if (!isFilePattern("lab-%Y-%m-%d.csv")) throw new Error();
 * if (isFilePattern("50%.csv") || isFilePattern("{a}.csv")) throw new Error();
 * ```
 */
export function isFilePattern(path: string): boolean {
  return path.match(PLACE)?.some((place) => place !== "%%") ?? false;
}

/**
 * Resolves with a function that names the file of each event by a pattern, for
 * `csv()` and `recorder()`. `%Y %m %d %H %M %S` are year, month, day, hour,
 * minute, second; `%j` is the day of the year, `%V` the week (ISO 8601), `%%` a
 * percent sign. `{sensor_id}`, `{topic}` and `{topic[1]}` are made safe: each is
 * one part of a path, and two ids never have one.
 *
 * @param options whether times are in UTC. Default: in local time.
 *
 * @example
 * ```ts
 * import { filesByPattern } from "../mod.ts";
 *
 * const pathOf = await filesByPattern("%Y/{sensor_id}.csv", { utc: true });
 * const path = pathOf(0, { sensor_id: "lux-1", ts: 0, val: 1 });
 * if (path !== "1970/lux-1.csv") throw path;
 * ```
 */
export async function filesByPattern(
  pattern: string,
  { utc = false }: { utc?: boolean } = {},
): Promise<PathOf> {
  const { timeFormat, utcFormat } = await import("./time_format.ts");
  const parts: (string | PathOf)[] = [];
  let times = "";
  let end = 0;
  for (const { 0: place, index } of pattern.matchAll(PLACE)) {
    parts.push(pattern.slice(end, index));
    end = index + place.length;
    if (place === "%%") parts.push("%");
    else if (place.startsWith("{")) parts.push(textOf(place));
    else {
      // Of all times at once, since that is what takes long.
      const at = times.match(/%/g)?.length ?? 0;
      times += `${place}/`;
      parts.push((time) => timesOf(time)[at]);
    }
  }
  parts.push(pattern.slice(end));

  const format = (utc ? utcFormat : timeFormat)(times);
  /** In seconds: no clock is set by less than a minute. */
  const step = times.includes("%S") ? 1 : 60;
  const known = new Map<number, string[]>();
  const timesOf = (ts: number) => {
    const key = Math.floor(Math.round(ts * 1000) / (step * 1000));
    const found = known.get(key);
    if (found) return found;
    if (known.size >= MAX_TIMES) known.clear();
    const date = new Date(key * step * 1000);
    const texts = Number.isNaN(date.getTime())
      ? times.split("/").map(() => "unknown")
      : format(date).split("/");
    known.set(key, texts);
    return texts;
  };
  return (time, event) =>
    parts.map((part) => typeof part === "string" ? part : part(time, event))
      .join("");
}

function textOf(place: string): PathOf {
  if (place === "{sensor_id}") {
    return (_time, { sensor_id }) => safeSegment(sensor_id);
  }
  const [, level] = /\[(\d+)\]/.exec(place) ?? [];
  return (_time, { topic = "" }) =>
    safeSegment(
      level === undefined ? topic : topic.split("/")[Number(level)] ?? "",
    );
}
