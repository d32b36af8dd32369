import { grouped } from "../pipeline/counted.ts";
/**
 * A number in at most so many columns: with all its digits if they fit, and
 * else with as many as fit.
 */
export function formatNumber(value: number, columns: number): string {
  const exact = String(value);
  if (exact.length <= columns) return exact;
  const whole = value.toFixed(0);
  const small = value !== 0 && Math.abs(value) < 1e-3;
  if (whole.length <= columns && !small) {
    const room = columns - whole.length - 1;
    // Rounding may have taken a digit away: 9.99 in 3 columns is 10.
    return room > 0 ? value.toFixed(Math.min(room, 20)) : whole;
  }
  for (let digits = 6; digits > 0; digits--) {
    const text = value.toExponential(digits);
    if (text.length <= columns) return text;
  }
  return value.toExponential(0);
}

/**
 * A stretch of time as briefly as it can be said: `14 s`, `3 min`, `2 h`, `4 d`.
 */
export function formatAge(seconds: number): string {
  if (seconds < 60) return `${Math.max(0, Math.floor(seconds))} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h`;
  return `${Math.floor(seconds / 86_400)} d`;
}

/** A stretch of time to the second: `0:07:12`, `3 d 0:07:12`. */
export function formatElapsed(seconds: number): string {
  const whole = Math.floor(seconds);
  const two = (n: number) => String(n).padStart(2, "0");
  const days = Math.floor(whole / 86_400);
  const time = `${Math.floor(whole / 3600) % 24}:${
    two(Math.floor(whole / 60) % 60)
  }:${two(whole % 60)}`;
  return days > 0 ? `${days} d ${time}` : time;
}

/** How often something comes: `2.5/s`, `12/min`, `3/h`, `101k/s`. */
export function formatRate(perSecond: number): string {
  if (perSecond === 0) return "0/s";
  if (perSecond >= 0.95) return `${formatCount(perSecond)}/s`;
  if (perSecond * 60 >= 0.95) return `${formatCount(perSecond * 60)}/min`;
  return `${formatCount(perSecond * 3600)}/h`;
}

/** 9.5, 12, 850, 1.2k, 101k, 3.4M */
function formatCount(count: number): string {
  if (count < 9.95) return String(Number(count.toFixed(1)));
  if (count < 999.5) return count.toFixed(0);
  if (count < 999_500) return `${short(count / 1000)}k`;
  return `${short(count / 1e6)}M`;
}

/** A size: `812 B`, `4.5 kB`, `1.2 GB`; powers of 1000. */
export function formatBytes(bytes: number): string {
  const units = ["B", "kB", "MB", "GB", "TB"];
  let unit = 0;
  while (bytes >= 999.5 && unit < units.length - 1) {
    bytes /= 1000;
    unit++;
  }
  return `${unit === 0 ? Math.round(bytes) : short(bytes)} ${units[unit]}`;
}

function short(value: number): string {
  return value < 9.95 ? value.toFixed(1) : value.toFixed(0);
}

/** The local time of day: `18:48:52`. */
export function formatClock(time: number): string {
  const date = new Date(time * 1000);
  return [date.getHours(), date.getMinutes(), date.getSeconds()]
    .map((part) => String(part).padStart(2, "0")).join(":");
}

/** `Nov 22`, or with its year if that is another than today's. */
export function formatDate(time: number, today = Date.now() / 1000): string {
  const date = new Date(time * 1000);
  return date.getFullYear() === new Date(today * 1000).getFullYear()
    ? date.toLocaleDateString("en-US", { month: "short", day: "numeric" })
    : date.toLocaleDateString("sv-SE");
}

/** Whether two times are of one day, in local time. */
export function isSameDay(a: number, b: number): boolean {
  return new Date(a * 1000).toDateString() ===
    new Date(b * 1000).toDateString();
}

/** The time of day, and the date if that is not today: `Nov 22 18:48:52`. */
export function formatMoment(time: number, today = Date.now() / 1000): string {
  return isSameDay(time, today)
    ? formatClock(time)
    : `${formatDate(time, today)} ${formatClock(time)}`;
}

/** A whole number with its thousands set apart: `12,345`. */
export function formatWhole(count: number): string {
  return grouped(count);
}
