import type { Stage } from "../flow.ts";

/**
 * Returns a stage that passes on the items for which the predicate is true. A
 * type predicate (`item is S`) narrows the type of what comes out.
 *
 * @example
 * ```ts
 * import { filter, pipe } from "../mod.ts";
 *
 * async function* source() {
 *   yield [1, 2, 3];
 * }
 * const odd = await Array.fromAsync(pipe(source(), filter((n) => n % 2 === 1)));
 * if (odd.flat().join() !== "1,3") throw odd;
 * ```
 */
export function filter<T, S extends T>(
  predicate: (item: T) => item is S,
): Stage<T, S>;
/** Returns a stage that passes on the items for which the predicate is true. */
export function filter<T>(predicate: (item: T) => boolean): Stage<T, T>;
export function filter<T>(predicate: (item: T) => boolean): Stage<T, T> {
  return async function* (flow) {
    for await (const batch of flow) {
      const kept = batch.filter((item) => predicate(item));
      if (kept.length > 0) yield kept;
    }
  };
}
