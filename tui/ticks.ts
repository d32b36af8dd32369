import { formatClock, formatDate, isSameDay } from "./format.ts";

/**
 * Round numbers that divide a range in about so many parts: multiples of 1, 2
 * or 5 times a power of ten.
 */
export function niceTicks(min: number, max: number, parts: number): number[] {
  const rough = (max / parts) - (min / parts);
  if (!(rough > 0) || !Number.isFinite(rough)) return [];
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5].find((f) => f * power >= rough) ?? 10);
  const ticks: number[] = [];
  for (let n = Math.ceil(min / step); n * step <= max; n++) {
    // 3 * 0.1 is 0.30000000000000004.
    ticks.push(Number((n * step).toPrecision(12)));
    if (ticks.length > 100) return [];
  }
  return ticks;
}

const MINUTE = 60;
const HOUR = 3600;
const DAY = 86_400;

const STEPS = [
  ...[1, 2, 5, 10, 15, 30],
  ...[1, 2, 5, 10, 15, 30].map((minutes) => minutes * MINUTE),
  ...[1, 2, 3, 6, 12].map((hours) => hours * HOUR),
  ...[1, 2, 5, 10, 20, 50, 100, 200, 500, 1000].map((days) => days * DAY),
];

/** A time on an axis and how it is written there. */
export interface TimeTick {
  /** In seconds since 1970. */
  time: number;
  /** `18:48:30`, `18:48`, `Nov 22 18:48` or `Nov 22`, in local time. */
  label: string;
}

/**
 * Round times in a range, at most so many. The first of a day has its date,
 * unless that is today.
 */
export function timeTicks(
  from: number,
  to: number,
  most: number,
  today = Date.now() / 1000,
): TimeTick[] {
  const step = STEPS.find((seconds) => (to - from) / seconds <= most) ??
    STEPS.at(-1)!;
  // Hours are round in local time, not in UTC.
  const zone = new Date(from * 1000).getTimezoneOffset() * MINUTE;
  const ticks: TimeTick[] = [];
  const first = Math.ceil((from - zone) / step) * step + zone;
  let day = today;
  for (let time = first; time <= to; time += step) {
    ticks.push({ time, label: label(time, step, isSameDay(time, day)) });
    day = time;
  }
  return ticks;
}

/** The time of day; with the date if that is not that of the tick before. */
function label(time: number, step: number, sameDay: boolean): string {
  if (step >= DAY) return formatDate(time);
  const clock = formatClock(time);
  const text = step >= MINUTE ? clock.slice(0, 5) : clock;
  if (sameDay) return text;
  return clock === "00:00:00"
    ? formatDate(time)
    : `${formatDate(time)} ${clock.slice(0, 5)}`;
}
