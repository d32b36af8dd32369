import { type Branch, startBranch } from "./branch.ts";
import type { Sink, Stage } from "./flow.ts";
import { mark, marksOf } from "./marks.ts";

/**
 * Returns a stage that sends every batch through branches before it goes on. It
 * goes on when every branch has finished with it, so the slowest branch sets
 * the pace; {@linkcode buffered} lets a branch lag.
 *
 * If a branch fails, the other branches and the rest of the pipe still finish
 * with its batch. Then the pipe ends with the branch's error. A branch that
 * returns early is no longer fed, and the rest goes on without it.
 *
 * @example
 * ```ts
 * import { pipe, print, tee } from "./mod.ts";
 *
 * async function* source() {
 *   yield [{ sensor_id: "lux-1", ts: 1484535480.613, val: 371.6063 }];
 * }
 * await pipe(source(), tee(print()), async (flow) => {
 *   for await (const batch of flow) if (batch.length !== 1) throw batch;
 * });
 * ```
 */
export function tee<T>(...sinks: Sink<T, unknown>[]): Stage<T, T> {
  const stage: Stage<T, T> = async function* (flow) {
    const branches = sinks.map((sink) => startBranch(sink));
    let close = (branch: Branch<T>) => branch.end();
    try {
      for await (const batch of flow) {
        const pushed = branches.map((branch) => branch.push(batch));
        await Promise.allSettled(pushed);
        yield batch;
        // Not before the rest of the pipe has finished with it.
        await Promise.all(pushed);
      }
    } catch (error) {
      close = (branch) => branch.fail(error);
      throw error;
    } finally {
      await all(branches.map(close));
    }
  };
  // What a pipe refuses before a sink, it refuses before a branch.
  return mark(stage, sinks.flatMap((sink) => [...marksOf(sink)]));
}

/** Waits for all of them, then rejects if one did. */
async function all(promises: Promise<void>[]): Promise<void> {
  await Promise.allSettled(promises);
  await Promise.all(promises);
}
