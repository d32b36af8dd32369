const BLOCKS = "▁▂▃▄▅▆▇█";

/**
 * Numbers as a line of blocks, from their least to their greatest.
 *
 * @example
 * ```ts
 * import { sparkline } from "./sparkline.ts";
 *
 * if (sparkline([0, 1, 2, 7]) !== "▁▂▃█") throw sparkline([0, 1, 2, 7]);
 * if (sparkline([5, 5]) !== "▄▄") throw sparkline([5, 5]);
 * ```
 */
export function sparkline(numbers: readonly number[]): string {
  const min = Math.min(...numbers);
  const max = Math.max(...numbers);
  return numbers.map((number) => {
    if (min === max) return "▄";
    // Each divided by itself: max - min of great numbers is infinite.
    const share = (number / 2 - min / 2) / (max / 2 - min / 2);
    return BLOCKS[Math.min(7, Math.floor(share * 8))];
  }).join("");
}
