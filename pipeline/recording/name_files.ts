import { grouped } from "../counted.ts";
import { escape } from "../escape.ts";
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
  const last = escape(path);
  if (movedTo !== undefined) return `${last} and ${escape(movedTo)}`;
  if (files < 2) return last;
  return `${grouped(files)} files (${escape(firstPath ?? "")} to ${last})`;
}
