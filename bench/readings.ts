/**
 * The value of the nth reading, from 0 up to 1000 with four decimals. Each one
 * differs from those before it, so that no cache makes the work easier.
 *
 * @example
 * ```ts
 * import { value } from "./readings.ts";
 *
 * if (value(0) === value(1)) throw value(0);
 * ```
 */
export function value(n: number): number {
  return n * 7919 % 10_000_000 / 10_000;
}

/**
 * The nth message as the tutorial's sensor sends it.
 *
 * @example
 * ```ts
 * import { payload } from "./readings.ts";
 *
 * if (payload(1) !== '["lux-1", 1, 0.7919]') throw payload(1);
 * ```
 */
export function payload(n: number): string {
  return `["lux-1", ${n}, ${value(n)}]`;
}
