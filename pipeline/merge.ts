import type { Flow } from "./flow.ts";

/**
 * Makes one flow of several: each batch as it comes, each flow in its own
 * order. A flow is pulled again when its last batch is done with.
 *
 * @example
 * ```ts
 * import { merge } from "./mod.ts";
 *
 * async function* count(from: number) {
 *   yield [from, from + 1];
 * }
 * const both = (await Array.fromAsync(merge(count(1), count(10)))).flat();
 * if (both.sort((a, b) => a - b).join() !== "1,2,10,11") throw both;
 * ```
 */
export async function* merge<T>(...flows: Flow<T>[]): Flow<T> {
  type Iterator = AsyncIterator<readonly T[]>;
  const iterators = flows.map((flow): Iterator => flow[Symbol.asyncIterator]());
  const pulled = new Set<Iterator>();
  // In the order in which they came. Not a race of promises: that of a flow
  // with nothing to say would remember each race.
  const arrived: {
    iterator: Iterator;
    next: Promise<IteratorResult<readonly T[]>>;
  }[] = [];
  let wake = () => {};
  const pull = (iterator: Iterator) => {
    pulled.add(iterator);
    const next = iterator.next();
    const arrive = () => {
      pulled.delete(iterator);
      arrived.push({ iterator, next });
      wake();
    };
    next.then(arrive, arrive);
  };
  try {
    iterators.forEach(pull);
    for (let open = iterators.length; open > 0;) {
      if (arrived.length === 0) {
        await new Promise<void>((resolve) => wake = resolve);
      }
      const { iterator, next } = arrived.shift()!;
      const result = await next;
      if (result.done) {
        open--;
        continue;
      }
      yield result.value;
      // Last in line again, so that a fast flow does not starve a slow one.
      pull(iterator);
    }
  } finally {
    // A flow that is being pulled may end only when its pull does, which nobody
    // awaits: one with nothing to say would hold up the error of another one.
    await Promise.all(iterators.map((iterator) => {
      const returned = iterator.return?.();
      if (!pulled.has(iterator)) return returned;
      returned?.catch(() => {});
    }));
  }
}
