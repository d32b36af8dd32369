/**
 * Batches of `T`, pulled one after the other.
 *
 * A batch is what arrived together, so an `await` is paid once a batch and not
 * once an item. The shape is that of Node's `node:stream/iter`.
 *
 * Pulling is acknowledging: whoever asks for the next batch has finished with
 * the last one.
 *
 * @example
 * ```ts
 * import type { Flow } from "./mod.ts";
 *
 * async function* numbers(): Flow<number> {
 *   yield [1, 2, 3];
 *   yield [4];
 * }
 * let sum = 0;
 * for await (const batch of numbers()) for (const n of batch) sum += n;
 * if (sum !== 10) throw new Error(`${sum}`);
 * ```
 */
export type Flow<T> = AsyncIterable<readonly T[]>;

/**
 * Makes one flow of another: `map`, `parse`, `tee`, …
 *
 * @example
 * ```ts
 * import type { Stage } from "./mod.ts";
 *
 * const double: Stage<number, number> = async function* (flow) {
 *   for await (const batch of flow) yield batch.map((n) => 2 * n);
 * };
 * for await (const batch of double([[1, 2]] as never)) {
 *   if (batch.join() !== "2,4") throw new Error(batch.join());
 * }
 * ```
 */
export type Stage<I, O> = (flow: Flow<I>) => Flow<O>;

/**
 * Takes a flow to its end and resolves with a result: `print`, `csv`, …
 *
 * @example
 * ```ts
 * import type { Sink } from "./mod.ts";
 *
 * const count: Sink<unknown, number> = async (flow) => {
 *   let items = 0;
 *   for await (const batch of flow) items += batch.length;
 *   return items;
 * };
 * async function* source() {
 *   yield ["a", "b"];
 * }
 * if (await count(source()) !== 2) throw new Error("not counted");
 * ```
 */
export type Sink<T, R = void> = (flow: Flow<T>) => Promise<R>;
