/** So many blocks of one level make one of the next; of the first, so many points. */
const FAN = 8;

/** The index of the first time that is not before one, at an index or after it. */
export function indexOf(times, time, from = 0) {
  let low = from;
  let high = times.length;
  // Often it is near.
  for (let reach = 1; low + reach <= high; reach *= 2) {
    if (times[low + reach - 1] >= time) {
      high = low + reach - 1;
      break;
    }
    low += reach;
  }
  while (low < high) {
    const middle = (low + high) >> 1;
    if (times[middle] < time) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * Levels of blocks, each with the indexes of the least and the greatest value of
 * 8 blocks of the level before. So those of any stretch are found in few steps.
 */
function levelsOf(values) {
  const points = Uint32Array.from(values, (_, i) => i);
  const levels = [{ low: points, high: points }];
  for (let below = levels[0]; below.low.length > 1; below = levels.at(-1)) {
    const count = Math.ceil(below.low.length / FAN);
    const level = { low: new Uint32Array(count), high: new Uint32Array(count) };
    for (let block = 0; block < count; block++) {
      const from = block * FAN;
      const to = Math.min(below.low.length, from + FAN);
      level.low[block] = least(values, below.low, from, to, below.low[from]);
      level.high[block] = most(values, below.high, from, to, below.high[from]);
    }
    levels.push(level);
  }
  return levels;
}

/** The index of the least of some values and one more; NaN is none. */
function least(values, indexes, from, to, one) {
  let found = one;
  let value = values[one];
  for (let i = from; i < to; i++) {
    const index = indexes[i];
    const other = values[index];
    if (other < value || value !== value) {
      found = index;
      value = other;
    }
  }
  return found;
}

function most(values, indexes, from, to, one) {
  let found = one;
  let value = values[one];
  for (let i = from; i < to; i++) {
    const index = indexes[i];
    const other = values[index];
    if (other > value || value !== value) {
      found = index;
      value = other;
    }
  }
  return found;
}

/** The indexes of the least and the greatest value from one index to another. */
function extremes(values, levels, from, to) {
  let min = from;
  let max = from;
  let a = from;
  let b = to;
  // From both ends to where a block begins; then the same on the next level.
  for (const { low, high } of levels) {
    const next = a + (FAN - a % FAN) % FAN;
    const last = b - b % FAN;
    const isIn = next < last;
    const end = isIn ? next : b;
    min = least(values, low, a, end, min);
    max = most(values, high, a, end, max);
    if (!isIn) break;
    min = least(values, low, last, b, min);
    max = most(values, high, last, b, max);
    a = next / FAN;
    b = last / FAN;
  }
  return [min, max];
}

/**
 * The rows that uPlot draws lines of between two times: the times, then the
 * values of each series. All readings, and one beyond each end, if they are few
 * for so many columns of pixels; else the least and the greatest of each column,
 * so that no peak is hidden. null breaks a line, and undefined is no point.
 */
export function tableOf(lines, from, to, columns) {
  const seen = lines.map((series) => {
    const { times } = series;
    const start = indexOf(times, from);
    let end = indexOf(times, to, start);
    while (times[end] <= to) end++;
    return { series, start, end };
  });
  const points = seen.reduce((sum, { start, end }) => sum + end - start, 0);
  return points <= 4 * columns
    ? align(seen.map(exact))
    : onGrid(seen, from, to, columns);
}

/** All points of a line, and one beyond each end. */
function exact({ series: { times, values, gap }, start, end }) {
  const xs = [];
  const ys = [];
  const last = Math.min(times.length, end + 1);
  for (let i = Math.max(0, start - 1); i < last; i++) {
    const before = xs.at(-1);
    if (times[i] - before > gap) {
      xs.push(before + (times[i] - before) / 2);
      ys.push(null);
    }
    xs.push(times[i]);
    ys.push(Number.isNaN(values[i]) ? null : values[i]);
  }
  return [xs, ys];
}

/** Lines as the rows of one table. */
function align(lines) {
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
    table.push(breaking(Array.from(table[0], (x) => {
      if (xs[next] !== x) return undefined;
      // Of two points of one time, the last.
      while (xs[next + 1] === x) next++;
      return ys[next++];
    })));
  }
  return table;
}

/** uPlot breaks a line from row to row, so all rows of a break are null. */
function breaking(ys) {
  let last = 0;
  let isBroken = false;
  for (let row = 0; row < ys.length; row++) {
    if (ys[row] === undefined) continue;
    if (ys[row] === null) {
      isBroken = true;
      continue;
    }
    if (isBroken) ys.fill(null, last + 1, row);
    last = row;
    isBroken = false;
  }
  return ys;
}

/** The rows of a column: a break before it, and its two values. */
const ROWS = 3;

/**
 * Lines on the columns of pixels. All of them have the same rows, so ten lines
 * in one chart cost ten times what one costs, and no more.
 */
function onGrid(seen, from, to, columns) {
  const step = (to - from) / columns;
  const rows = ROWS * columns + 2;
  const xs = new Float64Array(rows);
  xs[0] = from;
  xs[rows - 1] = to;
  for (let column = 0, row = 1; column < columns; column++) {
    for (let one = 0; one < ROWS; one++) {
      xs[row++] = from + (column + (one + 0.5) / ROWS) * step;
    }
  }
  return [xs, ...seen.map((one) => lineOnGrid(one, from, to, columns, rows))];
}

function lineOnGrid({ series, start, end }, from, to, columns, rows) {
  const { times, values, gap } = series;
  const levels = series.levels ??= levelsOf(values);
  const step = (to - from) / columns;
  const ys = new Array(rows).fill(undefined);
  ys[0] = between(series, start - 1, from);
  let at = start;
  for (let column = 0; at < end; column++) {
    // The last one has what is at the end, too.
    const until = column >= columns - 1
      ? end
      : Math.min(end, indexOf(times, from + (column + 1) * step, at));
    if (until <= at) continue;
    const row = 1 + ROWS * Math.min(column, columns - 1);
    if (at > 0 && times[at] - times[at - 1] > gap) ys[row] = null;
    const [min, max] = extremes(values, levels, at, until);
    const value = (i) => Number.isNaN(values[i]) ? null : values[i];
    ys[row + 1] = value(Math.min(min, max));
    ys[row + 2] = value(Math.max(min, max));
    at = until;
  }
  ys[rows - 1] = between(series, end - 1, to);
  return breaking(ys);
}

/** The value of a line at a time between a point and the next; undefined if it has none. */
function between({ times, values, gap }, index, time) {
  const span = times[index + 1] - times[index];
  if (!(span > 0 && span <= gap)) return undefined;
  const share = (time - times[index]) / span;
  const value = values[index] + (values[index + 1] - values[index]) * share;
  return Number.isNaN(value) ? undefined : value;
}
