import type { Stage } from "../flow.ts";
import { holdingBack } from "../marks.ts";
import { checkAtLeast } from "./at_least.ts";

/**
 * Returns a stage that groups items into chunks of `size` consecutive ones; the
 * last chunk may be smaller. It keeps items back until their chunk is full, so
 * it is marked with {@linkcode holdingBack}.
 *
 * @throws {RangeError} if `size` is not a number of at least 1.
 *
 * @example
 * ```ts
 * import { chunks, map, pipe } from "../mod.ts";
 *
 * async function* source() {
 *   yield [1, 2, 3];
 *   yield [4, 6];
 * }
 * const sums = map((chunk: readonly number[]) => chunk.reduce((a, b) => a + b));
 * const all = await Array.fromAsync(pipe(source(), chunks(2), sums));
 * if (all.flat().join() !== "3,7,6") throw all;
 * ```
 */
export function chunks<T>(size: number): Stage<T, readonly T[]> {
  checkAtLeast(1, size);
  return holdingBack(async function* (flow) {
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
  });
}
