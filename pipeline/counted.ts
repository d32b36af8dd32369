/**
 * Returns a number of things in words: `1 row`, `1,234 rows`.
 *
 * @example
 * ```ts
 * import { counted } from "./mod.ts";
 *
 * if (counted(1234, "row") !== "1,234 rows") throw counted(1234, "row");
 * ```
 */
export function counted(count: number, thing: string): string {
  return `${count.toLocaleString("en-US")} ${thing}${count === 1 ? "" : "s"}`;
}
