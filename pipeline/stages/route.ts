import { type Branch, startBranch } from "../branch.ts";
import type { Sink, Stage } from "../flow.ts";
import { mark, marksOf } from "../marks.ts";

/** A branch of {@linkcode route}: which items it gets, and what takes them. */
export type Route<T> = readonly [
  predicate: (item: T) => boolean,
  sink: Sink<T, unknown>,
];

/**
 * Returns a stage that sends each item into the first branch whose predicate is
 * true of it. The others go on, in their order. As with {@linkcode tee}, the
 * slowest branch sets the pace, and an error of one ends the pipe. An item for a
 * branch that has returned early goes nowhere.
 *
 * It keeps nothing back: the source is pulled again when the branches have
 * finished. A durable recording at the end of the pipe gets what goes on; only
 * one recording of a session is durable.
 *
 * @example
 * ```ts
 * import { pipe, route, type SensorEvent, type Sink } from "../mod.ts";
 *
 * async function* source() {
 *   yield ["door", "lux-1", "window"].map((sensor_id) => ({ sensor_id, ts: 1, val: 1 }));
 * }
 * const seen: string[] = [];
 * const note = (name: string): Sink<SensorEvent> => async (flow) => {
 *   for await (const batch of flow) {
 *     for (const { sensor_id } of batch) seen.push(`${name}: ${sensor_id}`);
 *   }
 * };
 * const isLux = ({ sensor_id }: SensorEvent) => sensor_id.startsWith("lux-");
 * await pipe(source(), route([isLux, note("light")]), note("rest"));
 * if (seen.join() !== "light: lux-1,rest: door,rest: window") throw seen;
 * ```
 */
export function route<T>(...routes: Route<T>[]): Stage<T, T> {
  const stage: Stage<T, T> = async function* (flow) {
    const branches = routes.map(([, sink]) => startBranch(sink));
    let close = (branch: Branch<T>) => branch.end();
    try {
      for await (const batch of flow) {
        const shares: T[][] = routes.map(() => []);
        const rest: T[] = [];
        for (const item of batch) {
          const at = routes.findIndex(([predicate]) => predicate(item));
          (shares[at] ?? rest).push(item);
        }
        const pushed = Promise.allSettled(
          branches.map((branch, at) =>
            shares[at].length > 0 ? branch.push(shares[at]) : undefined
          ),
        );
        if (rest.length > 0) yield rest;
        // Not before the rest of the pipe has finished with it.
        const failed = (await pushed).find(({ status }) =>
          status === "rejected"
        ) as PromiseRejectedResult | undefined;
        if (failed) throw failed.reason;
      }
    } catch (error) {
      close = (branch) => branch.fail(error);
      throw error;
    } finally {
      await Promise.all(branches.map(close));
    }
  };
  // What a pipe refuses before a sink, it refuses before a branch.
  return mark(stage, routes.flatMap(([, sink]) => [...marksOf(sink)]));
}
