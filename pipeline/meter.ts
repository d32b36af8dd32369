/** Counts what passes, and its rate per second. */
export interface Meter {
  /** Counts so much at a time, in seconds. */
  add(amount: number, time: number): void;
  /** How much a second there was in the last whole seconds before a time. */
  rate(time: number): number;
}

/** Over how many seconds a rate is taken. */
const SECONDS = 10;

/**
 * Makes a meter: a rate over the last 10 whole seconds, or over as many as
 * there were since the first. If the clock is set back, it starts again.
 *
 * @example
 * ```ts
 * import { createMeter } from "./mod.ts";
 *
 * const meter = createMeter();
 * for (let time = 100; time < 105; time += 0.5) meter.add(1, time);
 * if (meter.rate(105) !== 2) throw meter.rate(105);
 * if (meter.rate(200) !== 0) throw meter.rate(200);
 * ```
 */
export function createMeter(): Meter {
  const counts = new Array<number>(SECONDS + 1).fill(0);
  let second = NaN;
  let first = NaN;
  const goTo = (time: number) => {
    const now = Math.floor(time);
    // A second back is no more than two that look at the clock in turn.
    if (!(now >= second - 1)) {
      first = second = now;
      counts.fill(0);
    }
    for (let behind = Math.min(now - second, counts.length); behind > 0;) {
      counts[(now - --behind) % counts.length] = 0;
    }
    second = Math.max(second, now);
  };
  return {
    add(amount, time) {
      if (!(time >= second && time < second + 1)) goTo(time);
      counts[second % counts.length] += amount;
    },
    rate(time) {
      if (Number.isNaN(second)) return 0;
      goTo(time);
      const whole = Math.min(SECONDS, second - first);
      if (whole === 0) return counts[second % counts.length];
      let sum = 0;
      for (let back = 1; back <= whole; back++) {
        sum += counts[(second - back) % counts.length];
      }
      return sum / whole;
    },
  };
}
