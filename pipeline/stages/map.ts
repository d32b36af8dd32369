import type { Stage } from "../flow.ts";

/**
 * Returns a stage that makes one item of each.
 *
 * @example
 * ```ts
 * import { map, pipe } from "../mod.ts";
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
