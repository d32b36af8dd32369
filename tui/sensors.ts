import type { LiveSensor } from "../pipeline/mod.ts";
import type { Snapshot } from "../run/run_snapshot.ts";
import { visible } from "./fit_text.ts";

/** By what the sensors are sorted, in the order of the `s` key. */
export const SORTS = ["first seen", "id", "value", "rate", "age"] as const;

/** One of {@linkcode SORTS}. */
export type Sort = typeof SORTS[number];

/** Which sensors are listed, and how. */
export interface Listing {
  /** Only those whose id has this in it, in upper or lower case. */
  filter: string;
  /** By what they are sorted. */
  sort: Sort;
  /** Whether the other way around. */
  reversed: boolean;
}

/** A sensor with its id. */
export type Listed = readonly [id: string, sensor: LiveSensor];

const collator = new Intl.Collator(undefined, { numeric: true });

/** The sensors to be listed, in their order. */
export function listSensors(
  sensors: ReadonlyMap<string, LiveSensor>,
  { filter, sort, reversed }: Listing,
): Listed[] {
  const wanted = filter.toLowerCase();
  let listed: Listed[] = [...sensors];
  if (wanted !== "") {
    listed = listed.filter(([id]) =>
      visible(id).toLowerCase().includes(wanted)
    );
  }
  const order = ORDERS[sort];
  if (order) listed.sort(order);
  return reversed ? listed.reverse() : listed;
}

const ORDERS: Record<Sort, ((a: Listed, b: Listed) => number) | undefined> = {
  "first seen": undefined,
  id: ([a], [b]) => collator.compare(a, b),
  value: ([, a], [, b]) => number(b) - number(a),
  rate: ([, a], [, b]) => b.rate - a.rate,
  age: ([, a], [, b]) => a.time - b.time,
};

/** Texts come after all numbers. */
function number({ latest: { val } }: LiveSensor): number {
  return typeof val === "string" ? -Number.MAX_VALUE : Number(val);
}

/** How a sensor is. */
export type Health = "alive" | "quiet" | "offline";

/**
 * Whether a sensor is overdue (it has been silent for three times its usual
 * interval, and for at least 2 s), or its board is offline: that is what was
 * said of it last, and no reading has come since that would contradict it.
 */
export function healthOf(
  id: string,
  { time, events, interval, latest }: LiveSensor,
  now: number,
  boards: Snapshot["control"]["boards"],
): Health {
  // After a single reading nobody knows when the next one is due.
  const known = interval > 0 || events > 8;
  const overdue = known && now - time > Math.max(2, 3 * interval);
  const board = boards.get(boardOf(id));
  const since = board && time > board.time && !latest.retain;
  if (board?.state === "offline" && (overdue || !since)) return "offline";
  return overdue ? "quiet" : "alive";
}

/** The board of a sensor: of `attic/temperature` it is `attic`. */
export function boardOf(id: string): string {
  return id.split("/", 1)[0];
}

/**
 * The mean with one digit more than the readings have: the mean of 23.8 and
 * 23.9 is 23.85, and not 23.850000000000001.
 */
export function meanOf(
  { mean, min, max, latest }: LiveSensor,
): number | undefined {
  const texts = [min, max, latest.val].map(String);
  if (mean === undefined || texts.some((text) => /\de/.test(text))) return mean;
  const digits = texts.map((text) => /^-?\d+\.(\d+)$/.exec(text)?.[1].length);
  return Number(mean.toFixed(1 + Math.max(...digits.map((n) => n ?? 0))));
}
