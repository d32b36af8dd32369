import type { Stage } from "../flow.ts";

/**
 * Returns a stage that makes any number of items of each.
 *
 * @example
 * ```ts
 * import { flatMap, pipe } from "../mod.ts";
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
