import type { TimeMark } from "../pipeline/mod.ts";
import { counted } from "../pipeline/counted.ts";
import { WeirError } from "../pipeline/error.ts";
import { escape } from "../pipeline/escape.ts";
import { readMarks } from "../pipeline/recording/marks_file.ts";
import type { FollowedMarks } from "./follow_marks.ts";

/** `lab.csv`, or `lab-1.csv … lab-9.csv, 9 files`. */
export function namesOf(paths: readonly string[]): string {
  const [first, ...rest] = paths;
  return rest.length === 0
    ? escape(first)
    : `${escape(first)} … ${escape(rest.at(-1)!)}, ${
      counted(paths.length, "file")
    }`;
}

/** How large they are together, in bytes, as far as that is known. */
export async function sizeOf(paths: readonly string[]): Promise<number> {
  const sizes = await Promise.all(
    paths.map((path) => Deno.stat(path).then(({ size }) => size, () => 0)),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}

/** The marks of recordings that nobody writes. */
export function readAllMarks(
  paths: readonly string[],
  changed: () => void,
): FollowedMarks {
  let marks: readonly TimeMark[] = [];
  const reading = paths.map((path) => readMarks(path).catch(() => []));
  void Promise.all(reading).then((found) => {
    marks = found.flat().sort((a, b) => a.ts - b.ts);
    changed();
  });
  return {
    marks: () => marks,
    add: () =>
      Promise.reject(
        new WeirError(
          "ERR_WEIR_ARGUMENT",
          "Marks are set in a recording that is one file, and not compressed.",
        ),
      ),
    [Symbol.dispose]() {},
  };
}
