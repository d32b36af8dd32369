import type { Stage } from "../flow.ts";

/**
 * Returns a stage that calls a function with each item and passes the item on
 * unchanged. If the function returns a promise, it is awaited before the next
 * item, and before the batch goes on.
 *
 * @example
 * ```ts
 * import { pipe, tap } from "../mod.ts";
 *
 * async function* source() {
 *   yield [1, 2, 3];
 * }
 * let seen = 0;
 * await Array.fromAsync(pipe(source(), tap(() => seen++)));
 * if (seen !== 3) throw seen;
 * ```
 */
export function tap<T>(look: (item: T) => unknown): Stage<T, T> {
  return async function* (flow) {
    for await (const batch of flow) {
      for (const item of batch) {
        const looking = look(item);
        // A function that is not async costs no turn of the event loop.
        if (isThenable(looking)) await looking;
      }
      yield batch;
    }
  };
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === "object" && value !== null && "then" in value;
}
