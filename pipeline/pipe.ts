import { WeirError } from "./error.ts";
import type { Flow, Stage } from "./flow.ts";
import { type Mark, mark, marksOf } from "./marks.ts";

/**
 * Joins a source, stages and a sink: each is called with what the one before it
 * returned. What does not fit does not compile.
 *
 * With a sink at the end it resolves with the sink's result; an error in any
 * part ends all of them and rejects. Without one it returns the flow, to be
 * iterated or to be the source of another pipe. Nothing runs before the flow is
 * pulled.
 *
 * @throws {WeirError} if a sink promises to keep all that it acknowledges, and
 * a stage is marked with {@linkcode holdingBack} or {@linkcode endingEarly}.
 *
 * @example
 * ```ts
 * import { filter, map, pipe } from "./mod.ts";
 *
 * async function* source() {
 *   yield [1, 2, 3];
 *   yield [4];
 * }
 * const even = pipe(source(), filter((n) => n % 2 === 0), map((n) => n * 10));
 * const batches = await Array.fromAsync(even);
 * if (batches.flat().join() !== "20,40") throw new Error(batches.join());
 * ```
 */
export function pipe<A>(source: Flow<A>): Flow<A>;
export function pipe<A, R>(source: Flow<A>, a: (flow: Flow<A>) => R): R;
export function pipe<A, B, R>(
  source: Flow<A>,
  a: Stage<A, B>,
  b: (flow: Flow<B>) => R,
): R;
export function pipe<A, B, C, R>(
  source: Flow<A>,
  a: Stage<A, B>,
  b: Stage<B, C>,
  c: (flow: Flow<C>) => R,
): R;
export function pipe<A, B, C, D, R>(
  source: Flow<A>,
  a: Stage<A, B>,
  b: Stage<B, C>,
  c: Stage<C, D>,
  d: (flow: Flow<D>) => R,
): R;
export function pipe<A, B, C, D, E, R>(
  source: Flow<A>,
  a: Stage<A, B>,
  b: Stage<B, C>,
  c: Stage<C, D>,
  d: Stage<D, E>,
  e: (flow: Flow<E>) => R,
): R;
export function pipe<A, B, C, D, E, F, R>(
  source: Flow<A>,
  a: Stage<A, B>,
  b: Stage<B, C>,
  c: Stage<C, D>,
  d: Stage<D, E>,
  e: Stage<E, F>,
  f: (flow: Flow<F>) => R,
): R;
export function pipe<A, B, C, D, E, F, G, R>(
  source: Flow<A>,
  a: Stage<A, B>,
  b: Stage<B, C>,
  c: Stage<C, D>,
  d: Stage<D, E>,
  e: Stage<E, F>,
  f: Stage<F, G>,
  g: (flow: Flow<G>) => R,
): R;
export function pipe<A, B, C, D, E, F, G, H, R>(
  source: Flow<A>,
  a: Stage<A, B>,
  b: Stage<B, C>,
  c: Stage<C, D>,
  d: Stage<D, E>,
  e: Stage<E, F>,
  f: Stage<F, G>,
  g: Stage<G, H>,
  h: (flow: Flow<H>) => R,
): R;
export function pipe(
  source: Flow<unknown>,
  ...parts: ((flow: Flow<unknown>) => unknown)[]
): unknown {
  return parts.reduce<unknown>((flow, part) => {
    const marks = new Set([...marksOf(flow as object), ...marksOf(part)]);
    refuse(marks);
    const result = part(flow as Flow<unknown>);
    // So that another pipe sees what this one is made of.
    return isFlow(result) ? mark(result, marks) : result;
  }, source);
}

function refuse(marks: ReadonlySet<Mark>): void {
  if (!marks.has("keeps all")) return;
  if (marks.has("holds back")) {
    throw new WeirError(
      "ERR_WEIR_PIPE",
      "A durable recording cannot have a stage that keeps readings back, such as chunks(): they would be acknowledged before they are safe. Do that when reading the CSV.",
    );
  }
  if (marks.has("ends early")) {
    throw new WeirError(
      "ERR_WEIR_PIPE",
      "A durable recording cannot have a stage that ends the flow, such as take(): what it ends with would not be recorded. End it by the signal of mqtt().",
    );
  }
}

function isFlow(result: unknown): result is Flow<unknown> {
  return typeof result === "object" && result !== null &&
    Symbol.asyncIterator in result;
}
