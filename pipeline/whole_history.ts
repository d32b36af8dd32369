import { type Bucket, type History, joinBuckets } from "./history.ts";

/** So many buckets are kept. A multiple of two. */
const KEPT = 16_384;

/** A window has at most so many. */
const WINDOW = 512;

/**
 * Makes a history that is as fine at its beginning as at its end, for a
 * recording that is looked at. It keeps 16,384 readings as they are. Of more, two
 * neighbours become one bucket, again and again, with their least and greatest
 * value: no peak is lost. It takes up to 3 MB.
 */
export function createWholeHistory(): History {
  let buckets: Bucket[] = [];
  /** So many readings make a bucket. */
  let each = 1;

  const put = (bucket: Bucket) => {
    const last = buckets.at(-1);
    if (last && bucket.time < last.time) {
      // The clock was set back: a reading stands where its time says.
      return void buckets.splice(after(buckets, bucket.time), 0, bucket);
    }
    if (last && last.count < each) {
      buckets[buckets.length - 1] = joinBuckets(last, bucket);
      return;
    }
    buckets.push(bucket);
    if (buckets.length < KEPT) return;
    each *= 2;
    buckets = buckets.flatMap((one, at) =>
      at % 2 === 1 ? [] : [joinBuckets(one, buckets[at + 1])]
    );
  };

  return {
    add: (time, value) =>
      put({ time, min: value, max: value, mean: value, count: 1 }),
    latest: (count) => buckets.slice(-count),
    window(seconds, to) {
      const from = to - seconds;
      const found = buckets.slice(
        Math.max(0, after(buckets, from) - 1),
        after(buckets, to),
      ).filter(({ time }) => time > from);
      return found.length <= WINDOW ? found : thin(found, from, seconds);
    },
    all: () => [...buckets],
    append(later) {
      for (const bucket of later.all()) put(bucket);
    },
  };
}

/** The index of the first bucket after a time. */
function after(buckets: readonly Bucket[], time: number): number {
  let [low, high] = [0, buckets.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (buckets[middle].time <= time) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Buckets as one for each step of a window. */
function thin(
  buckets: readonly Bucket[],
  from: number,
  seconds: number,
): Bucket[] {
  const stepOf = ({ time }: Bucket) =>
    Math.floor((time - from) / seconds * WINDOW);
  const steps: Bucket[] = [];
  let step = -1;
  for (const bucket of buckets) {
    const last = steps.at(-1);
    if (last && stepOf(bucket) === step) {
      steps[steps.length - 1] = joinBuckets(last, bucket);
    } else {
      step = stepOf(bucket);
      steps.push(bucket);
    }
  }
  return steps;
}
