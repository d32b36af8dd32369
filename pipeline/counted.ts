/**
 * Returns a whole number with a comma at each thousand: `1,234`. `Intl` makes
 * the same of it, but is slow to begin with.
 *
 * @example
 * ```ts
 * import { grouped } from "./mod.ts";
 *
 * if (grouped(1234567) !== "1,234,567") throw grouped(1234567);
 * ```
 */
export function grouped(count: number): string {
  return `${count}`.replace(/\B(?=(\d{3})+$)/g, ",");
}

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
  return `${grouped(count)} ${thing}${count === 1 ? "" : "s"}`;
}
