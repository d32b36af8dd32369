/** What `pipe()` must know of a part before it lets a durable recording have it. */
export type Mark = "holds back" | "ends early" | "keeps all";

/** Kept beside the parts, so that a part stays what it was. */
const marks = new WeakMap<object, ReadonlySet<Mark>>();

/** The marks of a stage, a sink or a flow. */
export function marksOf(part: object): ReadonlySet<Mark> {
  return marks.get(part) ?? new Set();
}

/** Adds marks to a part and returns it. */
export function mark<P extends object>(part: P, added: Iterable<Mark>): P {
  marks.set(part, new Set([...marksOf(part), ...added]));
  return part;
}

/**
 * Marks a stage that keeps items back: it pulls the next batch while it still
 * holds items of the last one, so they are acknowledged before they are
 * written. `pipe()` refuses such a stage before a durable recording.
 *
 * @returns the same stage.
 *
 * @example
 * ```ts
 * import { type Flow, holdingBack, pipe } from "./mod.ts";
 *
 * // Passes on only the last item, at the end.
 * const last = holdingBack(async function* <T>(flow: Flow<T>): Flow<T> {
 *   let items: readonly T[] = [];
 *   for await (const batch of flow) items = batch.slice(-1);
 *   yield items;
 * });
 * async function* source() {
 *   yield [1, 2, 3];
 * }
 * for await (const [item] of pipe(source(), last)) {
 *   if (item !== 3) throw new Error(`${item}`);
 * }
 * ```
 */
export function holdingBack<S extends object>(stage: S): S {
  return mark(stage, ["holds back"]);
}

/**
 * Marks a stage that ends the flow by itself: the batch that it ends with is
 * never acknowledged, so a durable recording would not keep it. `pipe()`
 * refuses such a stage before a durable recording.
 *
 * @returns the same stage.
 *
 * @example
 * ```ts
 * import { endingEarly, type Flow, pipe } from "./mod.ts";
 *
 * // Ends the flow before the first item that is not positive.
 * const positive = endingEarly(async function* (flow: Flow<number>) {
 *   for await (const batch of flow) {
 *     const end = batch.findIndex((n) => n <= 0);
 *     yield end < 0 ? batch : batch.slice(0, end);
 *     if (end >= 0) return;
 *   }
 * });
 * async function* source() {
 *   yield [3, 2, 0, 5];
 * }
 * const batches = await Array.fromAsync(pipe(source(), positive));
 * if (batches.flat().join() !== "3,2") throw batches;
 * ```
 */
export function endingEarly<S extends object>(stage: S): S {
  return mark(stage, ["ends early"]);
}

/**
 * Marks a sink that promises to keep everything that it acknowledges by pulling
 * again. `pipe()` refuses a stage before it that would break this promise.
 *
 * @returns the same sink.
 *
 * @throws {WeirError} from `pipe()`, if a stage before the sink is marked with
 * {@linkcode holdingBack} or {@linkcode endingEarly}.
 *
 * @example
 * ```ts
 * import { chunks, type Flow, keepingAll, pipe, WeirError } from "./mod.ts";
 *
 * const archive = keepingAll(async (flow: Flow<unknown>) => {
 *   for await (const _batch of flow); // Stores it, and then pulls again.
 * });
 * async function* source() {
 *   yield [1, 2, 3];
 * }
 * try {
 *   await pipe(source(), chunks(2), archive);
 *   throw new Error("not refused");
 * } catch (error) {
 *   if (!(error instanceof WeirError)) throw error;
 * }
 * ```
 */
export function keepingAll<S extends object>(sink: S): S {
  return mark(sink, ["keeps all"]);
}
