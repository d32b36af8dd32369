/** Points of a line or a band, in order of time. */
export interface Points {
  times: Float64Array;
  values: Float64Array;
}

/** Takes points in order of time. */
export interface PointMaker {
  add(time: number, value: number): void;
  end(): Points;
}

/** Keeps every point; there are so many. */
export function everyPoint(count: number): PointMaker {
  const { push, end } = growing(count);
  return { add: push, end };
}

/**
 * Keeps, of each `resolution` seconds, the first, the least, the greatest and the
 * last point, so that no peak is lost. Points of NaN are left out.
 */
export function peaks(resolution: number): PointMaker {
  const { push, end } = growing(64);
  let bucket = NaN;
  let first = 0, low = 0, high = 0, last = 0;
  let firstAt = 0, lowAt = 0, highAt = 0, lastAt = 0;
  const flush = () => {
    if (Number.isNaN(bucket)) return;
    const points = [[firstAt, first], [lowAt, low], [highAt, high], [
      lastAt,
      last,
    ]];
    points.sort(([a], [b]) => a - b);
    let before: number[] | undefined;
    for (const point of points) {
      const same = before && before[0] === point[0] && before[1] === point[1];
      if (!same) push(point[0], point[1]);
      before = point;
    }
  };
  return {
    add(time, value) {
      if (Number.isNaN(value)) return;
      const at = Math.floor(time / resolution);
      if (at !== bucket) {
        flush();
        bucket = at;
        first = low = high = value;
        firstAt = lowAt = highAt = time;
      } else {
        if (value < low) [low, lowAt] = [value, time];
        if (value > high) [high, highAt] = [value, time];
      }
      [last, lastAt] = [value, time];
    },
    end() {
      flush();
      return end();
    },
  };
}

/** What stands for several states within the resolution. */
const SEVERAL = -1;

/** Keeps, of each `resolution` seconds, the first and last point of a band. */
export function statePeaks(resolution: number): PointMaker {
  const { push, end } = growing(64);
  let bucket = NaN;
  let state = 0, firstAt = 0, lastAt = 0;
  const flush = () => {
    if (Number.isNaN(bucket)) return;
    push(firstAt, state);
    if (lastAt > firstAt) push(lastAt, state);
  };
  return {
    add(time, value) {
      const at = Math.floor(time / resolution);
      if (at !== bucket) {
        flush();
        bucket = at;
        state = value;
        firstAt = time;
      } else if (value !== state) state = SEVERAL;
      lastAt = time;
    },
    end() {
      flush();
      return end();
    },
  };
}

/** Arrays that grow. */
function growing(size: number) {
  let times = new Float64Array(size);
  let values = new Float64Array(size);
  let length = 0;
  const larger = (from: Float64Array<ArrayBuffer>) => {
    const to = new Float64Array(2 * length + 1);
    to.set(from);
    return to;
  };
  return {
    push(time: number, value: number) {
      if (length === times.length) {
        times = larger(times);
        values = larger(values);
      }
      times[length] = time;
      values[length++] = value;
    },
    end: (): Points => ({
      times: times.subarray(0, length),
      values: values.subarray(0, length),
    }),
  };
}
