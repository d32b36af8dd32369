/**
 * Stand-in for `jsr:@std/csv`, for networks that reach npm and no JSR.
 *
 * It holds the part of the API that weir uses, over npm's `d3-dsv`. Code
 * written against this file compiles and behaves the same against the original
 * (`deno task originals`), with two differences known: the original leaves a cell
 * with a bare CR unquoted, d3-dsv quotes it; and the original throws at a quote
 * in the wrong place, which d3-dsv takes.
 *
 * @module
 */
// @ts-types="@types/d3-dsv"
import { csvFormatRow, csvParseRows } from "d3-dsv";

/** Options for {@linkcode stringify}. */
export interface StringifyOptions {
  /** Whether a row of headers comes first. Only `false` is supported here. */
  headers: false;
}

/**
 * Formats rows as RFC 4180 CSV, each ended with CRLF.
 *
 * @example
 * ```ts
 * import { stringify } from "./mod.ts";
 *
 * if (stringify([["a,b", 1]], { headers: false }) !== '"a,b",1\r\n') throw 1;
 * ```
 */
export function stringify(
  rows: readonly (readonly unknown[])[],
  _options: StringifyOptions,
): string {
  return rows.map((row) => csvFormatRow(row as string[]) + "\r\n").join("");
}

/**
 * The rows of RFC 4180 CSV, each an array of cells. Empty lines are left out.
 *
 * @example
 * ```ts
 * import { parse } from "./mod.ts";
 *
 * if (parse('"a,b",1\r\n\r\n')[0][0] !== "a,b") throw 1;
 * ```
 */
export function parse(text: string): string[][] {
  return csvParseRows(text).filter((row) => row.length > 1 || row[0] !== "");
}
