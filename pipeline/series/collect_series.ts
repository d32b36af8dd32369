import { WeirError } from "../error.ts";
import { openInOrder } from "../export/open_in_order.ts";
import { mergeInOrder } from "../recording/merge_in_order.ts";
import type { Collected, SeriesOptions } from "./series_settings.ts";
import { createSeriesMaker } from "./series_maker.ts";
import { createTotals } from "./totals.ts";

/** So many sensors are told apart. */
const MAX_SENSORS = 10_000;

/** A resolution gives up to so many points for each of its steps. */
const PER_STEP = 4;

/** Reads the series of recordings; see `readSeries()`. */
export async function collectSeries(
  paths: readonly string[],
  {
    maxPoints = 2_000_000,
    maxEach = Infinity,
    folder = ".",
    ...options
  }: SeriesOptions,
): Promise<Collected> {
  const totals = createTotals(MAX_SENSORS);
  let faults = 0;
  try {
    await using sources = await openInOrder(paths, {
      ...options,
      folder,
      onEvents: totals.add,
      onFault(path, line, text) {
        faults++;
        options.onFault?.(path, line, text);
      },
    });
    const all = [...totals.sensors.values()];
    const from = least(all.map(({ first }) => first));
    const to = -least(all.map(({ last }) => -last));
    const counts = all.map(({ count }) => count);
    const share = Math.min(maxEach, shareOf(counts, maxPoints));
    const makers = new Map(
      [...totals.sensors].map(([id, sensor]) => {
        const steps = Math.max(1, Math.floor(share / PER_STEP));
        const resolution = sensor.count <= share
          ? 0
          : (to - from) / steps || 0.001;
        return [id, createSeriesMaker(id, sensor, resolution)];
      }),
    );
    let events = 0;
    for await (const batch of mergeInOrder(sources.ordered)) {
      for (const event of batch) makers.get(event.sensor_id)?.add(event);
      events += batch.length;
      sources.report(events);
    }
    const series = [...makers.values()].map((maker) => maker.end(from, to));
    series.sort((a, b) => compare(a.id, b.id));
    const unlisted = totals.unlisted();
    return { series, from, to, events, faults, unlisted };
  } catch (error) {
    const brokenOff = error instanceof WeirError &&
      error.code === "ERR_WEIR_BROKEN_OFF";
    // Nothing was being written.
    throw brokenOff
      ? new WeirError("ERR_WEIR_BROKEN_OFF", "Broken off.")
      : error;
  }
}

const { compare } = new Intl.Collator("en", { numeric: true });

const least = (numbers: number[]) =>
  numbers.reduce((a, b) => Math.min(a, b), Infinity);

/**
 * How many points each may have, so that there are at most so many in all: those
 * that have fewer leave the rest to the others.
 */
function shareOf(counts: number[], most: number): number {
  let left = most;
  const sorted = counts.toSorted((a, b) => a - b);
  for (const [at, count] of sorted.entries()) {
    const share = left / (sorted.length - at);
    if (count > share) return Math.max(PER_STEP, Math.floor(share));
    left -= count;
  }
  return Infinity;
}
