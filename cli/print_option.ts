import type { PrintOptions } from "../pipeline/mod.ts";
import { UsageError } from "./usage.ts";

/**
 * Reads `--print`: how events are printed.
 *
 * @throws {UsageError} where it is no such format.
 *
 * @example
 * ```ts
 * import { readFormat } from "./print_option.ts";
 *
 * if (readFormat("json") !== "json") throw new Error();
 * ```
 */
export function readFormat(
  given: string,
): NonNullable<PrintOptions["format"]> {
  if (given === "python" || given === "json" || given === "csv") return given;
  throw new UsageError(`--print is python, json or csv, not ${given}.`);
}
