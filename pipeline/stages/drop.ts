import type { Stage } from "../flow.ts";
import { checkAtLeast } from "./at_least.ts";

/**
 * Returns a stage that leaves out the first `limit` items.
 *
 * @throws {RangeError} if `limit` is not a number of at least 0.
 *
 * @example
 * ```ts
 * import { drop, pipe } from "../mod.ts";
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
