import { UsageError } from "./usage_error.ts";

const SECONDS: Record<string, number> = { s: 1, m: 60, h: 3600, d: 86_400 };

/**
 * Reads a duration as it is typed (`90s`, `10m`, `1.5h`, `2d`), in seconds.
 *
 * @throws {UsageError} where it is none.
 *
 * @example
 * ```ts
 * import { readDuration } from "./duration.ts";
 *
 * if (readDuration("10m") !== 600) throw new Error();
 * ```
 */
export function readDuration(text: string): number {
  const [, number, unit] = /^(\d+(?:\.\d+)?)([smhd])$/.exec(text) ?? [];
  const seconds = Number(number) * SECONDS[unit];
  if (seconds > 0) return seconds;
  throw new UsageError(
    `"${text}" is not a duration. Write it like 90s, 10m, 2h or 42d.`,
  );
}

/**
 * A duration as a person would say it: `20 min 34 s`.
 *
 * @example
 * ```ts
 * import { formatDuration } from "./duration.ts";
 *
 * if (formatDuration(1234) !== "20 min 34 s") throw new Error();
 * if (formatDuration(7.46) !== "7.5 s") throw new Error();
 * ```
 */
export function formatDuration(seconds: number): string {
  if (seconds < 9.95) return `${Number(seconds.toFixed(1))} s`;
  const whole = Math.round(seconds);
  const parts = [
    [Math.floor(whole / SECONDS.d), "d"],
    [Math.floor(whole / SECONDS.h) % 24, "h"],
    [Math.floor(whole / SECONDS.m) % 60, "min"],
    [whole % 60, "s"],
  ] as const;
  // Two units say enough: 41 d 3 h.
  const first = parts.findIndex(([count]) => count > 0);
  return parts.slice(first, first + 2).filter(([count]) => count > 0)
    .map(([count, unit]) => `${count} ${unit}`).join(" ");
}
