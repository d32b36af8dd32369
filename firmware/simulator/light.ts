/**
 * The light that falls on a virtual board's sensor: a pure function of time, so that a test can say what must be
 * in the CSV, and a run can be repeated.
 */

/** A scenario. `seed` makes boards under the same sky differ. */
export type Light =
  | { kind: "constant"; lux: number }
  /** A lamp that is switched on at `at` and, if given, off at `until` (seconds); `dark` and `lux` are the two levels. */
  | { kind: "lamp"; at: number; until?: number; dark: number; lux: number }
  /** A day of `day` seconds (default 86,400) that starts at `start` (0..1 of a day, default 0.3), with clouds. */
  | { kind: "day"; day?: number; start?: number; peak?: number; seed?: number };

/** Value noise: smooth, repeatable, in 0..1. */
function noise(x: number, seed: number): number {
  const at = (n: number) => {
    const s = Math.sin(n * 12.9898 + seed * 78.233) * 43758.5453;
    return s - Math.floor(s);
  };
  const i = Math.floor(x);
  const f = x - i;
  const w = f * f * (3 - 2 * f);
  return at(i) * (1 - w) + at(i + 1) * w;
}

/**
 * The light in lux, `seconds` after the board was first switched on.
 *
 * ```ts
 * import { lux } from "./light.ts";
 *
 * const lamp = { kind: "lamp", at: 60, dark: 5, lux: 400 } as const;
 * console.assert(lux(lamp, 59) === 5 && lux(lamp, 60) === 400);
 * ```
 */
export function lux(light: Light, seconds: number): number {
  switch (light.kind) {
    case "constant":
      return light.lux;
    case "lamp": {
      const on = seconds >= light.at &&
        (light.until === undefined || seconds < light.until);
      return on ? light.lux : light.dark;
    }
    case "day": {
      const { day = 86_400, start = 0.3, peak = 1200, seed = 1 } = light;
      const sun = Math.sin(2 * Math.PI * (seconds / day + start - 0.25));
      const cloud = 0.35 + 0.65 * noise(seconds / 40 + seed * 100, seed);
      const flicker = 0.99 + 0.02 * noise(seconds * 0.9, seed + 7);
      return 0.5 + Math.max(0, sun) * peak * cloud * flicker;
    }
  }
}
