import { extname } from "node:path";
import type { ReadableFormat } from "../row_format.ts";
import { csvFormat, type CsvFormatOptions } from "./csv.ts";
import { jsonlFormat } from "./jsonl.ts";

/** The formats, by the ending of a file's name. */
const FORMATS: Record<string, (options: CsvFormatOptions) => ReadableFormat> = {
  ".csv": csvFormat,
  ".jsonl": jsonlFormat,
};

/**
 * The format of a file by the ending of its name, `.csv` or `.jsonl`. A file
 * with another ending is a CSV.
 *
 * @param options for the CSV; the other formats have no options.
 *
 * @example
 * ```ts
 * import { formatFor } from "../../mod.ts";
 *
 * if (formatFor("lab.jsonl").header !== "") throw new Error("not JSON lines");
 * if (!formatFor("lab.txt").header.startsWith("timestamp,")) throw new Error("no CSV");
 * ```
 */
export function formatFor(
  path: string,
  options: CsvFormatOptions = {},
): ReadableFormat {
  const format = FORMATS[extname(path).toLowerCase()] ?? csvFormat;
  return format(options);
}
