/**
 * The value of the nth reading, from 0 up to 1000 with four decimals. Each one
 * differs from those before it, so that no cache makes the work easier.
 */
export function value(n: number): number {
  return n * 7919 % 10_000_000 / 10_000;
}

/** The nth message as the tutorial's sensor sends it. */
export function payload(n: number): string {
  return `["lux-1", ${n}, ${value(n)}]`;
}
