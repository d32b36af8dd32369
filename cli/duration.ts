import { escape } from "../pipeline/escape.ts";
import { UsageError } from "./usage_error.ts";

const SECONDS: Record<string, number> = { s: 1, m: 60, h: 3600, d: 86_400 };

/**
 * A duration as it is typed (`90s`, `10m`, `1.5h`, `2d`), in seconds.
 *
 * @throws {UsageError} if it is not one.
 */
export function readDuration(text: string): number {
  const [, number, unit] = /^(\d+(?:\.\d+)?)([smhd])$/.exec(text) ?? [];
  const seconds = Number(number) * SECONDS[unit];
  if (seconds > 0) return seconds;
  throw new UsageError(
    `"${escape(text)}" is not a duration. Write it like 90s, 10m, 2h or 42d.`,
  );
}

/** Seconds as a person writes them: `20 min 34 s`. */
export function formatDuration(seconds: number): string {
  if (seconds < 9.95) return `${Number(seconds.toFixed(1))} s`;
  const whole = Math.round(seconds);
  const parts = [
    [Math.floor(whole / SECONDS.d), "d"],
    [Math.floor(whole / SECONDS.h) % 24, "h"],
    [Math.floor(whole / SECONDS.m) % 60, "min"],
    [whole % 60, "s"],
  ] as const;
  // Two units are enough: 41 d 3 h.
  const first = parts.findIndex(([count]) => count > 0);
  return parts.slice(first, first + 2).filter(([count]) => count > 0)
    .map(([count, unit]) => `${count} ${unit}`).join(" ");
}
