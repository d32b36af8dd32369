import type { SensorEvent } from "../event.ts";
import { shorten } from "../shorten.ts";
import { createIntervals } from "./intervals.ts";
import { everyPoint, peaks, type PointMaker, statePeaks } from "./points.ts";
import type { Series } from "./series.ts";
import type { Totals } from "./totals.ts";

/** What makes a series of the readings of a sensor. */
export interface SeriesMaker {
  /** Takes the next reading, in order of time. */
  add(event: SensorEvent): void;
  /** The series, in a period in seconds since 1970. */
  end(from: number, to: number): Series;
}

/** So many different texts are told apart. */
const MAX_STATES = 24;

/** So much of a text is kept. */
const MAX_TEXT = 80;

/** Starts the series of a sensor, with all its points if the resolution is 0. */
export function createSeriesMaker(
  id: string,
  totals: Totals,
  resolution: number,
): SeriesMaker {
  const { numbers, ...counted } = totals;
  const isLine = 2 * numbers >= totals.count;
  const make = isLine ? peaks : statePeaks;
  const points: PointMaker = resolution === 0
    ? everyPoint(totals.count)
    : make(resolution);
  const intervals = createIntervals();
  const states = new Map<string, number>();
  const stateOf = (val: SensorEvent["val"]) => {
    const text = shorten(String(val), MAX_TEXT);
    const known = states.get(text);
    if (known !== undefined) return known;
    const name = states.size < MAX_STATES ? text : "…";
    return states.getOrInsert(name, states.size);
  };
  return {
    add({ ts, val }) {
      intervals.add(ts);
      if (!isLine) points.add(ts, stateOf(val));
      else points.add(ts, typeof val === "number" ? val : NaN);
    },
    end: (from, to) => ({
      id,
      kind: isLine ? "numbers" : "states",
      ...points.end(),
      states: [...states.keys()],
      resolution,
      gap: Math.max(intervals.gap(), 2 * resolution),
      ...counted,
      longest: intervals.longest(),
      usual: intervals.usual(),
      capture: intervals.capture(from, to),
    }),
  };
}
