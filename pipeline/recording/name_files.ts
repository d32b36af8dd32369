import { grouped } from "../counted.ts";
import type { RecordingSummary } from "./open_recording.ts";

/**
 * The file or the files of a recording, for a person to read: `lab.csv`, `60 files
 * (lab-01.csv to lab-60.csv)`.
 *
 * @example
 * ```ts
 * import { nameFiles } from "../mod.ts";
 *
 * const text = nameFiles({ path: "b.csv", files: 2, firstPath: "a.csv" });
 * if (text !== "2 files (a.csv to b.csv)") throw text;
 * ```
 */
export function nameFiles(
  { path, movedTo, files = 1, firstPath }: Pick<
    RecordingSummary,
    "path" | "movedTo" | "files" | "firstPath"
  >,
): string {
  if (movedTo !== undefined) return `${path} and ${movedTo}`;
  if (files < 2) return path;
  return `${grouped(files)} files (${firstPath} to ${path})`;
}
