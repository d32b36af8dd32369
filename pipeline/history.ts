/** What the readings of a stretch of time come to. */
export interface Bucket {
  /** When it begins, in seconds. */
  time: number;
  /** The least of them. */
  min: number;
  /** The greatest. */
  max: number;
  /** Their mean. */
  mean: number;
  /** How many there are. */
  count: number;
}

/** The values of one sensor over time, in bounded memory. */
export interface History {
  /** Takes in a value at a time in seconds. */
  add(time: number, value: number): void;
  /** The latest of the finest buckets, of 0.25 s, that hold anything. */
  latest(count: number): Bucket[];
  /**
   * The buckets of so many seconds up to a time, as fine as they are kept that
   * far back: a few hundred at most.
   */
  window(seconds: number, to: number): Bucket[];
  /** All that there is, oldest first, each stretch as fine as it is kept. */
  all(): Bucket[];
  /** Takes in what is later than all that there is. */
  append(later: History): void;
}

/** The width of the finest buckets, in seconds. */
const FINEST = 0.25;

/** Each level's buckets are so many times as wide as those of the one below. */
const FACTOR = 4;

/** 0.25 s, 1 s, 4 s … 65,536 s: the last minute, and the last half year. */
const LEVELS = 10;

/** How many buckets a level keeps. */
const KEPT = 257;

/** How many more there may be before the oldest are thrown away. */
const SPARE = 64;

/** A bucket is so many numbers of a level's array: flat, they take 40 bytes. */
const FIELDS = 5;

/**
 * Makes a history that is fine for the last minute and coarser the further it
 * goes back, up to half a year: ten levels of 256 buckets each, as round-robin
 * databases keep it. A bucket keeps its least and greatest value, so no peak is
 * lost. It takes up to 130 kB. If the clock is set back, what lies in its
 * future is forgotten.
 */
export function createHistory(): History {
  const levels = Array.from({ length: LEVELS }, () => [] as number[]);

  /** Puts a bucket into a level; the one that it follows goes a level up. */
  const put = (level: number, bucket: Bucket) => {
    if (level === LEVELS) return;
    const numbers = levels[level];
    const time = align(bucket.time, level);
    const last = numbers.length - FIELDS;
    if (last >= 0) {
      const before = read(numbers, last);
      if (time <= before.time) {
        return write(numbers, last, joinBuckets(before, bucket));
      }
      put(level + 1, before);
    }
    write(numbers, numbers.length, { ...bucket, time });
    if (numbers.length > (KEPT + SPARE) * FIELDS) {
      numbers.splice(0, SPARE * FIELDS);
    }
  };

  return {
    add(time, value) {
      const [finest] = levels;
      const last = finest.length - FIELDS;
      if (time >= finest[last] && time < finest[last] + FINEST) {
        finest[last + 1] = Math.min(finest[last + 1], value);
        finest[last + 2] = Math.max(finest[last + 2], value);
        const count = ++finest[last + 4];
        finest[last + 3] = finest[last + 3] * ((count - 1) / count) +
          value / count;
        return;
      }
      if (time < finest[last] - 1) forget(levels, time);
      put(0, { time, min: value, max: value, mean: value, count: 1 });
    },
    latest: (count) => readAll(levels[0].slice(-count * FIELDS)),
    window(seconds, to) {
      const from = to - seconds;
      // What ended long ago is as fine as it was then.
      const back = (levels[0].at(-FIELDS) ?? to) - from;
      let level = 0;
      while (level < LEVELS - 1 && width(level) * (KEPT - 1) < back) level++;
      const found = readAll(levels[level]);
      // What the levels below have not handed on yet.
      for (let below = level - 1; below >= 0; below--) {
        const [open] = readAll(levels[below].slice(-FIELDS));
        if (!open) continue;
        const time = align(open.time, level);
        const last = found.at(-1);
        if (last && time <= last.time) {
          found.splice(-1, 1, joinBuckets(last, open));
        } else found.push({ ...open, time });
      }
      return found.filter(({ time }) =>
        time + width(level) > from && time <= to
      );
    },
    all() {
      const found: Bucket[] = [];
      for (let level = LEVELS - 1; level >= 0; level--) {
        // What a finer level has in it was handed on to the coarser ones.
        const finer = Math.min(
          ...levels.slice(0, level).map(([first = Infinity]) => first),
        );
        found.push(
          ...readAll(levels[level]).filter(({ time }) =>
            time + width(level) <= finer
          ),
        );
      }
      return found;
    },
    append(later) {
      for (const bucket of later.all()) put(0, bucket);
    },
  };
}

function width(level: number): number {
  return FINEST * FACTOR ** level;
}

function align(time: number, level: number): number {
  return Math.floor(time / width(level)) * width(level);
}

function read(numbers: number[], at: number): Bucket {
  return {
    time: numbers[at],
    min: numbers[at + 1],
    max: numbers[at + 2],
    mean: numbers[at + 3],
    count: numbers[at + 4],
  };
}

function readAll(numbers: number[]): Bucket[] {
  const buckets: Bucket[] = [];
  for (let at = 0; at < numbers.length; at += FIELDS) {
    buckets.push(read(numbers, at));
  }
  return buckets;
}

function write(
  numbers: number[],
  at: number,
  { time, min, max, mean, count }: Bucket,
): void {
  numbers[at] = time;
  numbers[at + 1] = min;
  numbers[at + 2] = max;
  numbers[at + 3] = mean;
  numbers[at + 4] = count;
}

/** Two buckets as one, with the time of the first. */
export function joinBuckets(a: Bucket, b: Bucket): Bucket {
  const count = a.count + b.count;
  return {
    time: a.time,
    min: Math.min(a.min, b.min),
    max: Math.max(a.max, b.max),
    // Each share by itself: the sum of two great numbers is infinite.
    mean: a.mean * (a.count / count) + b.mean * (b.count / count),
    count,
  };
}

/** Throws away what is later than a time. */
function forget(levels: number[][], time: number): void {
  for (const numbers of levels) {
    while (numbers.length > 0 && numbers.at(-FIELDS)! > time) {
      numbers.length -= FIELDS;
    }
  }
}
