/** So many points have their least and greatest kept. */
const BLOCK = 64;

/** The index of the first time that is not before one. */
export function indexOf(times, time) {
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (times[middle] < time) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The indexes of the least and the greatest value of each block of points. */
export function blocksOf({ values }) {
  const count = Math.ceil(values.length / BLOCK);
  const low = new Uint32Array(count);
  const high = new Uint32Array(count);
  for (let block = 0; block < count; block++) {
    const end = Math.min(values.length, (block + 1) * BLOCK);
    let min = block * BLOCK;
    let max = min;
    for (let i = min + 1; i < end; i++) {
      if (!(values[i] >= values[min])) {
        if (!Number.isNaN(values[i])) min = i;
      }
      if (!(values[i] <= values[max])) {
        if (!Number.isNaN(values[i])) max = i;
      }
    }
    low[block] = min;
    high[block] = max;
  }
  return { low, high };
}

/** The indexes of the least and the greatest value from one index to another. */
export function extremes({ values }, { low, high }, from, to) {
  let min = from;
  let max = from;
  const see = (a, b) => {
    if (values[a] < values[min] || Number.isNaN(values[min])) min = a;
    if (values[b] > values[max] || Number.isNaN(values[max])) max = b;
  };
  let at = from;
  while (at < to) {
    if (at % BLOCK === 0 && at + BLOCK <= to) {
      see(low[at / BLOCK], high[at / BLOCK]);
      at += BLOCK;
    } else {
      see(at, at);
      at++;
    }
  }
  return [min, max];
}

/**
 * What a line needs between two times in so many columns: all points if they are
 * few, else of each column the first, the least, the greatest and the last, so no
 * peak is hidden. A value of null breaks the line.
 */
export function thin(series, from, to, columns) {
  const { times, values, gap } = series;
  const start = Math.max(0, indexOf(times, from) - 1);
  const end = Math.min(times.length, indexOf(times, to) + 2);
  const xs = [];
  const ys = [];
  let last = -1;
  const put = (i, inColumn = false) => {
    if (i === last) return;
    if (!inColumn && last >= 0 && times[i] - times[last] > gap) {
      xs.push(times[last] + (times[i] - times[last]) / 2);
      ys.push(null);
    }
    xs.push(times[i]);
    ys.push(Number.isNaN(values[i]) ? null : values[i]);
    last = i;
  };
  if (end - start <= 4 * columns) {
    for (let i = start; i < end; i++) put(i);
    return [xs, ys];
  }
  const blocks = series.blocks ??= blocksOf(series);
  const step = (to - from) / columns;
  let at = start;
  for (let column = 0; at < end; column++) {
    const until = column >= columns
      ? end
      : Math.min(end, Math.max(at, indexOf(times, from + (column + 1) * step)));
    if (until === at) continue;
    const [min, max] = extremes(series, blocks, at, until);
    put(at);
    put(Math.min(min, max), true);
    put(Math.max(min, max), true);
    put(until - 1, true);
    at = until;
  }
  return [xs, ys];
}

/** Lines as the rows of one table: undefined where a line has no point. */
export function align(lines) {
  if (lines.length === 1) return lines[0];
  const all = new Float64Array(
    lines.reduce((sum, [xs]) => sum + xs.length, 0),
  );
  let at = 0;
  for (const [xs] of lines) {
    all.set(xs, at);
    at += xs.length;
  }
  all.sort();
  const table = [all.filter((x, i) => i === 0 || x !== all[i - 1])];
  for (const [xs, ys] of lines) {
    let next = 0;
    table.push(Array.from(table[0], (x) => {
      if (xs[next] !== x) return undefined;
      // Of two points of one time, the last.
      while (xs[next + 1] === x) next++;
      return ys[next++];
    }));
  }
  return table;
}
