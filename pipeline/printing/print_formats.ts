import { asCsv } from "./as_csv.ts";
import { asJson } from "./as_json.ts";
import { asPython } from "./as_python.ts";
import { asTsv } from "./as_tsv.ts";
import type { PrintFormat } from "./print_format.ts";

/**
 * The formats of `print()`, by name.
 *
 * @example
 * ```ts
 * import { PRINT_FORMATS } from "../mod.ts";
 *
 * const { lines } = PRINT_FORMATS.json();
 * const line = lines([{ sensor_id: "lux-1", ts: 1, val: true }], false);
 * if (line !== '{"sensor_id":"lux-1","ts":1,"val":true}\n') throw line;
 * ```
 */
export const PRINT_FORMATS = {
  python: asPython,
  json: asJson,
  csv: asCsv,
  tsv: asTsv,
} as const satisfies Record<string, () => PrintFormat>;

/** The name of one of {@linkcode PRINT_FORMATS}. */
export type PrintFormatName = keyof typeof PRINT_FORMATS;
