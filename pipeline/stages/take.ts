import type { Stage } from "../flow.ts";
import { endingEarly } from "../marks.ts";
import { checkAtLeast } from "./at_least.ts";

/**
 * Returns a stage that passes on the first `limit` items and ends the flow with
 * the last of them. It pulls no more, so the batch that it ends with is not
 * acknowledged; it is marked with {@linkcode endingEarly}.
 *
 * @throws {RangeError} if `limit` is not a number of at least 0.
 *
 * @example
 * ```ts
 * import { pipe, take } from "../mod.ts";
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
  return limit === Infinity ? stage : endingEarly(stage);
}
