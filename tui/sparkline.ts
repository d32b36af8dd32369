const BLOCKS = "▁▂▃▄▅▆▇█";

/** Numbers as a line of blocks, from their least to their greatest. */
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
