import type { Sink } from "./flow.ts";

/** A sink that is fed by hand, batch by batch, and paces whoever feeds it. */
export interface Branch<T> {
  /** Resolves when the sink has finished with the batch, or has left. */
  push(batch: readonly T[]): Promise<void>;
  /** Ends the sink's flow and resolves when the sink is through. */
  end(): Promise<void>;
  /** Makes the sink's flow throw, and resolves when the sink is through. */
  fail(error: unknown): Promise<void>;
}

/**
 * Starts a sink on a flow that is fed by hand. By law 1 the sink has finished
 * with a batch when it pulls again: that is when `push()` resolves. If the sink
 * rejects, `push()` and `end()` reject with its error; if it returns early, it
 * is no longer fed.
 */
export function startBranch<T>(sink: Sink<T, unknown>): Branch<T> {
  type Result = IteratorResult<readonly T[], undefined>;
  let pull: PromiseWithResolvers<Result> | undefined;
  let pulled = Promise.withResolvers<void>();
  let ended: (() => Promise<Result>) | undefined;

  const over = () => Promise.resolve<Result>({ done: true, value: undefined });
  const finish = (how: () => Promise<Result>) => {
    ended ??= how;
    if (pull) ended().then(pull.resolve, pull.reject);
    pull = undefined;
    pulled.resolve();
  };
  const iterator: AsyncIterator<readonly T[], undefined> = {
    next() {
      if (ended) return ended();
      pull = Promise.withResolvers();
      pulled.resolve();
      return pull.promise;
    },
    return() {
      finish(over);
      return over();
    },
  };
  // So that a sink that throws before its first await also rejects.
  const done =
    (async () => await sink({ [Symbol.asyncIterator]: () => iterator }))();
  // Wakes a push that waits for a sink that has left or failed.
  done.then(() => finish(over), () => finish(over));

  return {
    async push(batch) {
      await pulled.promise;
      if (pull) {
        const { resolve } = pull;
        pull = undefined;
        pulled = Promise.withResolvers();
        resolve({ done: false, value: batch });
        await pulled.promise;
      }
      if (ended) await done;
    },
    async end() {
      finish(over);
      await done;
    },
    async fail(error) {
      finish(() => Promise.reject(error));
      await done.catch(() => {});
    },
  };
}
