import { type Branch, startBranch } from "./branch.ts";
import type { Sink, Stage } from "./flow.ts";
import { mark, marksOf } from "./marks.ts";

/**
 * Sends every batch through branches before it goes on, in step: it goes on
 * when every branch has finished with it. An error in a branch ends the pipe. A
 * branch that returns early is no longer fed; the rest goes on without it.
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
        await all(branches.map((branch) => branch.push(batch)));
        yield batch;
      }
    } catch (error) {
      close = (branch) => branch.fail(error);
      throw error;
    } finally {
      await all(branches.map(close));
    }
  };
  // What is before a branch is before a sink.
  return mark(stage, sinks.flatMap((sink) => [...marksOf(sink)]));
}

/** Waits for all of them, then rejects where one did. */
async function all(promises: Promise<void>[]): Promise<void> {
  await Promise.allSettled(promises);
  await Promise.all(promises);
}
