import { formatFor } from "./formats/format_for.ts";
import { rawFormat } from "./formats/raw_jsonl.ts";
import { formatOf, type ReadableFormat } from "./row_format.ts";

/**
 * The format of a recording that is read, by the ending of its name and by its
 * first line.
 */
export function formatToRead(path: string, beginning: string): ReadableFormat {
  const format = formatFor(path.replace(/\.gz$/i, ""));
  const first = beginning.slice(0, beginning.indexOf("\n") + 1);
  const raw = rawFormat();
  return format.header === "" && first !== "" && raw.begins(first)
    ? raw
    : formatOf(format, first);
}
