import type { Stage } from "../flow.ts";
import { map } from "./map.ts";

/**
 * Returns a stage that carries a result from item to item, and passes on each
 * one: `add` makes the next result of the last one and an item. A flow begins
 * with `seed`.
 *
 * It keeps nothing back. Before a durable recording, mind that a run that starts
 * again after a crash begins with `seed` again.
 *
 * @example
 * ```ts
 * import { pipe, scan } from "../mod.ts";
 *
 * async function* source() {
 *   yield [1, 2];
 *   yield [3];
 * }
 * const sums = scan((sum: number, n: number) => sum + n, 0);
 * const all = await Array.fromAsync(pipe(source(), sums));
 * if (all.flat().join() !== "1,3,6") throw all;
 * ```
 */
export function scan<T, R>(
  add: (result: R, item: T) => R,
  seed: R,
): Stage<T, R> {
  return (flow) => {
    let result = seed;
    return map((item: T) => result = add(result, item))(flow);
  };
}
