import { extname } from "node:path";
import { WeirError } from "../error.ts";
import { escape } from "../escape.ts";

/** The endings that an export knows. */
const ENDINGS = [".csv", ".jsonl", ".parquet", ".sqlite", ".db", ".lp"];

/**
 * Returns the form of an export, by the ending of its name; `-` is CSV on stdout.
 *
 * @throws {WeirError} `ERR_WEIR_ARGUMENT` if there is none for it.
 *
 * @example
 * ```ts
 * import { endingOf } from "../mod.ts";
 *
 * if (endingOf("lab.Parquet") !== ".parquet") throw new Error();
 * ```
 */
export function endingOf(path: string): string {
  const ending = path === "-" ? ".csv" : extname(path).toLowerCase();
  if (ENDINGS.includes(ending)) return ending;
  throw new WeirError(
    "ERR_WEIR_ARGUMENT",
    `${escape(path)} ends in none of ${
      ENDINGS.join(", ")
    }, so its form is unknown. Give it another name.`,
    { facts: { path } },
  );
}
