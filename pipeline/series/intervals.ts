/** How regularly a sensor was read. */
export interface Intervals {
  /** Takes the time of the next reading, in seconds; earlier ones are left out. */
  add(ts: number): void;
  /** The usual time between two readings: the median; `undefined` of fewer than two. */
  usual(): number | undefined;
  /** The longest time between two readings. */
  longest(): number;
  /** A longer time than this between two readings is a gap, in seconds. */
  gap(): number;
  /**
   * The share of the usual intervals of a period that have a reading, from 0 to
   * 1; `undefined` if there is no usual interval.
   */
  capture(from: number, to: number): number | undefined;
}

/** Intervals that differ by less than this are kept together. */
const WIDTH = Math.log(1.02);

/** Readings closer together than this, in seconds, count as one. */
const MOMENT = 0.001;

/**
 * Makes what keeps the times between readings, in bounded memory: intervals that
 * differ by under 2 % are kept as their number and their sum.
 */
export function createIntervals(): Intervals {
  const kept = new Map<number, { count: number; sum: number }>();
  let first: number | undefined;
  let last = NaN;
  let intervals = 0;
  let longest = 0;

  /** The interval that so many of all are no longer than. */
  const quantile = (share: number): number | undefined => {
    let before = 0;
    for (const [, { count, sum }] of [...kept].sort(([a], [b]) => a - b)) {
      before += count;
      if (before > share * (intervals - 1)) return sum / count;
    }
    return undefined;
  };
  const usual = () => quantile(0.5);
  return {
    add(ts) {
      if (first === undefined) first = last = ts;
      const interval = ts - last;
      if (!(interval >= MOMENT)) return;
      last = ts;
      intervals++;
      longest = Math.max(longest, interval);
      const key = Math.round(Math.log(interval) / WIDTH);
      const group = kept.getOrInsertComputed(key, () => ({ count: 0, sum: 0 }));
      group.count++;
      group.sum += interval;
    },
    usual,
    longest: () => longest,
    gap() {
      const median = usual();
      return median === undefined
        ? Infinity
        : Math.max(5 * median, 2 * quantile(0.9)!);
    },
    capture(from, to) {
      const median = usual();
      if (median === undefined || first === undefined) return undefined;
      let there = 1;
      // Whole intervals before the first and after the last reading.
      let due = 1 + Math.floor(Math.max(0, first - from) / median) +
        Math.floor(Math.max(0, to - last) / median);
      for (const { count, sum } of kept.values()) {
        // Two readings in one interval do not make up for none in another.
        const each = Math.round(sum / count / median);
        if (each === 0) continue;
        there += count;
        due += each * count;
      }
      return there / due;
    },
  };
}
