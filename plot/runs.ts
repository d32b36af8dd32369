import type { Series } from "../pipeline/mod.ts";

/** A stretch of time in which a sensor had one state. */
export interface Run {
  from: number;
  to: number;
  /** The index of the state, or -1 for several. */
  state: number;
}

/** The runs of a band. Between two of them there may be a gap. */
export function runsOf({ times, values, gap }: Series): Run[] {
  const runs: Run[] = [];
  let last: Run | undefined;
  for (let at = 0; at < times.length; at++) {
    const time = times[at];
    const state = values[at];
    const joined = last && time - last.to <= gap;
    if (joined) last!.to = time;
    if (!joined || last!.state !== state) {
      runs.push(last = { from: time, to: time, state });
    }
  }
  return runs;
}

/** The lines of a series: points that follow each other without a gap. */
export function* linesOf(
  { times, values, gap }: Series,
): Generator<[number, number][]> {
  let line: [number, number][] = [];
  for (let at = 0; at < times.length; at++) {
    const broken = Number.isNaN(values[at]);
    const before = line.at(-1);
    if (before && (broken || times[at] - before[0] > gap)) {
      yield line;
      line = [];
    }
    if (!broken) line.push([times[at], values[at]]);
  }
  if (line.length > 0) yield line;
}
