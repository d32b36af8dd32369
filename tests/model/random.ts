/** Numbers that come again with the same seed (mulberry32). */
export interface Random {
  /** From 0 up to 1. */
  (): number;
  /** A whole number from 0 up to, not with, `limit`. */
  below(limit: number): number;
}

/** Makes a source of random numbers. */
export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  return Object.assign(next, {
    below: (limit: number) => Math.floor(next() * limit),
  });
}
