import type { Series } from "../pipeline/mod.ts";

/** So many decimals of numbers are looked for. */
const MAX_DECIMALS = 9;

/** Larger numbers have no exact neighbours. */
const MAX_INTEGER = 2 ** 51;

/** The values of a series have so many decimals, or are doubles: -1. */
export type Decimals = number;

/** How many decimals numbers have; -1 if whole numbers cannot stand for them. */
export function decimalsOf(values: Float64Array): Decimals {
  let decimals = 0;
  for (const value of values) {
    if (Number.isNaN(value)) continue;
    for (;;) {
      const power = 10 ** decimals;
      const whole = Math.round(value * power);
      if (Math.abs(whole) > MAX_INTEGER) return -1;
      if (whole / power === value) break;
      if (++decimals > MAX_DECIMALS) return -1;
    }
  }
  return decimals;
}

/**
 * The points of a series as bytes: the times in whole milliseconds, each as what
 * it is later than the one before; then the values, in the same way as whole
 * numbers, or as doubles.
 */
export function encodeSeries(
  { times, values }: Series,
  from: number,
  decimals: Decimals,
): Uint8Array<ArrayBuffer> {
  // A number takes up to eight bytes, of seven bits each.
  const bytes = new Uint8Array(16 * times.length);
  let length = 0;
  const put = (number: number) => {
    while (number >= 128) {
      bytes[length++] = number % 128 + 128;
      number = Math.floor(number / 128);
    }
    bytes[length++] = number;
  };
  let before = Math.round(from * 1000);
  for (const time of times) {
    const ms = Math.round(time * 1000);
    put(ms - before);
    before = ms;
  }
  if (decimals < 0) {
    const view = new DataView(bytes.buffer);
    for (const value of values) {
      view.setFloat64(length, value, true);
      length += 8;
    }
    return bytes.subarray(0, length);
  }
  const power = 10 ** decimals;
  before = 0;
  for (const value of values) {
    if (Number.isNaN(value)) {
      put(0);
      continue;
    }
    const whole = Math.round(value * power);
    const step = whole - before;
    // 0 is for what is no number; then 0, -1, 1, -2, 2 …
    put(step < 0 ? -2 * step : 2 * step + 1);
    before = whole;
  }
  return bytes.subarray(0, length);
}
