import type { Exported, ExportOptions } from "./export_settings.ts";

/**
 * Exports recordings in order of time to one file, in the form that the ending
 * of its name says: `.csv`, `.jsonl`, `.parquet`, `.sqlite` or `.db`, `.lp`
 * (InfluxDB's line protocol); `-` is CSV on stdout. A recording that ends in
 * `.gz` is unpacked. Memory is bounded: a recording that is not in order of time
 * is sorted in a folder beside the output.
 *
 * @throws {WeirError} `ERR_WEIR_FILE_EXISTS` if the output is there already, and
 * if a file cannot be read or written. What was written is then removed.
 *
 * @example
 * ```ts
 * import { exportRecordings } from "../mod.ts";
 *
 * const folder = await Deno.makeTempDir();
 * const rows = "timestamp,datetime,sensor_id,value\r\n1.000,1970-01-01T00:00:01.000Z,a,2\r\n";
 * await Deno.writeTextFile(`${folder}/a.csv`, rows);
 * await exportRecordings([`${folder}/a.csv`], `${folder}/wide.csv`, { wide: true });
 * const text = await Deno.readTextFile(`${folder}/wide.csv`);
 * if (text !== "timestamp,datetime,a\r\n1.000,1970-01-01T00:00:01.000Z,2\r\n") throw text;
 * ```
 */
export async function exportRecordings(
  paths: readonly string[],
  out: string,
  options: ExportOptions = {},
): Promise<Exported> {
  const { runExport } = await import("./export_recordings.ts");
  return await runExport(paths, out, options);
}
