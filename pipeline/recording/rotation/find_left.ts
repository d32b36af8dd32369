import { matchFiles } from "../find_recordings.ts";
import { PLACE } from "./file_pattern.ts";
import type { PathOf } from "./path_of.ts";
import { timeFormat, utcFormat } from "./time_format.ts";

/**
 * Finds the files of a pattern that are closed for good, and not compressed: all
 * but the newest file of each name of this time. A file that has a compressed
 * copy beside it is among them.
 */
export async function findLeft(
  pattern: string,
  separator: NonNullable<PathOf["separator"]>,
  { utc = false }: { utc?: boolean },
): Promise<string[]> {
  const now = new Date();
  const format = utc ? utcFormat : timeFormat;
  const any = matcher(
    pattern,
    separator,
    (place) =>
      place === "%Y" ? String.raw`\d{4,}` : String.raw`\d{${digits(place)}}`,
  );
  const current = matcher(pattern, separator, (place) => format(place)(now));
  const left: string[] = [];
  /** The newest file of each name of this time. */
  const newest = new Map<string, { path: string; number: number }>();
  for (const path of await matchFiles(globOf(pattern))) {
    if (!any.test(path)) continue;
    const [, stem, digits, end] = current.exec(path) ?? [];
    if (stem === undefined || await isThere(`${path}.gz`)) {
      left.push(path);
      continue;
    }
    const name = stem + end;
    const number = Number(digits ?? 1);
    const other = newest.get(name);
    if (!other || number > other.number) newest.set(name, { path, number });
    if (other) left.push(number > other.number ? other.path : path);
  }
  return left;
}

const digits = (place: string) => place === "%j" ? 3 : 2;

/** Matches a path, as what stands before its number, the number, and the ending. */
function matcher(
  pattern: string,
  separator: string,
  time: (place: string) => string,
): RegExp {
  const source = parts(pattern, (place) => {
    if (place === "%%") return "%";
    return place.startsWith("{") ? "[^/]+?" : time(place);
  }, (text) => text.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, "\\$&"));
  const [, stem, end] = /^(.*?)((?:\\\.[^./\\]*)?)$/s.exec(source)!;
  return new RegExp(`^(${stem})(?:${separator}(\\d+))?(${end})$`, "s");
}

/** What names all of the files, and maybe others. */
function globOf(pattern: string): string {
  return parts(
    pattern,
    (place) => place === "%%" ? "%" : "*",
    (text) => text.replaceAll(/[*?[\]]/g, "?"),
  ).replace(/(\.[^./*]*)?$/, "*$1").replaceAll(/\*+/g, "*");
}

/** Replaces the places of a pattern, and what is between them. */
function parts(
  pattern: string,
  place: (place: string) => string,
  text: (text: string) => string,
): string {
  let out = "";
  let end = 0;
  for (const { 0: found, index } of pattern.matchAll(PLACE)) {
    out += text(pattern.slice(end, index)) + place(found);
    end = index + found.length;
  }
  return out + text(pattern.slice(end));
}

async function isThere(path: string): Promise<boolean> {
  return await Deno.stat(path).then(() => true, () => false);
}
