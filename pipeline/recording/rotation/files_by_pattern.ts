import { basename } from "node:path";
import type { SensorEvent } from "../../event.ts";
import { PLACE } from "./file_pattern.ts";
import type { PathOf } from "./path_of.ts";

/** Times whose path is remembered. */
const MAX_TIMES = 100;

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
 * import { filesByPattern } from "../../mod.ts";
 *
 * const pathOf = await filesByPattern("%Y/{sensor_id}.csv", { utc: true });
 * const path = pathOf(0, { sensor_id: "lux-1", ts: 0, val: 1 });
 * if (path !== "1970/lux-1.csv") throw path;
 * ```
 */
export async function filesByPattern(
  pattern: string,
  options: { utc?: boolean } = {},
): Promise<PathOf> {
  const { utc = false } = options;
  const { timeFormat, utcFormat } = await import("./time_format.ts");
  const { safeSegment } = await import("./safe_segment.ts");
  const parts: (string | PathOf)[] = [];
  let times = "";
  let end = 0;
  for (const { 0: place, index } of pattern.matchAll(PLACE)) {
    parts.push(pattern.slice(end, index));
    end = index + place.length;
    if (place === "%%") parts.push("%");
    else if (isText(place)) parts.push(textOf(place, safeSegment));
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
  // `lux-2.csv` may be the file of a sensor; no id ends in `~2`.
  const named = basename(pattern).match(PLACE)?.some(isText) ?? false;
  const separator = named ? "~" : "-";
  const pathOf = (time: number, event: SensorEvent) =>
    parts.map((part) => typeof part === "string" ? part : part(time, event))
      .join("");
  return Object.assign(
    pathOf,
    {
      separator,
      async findLeft() {
        const { findLeft } = await import("./find_left.ts");
        return await findLeft(pattern, separator, options);
      },
    } as const,
  );
}

const isText = (place: string) => place.startsWith("{");

function textOf(place: string, safeSegment: (text: string) => string): PathOf {
  if (place === "{sensor_id}") {
    return (_time, { sensor_id }) => safeSegment(sensor_id);
  }
  const [, level] = /\[(\d+)\]/.exec(place) ?? [];
  return (_time, { topic = "" }) =>
    safeSegment(
      level === undefined ? topic : topic.split("/")[Number(level)] ?? "",
    );
}
