/**
 * Returns at most `length` characters of a text, with `…` for what was left out.
 * It is a copy: a slice would keep the whole text in memory.
 *
 * @example
 * ```ts
 * import { shorten } from "./mod.ts";
 *
 * if (shorten("lux-1", 4) !== "lux…") throw new Error(shorten("lux-1", 4));
 * ```
 */
export function shorten(text: string, length: number): string {
  if (text.length <= length) return text;
  return [...text.slice(0, length - 1)].join("") + "…";
}
