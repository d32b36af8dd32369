import { startBranch } from "./branch.ts";
import { WeirError } from "./error.ts";
import type { Sink } from "./flow.ts";
import { marksOf } from "./marks.ts";
import { checkAtLeast } from "./stages/at_least.ts";

/** A sink that may lag behind the flow, and says by how much. */
export interface Buffered<T> extends Sink<T> {
  /** How many batches it has taken in and not finished yet. */
  behind(): number;
}

/**
 * Returns a sink that may lag up to a number of batches behind the flow: a
 * branch of `tee()` for a webhook or a display that is slow now and then. It
 * acknowledges a batch before `sink` has finished with it. When it is full, it
 * holds up the flow as `sink` itself would. At the end of the flow it waits
 * until `sink` has finished with everything.
 *
 * @throws {RangeError} if `batches` is not a number of at least 1.
 *
 * @throws {WeirError} if the sink is marked with {@linkcode keepingAll}: a
 * durable recording cannot lag.
 *
 * @example
 * ```ts
 * import { buffered, type Flow, pipe, tee } from "./mod.ts";
 *
 * async function* source() {
 *   yield [1];
 *   yield [2];
 * }
 * const sent: number[] = [];
 * const webhook = buffered(100, async (flow: Flow<number>) => {
 *   for await (const batch of flow) sent.push(...batch);
 * });
 * await pipe(source(), tee(webhook), async (flow) => {
 *   for await (const _batch of flow) if (webhook.behind() > 100) throw webhook;
 * });
 * if (sent.join() !== "1,2") throw sent;
 * ```
 */
export function buffered<T>(
  batches: number,
  sink: Sink<T, unknown>,
): Buffered<T> {
  checkAtLeast(1, batches);
  if (marksOf(sink).has("keeps all")) {
    throw new WeirError(
      "ERR_WEIR_PIPE",
      "A durable recording cannot lag behind: what it has not written would be acknowledged. Leave out buffered().",
    );
  }
  let behind = 0;
  const lagging: Sink<T> = async (flow) => {
    const branch = startBranch(sink);
    const waiting: Promise<void>[] = [];
    let last = Promise.resolve();
    let failed = false;
    let close = () => branch.end();
    try {
      for await (const batch of flow) {
        if (failed) break;
        behind++;
        last = last.then(() => branch.push(batch)).finally(() => behind--);
        last.catch(() => failed = true);
        waiting.push(last);
        if (waiting.length > batches) await waiting.shift();
      }
      await last;
    } catch (error) {
      await last.catch(() => {});
      close = () => branch.fail(error);
      throw error;
    } finally {
      await close();
    }
  };
  return Object.assign(lagging, { behind: () => behind });
}
