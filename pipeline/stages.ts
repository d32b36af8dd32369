import type { SensorEvent } from "./event.ts";
import type { Stage } from "./flow.ts";
import { endsEarly, holdsBack } from "./marks.ts";

/**
 * Makes one item of each.
 *
 * @example
 * ```ts
 * import { map, pipe } from "./mod.ts";
 *
 * async function* source() {
 *   yield [1, 2];
 * }
 * const doubled = await Array.fromAsync(pipe(source(), map((n) => 2 * n)));
 * if (doubled.flat().join() !== "2,4") throw doubled;
 * ```
 */
export function map<I, O>(transform: (item: I) => O): Stage<I, O> {
  return async function* (flow) {
    for await (const batch of flow) yield batch.map((item) => transform(item));
  };
}

/**
 * Lets the items through for which the predicate holds.
 *
 * @example
 * ```ts
 * import { filter, pipe } from "./mod.ts";
 *
 * async function* source() {
 *   yield [1, 2, 3];
 * }
 * const odd = await Array.fromAsync(pipe(source(), filter((n) => n % 2 === 1)));
 * if (odd.flat().join() !== "1,3") throw odd;
 * ```
 */
export function filter<T>(predicate: (item: T) => boolean): Stage<T, T> {
  return async function* (flow) {
    for await (const batch of flow) {
      const kept = batch.filter((item) => predicate(item));
      if (kept.length > 0) yield kept;
    }
  };
}

/**
 * Makes any number of items of each.
 *
 * @example
 * ```ts
 * import { flatMap, pipe } from "./mod.ts";
 *
 * async function* source() {
 *   yield ["a b", "c"];
 * }
 * const words = flatMap((line: string) => line.split(" "));
 * const all = await Array.fromAsync(pipe(source(), words));
 * if (all.flat().join() !== "a,b,c") throw all;
 * ```
 */
export function flatMap<I, O>(
  transform: (item: I) => readonly O[],
): Stage<I, O> {
  return async function* (flow) {
    for await (const batch of flow) {
      const items = batch.flatMap((item) => transform(item));
      if (items.length > 0) yield items;
    }
  };
}

/**
 * Lets the first `limit` items through and ends the flow with the last of them,
 * without pulling for more: the batch that it ends with is not acknowledged.
 *
 * @throws {RangeError} where `limit` is not a number, or less than 0.
 *
 * @example
 * ```ts
 * import { pipe, take } from "./mod.ts";
 *
 * async function* source() {
 *   while (true) yield [1, 2, 3];
 * }
 * const four = await Array.fromAsync(pipe(source(), take(4)));
 * if (four.flat().join() !== "1,2,3,1") throw four;
 * ```
 */
export function take<T>(limit: number): Stage<T, T> {
  checkAtLeast(0, limit);
  const stage: Stage<T, T> = async function* (flow) {
    let left = limit;
    if (left <= 0) return;
    for await (const batch of flow) {
      yield batch.length > left ? batch.slice(0, left) : batch;
      left -= batch.length;
      if (left <= 0) return;
    }
  };
  return limit === Infinity
    ? stage
    : Object.assign(stage, { [endsEarly]: true });
}

/**
 * Leaves the first `limit` items out.
 *
 * @throws {RangeError} where `limit` is not a number, or less than 0.
 *
 * @example
 * ```ts
 * import { drop, pipe } from "./mod.ts";
 *
 * async function* source() {
 *   yield [1, 2, 3];
 * }
 * const rest = await Array.fromAsync(pipe(source(), drop(2)));
 * if (rest.flat().join() !== "3") throw rest;
 * ```
 */
export function drop<T>(limit: number): Stage<T, T> {
  checkAtLeast(0, limit);
  return async function* (flow) {
    let left = limit;
    for await (const batch of flow) {
      if (left < batch.length) yield left > 0 ? batch.slice(left) : batch;
      left = Math.max(0, left - batch.length);
    }
  };
}

/**
 * Calls a function with each item on its way, and changes nothing.
 *
 * @example
 * ```ts
 * import { pipe, tap } from "./mod.ts";
 *
 * async function* source() {
 *   yield [1, 2, 3];
 * }
 * let seen = 0;
 * await Array.fromAsync(pipe(source(), tap(() => seen++)));
 * if (seen !== 3) throw seen;
 * ```
 */
export function tap<T>(look: (item: T) => void): Stage<T, T> {
  return async function* (flow) {
    for await (const batch of flow) {
      for (const item of batch) look(item);
      yield batch;
    }
  };
}

/**
 * Groups items into windows of `size` consecutive ones; the last may be
 * smaller. It keeps items back until their window is full, and is marked with
 * {@linkcode holdsBack}: what it holds is acknowledged and not yet written.
 *
 * @throws {RangeError} where `size` is not a number, or less than 1.
 *
 * @example
 * ```ts
 * import { map, pipe, window } from "./mod.ts";
 *
 * async function* source() {
 *   yield [1, 2, 3];
 *   yield [4, 6];
 * }
 * const sums = map((w: readonly number[]) => w.reduce((a, b) => a + b));
 * const all = await Array.fromAsync(pipe(source(), window<number>(2), sums));
 * if (all.flat().join() !== "3,7,6") throw all;
 * ```
 */
export function window<T>(
  size: number,
): Stage<T, readonly T[]> & { [holdsBack]: true } {
  checkAtLeast(1, size);
  const stage: Stage<T, readonly T[]> = async function* (flow) {
    let open: T[] = [];
    for await (const batch of flow) {
      const full: T[][] = [];
      for (const item of batch) {
        open.push(item);
        if (open.length >= size) {
          full.push(open);
          open = [];
        }
      }
      if (full.length > 0) yield full;
    }
    if (open.length > 0) yield [open];
  };
  return Object.assign(stage, { [holdsBack]: true as const });
}

/** As TC39's iterator helpers do (ECMA-262, 27.1.4.11). */
function checkAtLeast(least: number, given: number): void {
  if (given >= least) return;
  throw new RangeError(`a number of ${least} or more is wanted, not ${given}`);
}

/** How many sensors `sample()` and `distinct()` remember. */
const MAX_SENSORS = 10_000;

/** Sets a key as the newest and forgets the oldest where there are too many. */
function remember<V>(map: Map<string, V>, key: string, value: V) {
  map.delete(key);
  map.set(key, value);
  if (map.size > MAX_SENSORS) map.delete(map.keys().next().value!);
}

/**
 * Lets at most one event per sensor through in each `seconds` of event time
 * (`ts`): the first. Leaves out the rest, as asked. Of more than 10,000 sensors
 * it forgets those let through the longest time ago.
 *
 * @example
 * ```ts
 * import { pipe, sample } from "./mod.ts";
 *
 * async function* source() {
 *   yield [0, 1, 9, 10, 11].map((ts) => ({ sensor_id: "lux-1", ts, val: ts }));
 * }
 * const events = (await Array.fromAsync(pipe(source(), sample(10)))).flat();
 * if (events.map((event) => event.ts).join() !== "0,10") throw events;
 * ```
 */
export function sample(seconds: number): Stage<SensorEvent, SensorEvent> {
  return (flow) => {
    const last = new Map<string, number>();
    return filter<SensorEvent>(({ sensor_id, ts }) => {
      const before = last.get(sensor_id);
      // A clock stepped back starts anew; otherwise nothing would come through.
      if (before !== undefined && ts >= before && ts - before < seconds) {
        return false;
      }
      remember(last, sensor_id, ts);
      return true;
    })(flow);
  };
}

/**
 * Lets an event through when its value differs from the last one of its sensor.
 * Of more than 10,000 sensors it forgets those that changed the longest time
 * ago.
 *
 * @example
 * ```ts
 * import { distinct, pipe } from "./mod.ts";
 *
 * async function* source() {
 *   yield [1, 1, 2, 1].map((val, ts) => ({ sensor_id: "door", ts, val }));
 * }
 * const events = (await Array.fromAsync(pipe(source(), distinct()))).flat();
 * if (events.map((event) => event.val).join() !== "1,2,1") throw events;
 * ```
 */
export function distinct(): Stage<SensorEvent, SensorEvent> {
  return (flow) => {
    const last = new Map<string, SensorEvent["val"]>();
    return filter<SensorEvent>(({ sensor_id, val }) => {
      if (last.get(sensor_id) === val) return false;
      remember(last, sensor_id, val);
      return true;
    })(flow);
  };
}
