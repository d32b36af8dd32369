import { WeirError } from "./error.ts";
import type { Flow, Stage } from "./flow.ts";
import { type Mark, mark, marksOf } from "./marks.ts";
import { type PipedFlow, pipedFlow, takeOver } from "./piped_flow.ts";

/** What a pipe returns if its last part returns `R`: a flow, or a sink's promise. */
export type Piped<R> = R extends Flow<infer T> ? PipedFlow<T> : R;

/**
 * Joins a source, stages and a sink: each is called with what the one before it
 * returned. What does not fit does not compile.
 *
 * With a sink at the end it returns the sink's promise; an error in any part
 * ends all of them and rejects it. Without one it returns a flow, to be iterated
 * or to be the source of another pipe; nothing runs before that. If nobody ever
 * iterates it, a program that ends well says so at its end, on stderr.
 *
 * A stage can be made of stages: `(flow: Flow<A>) => pipe(flow, first, second)`.
 * A list of stages can be spread: `pipe(source, ...stages, sink)`. After a list,
 * and after the eighth part, stages return what they take; another pipe around
 * this one changes the type again.
 *
 * @throws {WeirError} if a sink promises to keep all that it acknowledges, and
 * a stage, here or in a pipe that this one is made of, is marked with
 * {@linkcode holdingBack} or {@linkcode endingEarly}.
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
export function pipe<A>(source: Flow<A>): PipedFlow<A>;
/** Joins one part: a stage or a sink. */
export function pipe<A, R>(
  source: Flow<A>,
  a: (flow: Flow<A>) => R,
): Piped<R>;
/** Joins one stage and a last part. */
export function pipe<A, B, R>(
  source: Flow<A>,
  a: Stage<A, B>,
  b: (flow: Flow<B>) => R,
): Piped<R>;
/** Joins two stages and a last part. */
export function pipe<A, B, C, R>(
  source: Flow<A>,
  a: Stage<A, B>,
  b: Stage<B, C>,
  c: (flow: Flow<C>) => R,
): Piped<R>;
/** Joins three stages and a last part. */
export function pipe<A, B, C, D, R>(
  source: Flow<A>,
  a: Stage<A, B>,
  b: Stage<B, C>,
  c: Stage<C, D>,
  d: (flow: Flow<D>) => R,
): Piped<R>;
/** Joins four stages and a last part. */
export function pipe<A, B, C, D, E, R>(
  source: Flow<A>,
  a: Stage<A, B>,
  b: Stage<B, C>,
  c: Stage<C, D>,
  d: Stage<D, E>,
  e: (flow: Flow<E>) => R,
): Piped<R>;
/** Joins five stages and a last part. */
export function pipe<A, B, C, D, E, F, R>(
  source: Flow<A>,
  a: Stage<A, B>,
  b: Stage<B, C>,
  c: Stage<C, D>,
  d: Stage<D, E>,
  e: Stage<E, F>,
  f: (flow: Flow<F>) => R,
): Piped<R>;
/** Joins six stages and a last part. */
export function pipe<A, B, C, D, E, F, G, R>(
  source: Flow<A>,
  a: Stage<A, B>,
  b: Stage<B, C>,
  c: Stage<C, D>,
  d: Stage<D, E>,
  e: Stage<E, F>,
  f: Stage<F, G>,
  g: (flow: Flow<G>) => R,
): Piped<R>;
/** Joins seven stages and a last part. */
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
): Piped<R>;
/** Joins eight stages and a last part. */
export function pipe<A, B, C, D, E, F, G, H, I, R>(
  source: Flow<A>,
  a: Stage<A, B>,
  b: Stage<B, C>,
  c: Stage<C, D>,
  d: Stage<D, E>,
  e: Stage<E, F>,
  f: Stage<F, G>,
  g: Stage<G, H>,
  h: Stage<H, I>,
  i: (flow: Flow<I>) => R,
): Piped<R>;
// Lists. The longest first: it is the one that infers the types of a function's
// parameters right.
/** Joins eight stages, then a list of stages and a last part. */
export function pipe<A, B, C, D, E, F, G, H, I, R>(
  source: Flow<A>,
  a: Stage<A, B>,
  b: Stage<B, C>,
  c: Stage<C, D>,
  d: Stage<D, E>,
  e: Stage<E, F>,
  f: Stage<F, G>,
  g: Stage<G, H>,
  h: Stage<H, I>,
  ...rest: [...Stage<I, I>[], (flow: Flow<I>) => R]
): Piped<R>;
/** Joins three stages, then a list of stages and a last part. */
export function pipe<A, B, C, D, R>(
  source: Flow<A>,
  a: Stage<A, B>,
  b: Stage<B, C>,
  c: Stage<C, D>,
  ...rest: [...Stage<D, D>[], (flow: Flow<D>) => R]
): Piped<R>;
/** Joins two stages, then a list of stages and a last part. */
export function pipe<A, B, C, R>(
  source: Flow<A>,
  a: Stage<A, B>,
  b: Stage<B, C>,
  ...rest: [...Stage<C, C>[], (flow: Flow<C>) => R]
): Piped<R>;
/** Joins one stage, then a list of stages and a last part. */
export function pipe<A, B, R>(
  source: Flow<A>,
  a: Stage<A, B>,
  ...rest: [...Stage<B, B>[], (flow: Flow<B>) => R]
): Piped<R>;
/** Joins a list of stages and a last part. */
export function pipe<A, R>(
  source: Flow<A>,
  ...rest: [...Stage<A, A>[], (flow: Flow<A>) => R]
): Piped<R>;
/** Joins two stages, then a list of stages. */
export function pipe<A, B, C>(
  source: Flow<A>,
  a: Stage<A, B>,
  b: Stage<B, C>,
  ...rest: Stage<C, C>[]
): PipedFlow<C>;
/** Joins one stage, then a list of stages. */
export function pipe<A, B>(
  source: Flow<A>,
  a: Stage<A, B>,
  ...rest: Stage<B, B>[]
): PipedFlow<B>;
/** Joins a list of stages. */
export function pipe<A>(
  source: Flow<A>,
  ...rest: Stage<A, A>[]
): PipedFlow<A>;
export function pipe(
  source: Flow<unknown>,
  ...parts: ((flow: Flow<unknown>) => unknown)[]
): unknown {
  let flow = source;
  takeOver(flow);
  for (const [index, part] of parts.entries()) {
    const marks = new Set([...marksOf(flow), ...marksOf(part)]);
    refuse(marks);
    const result = part(flow);
    if (!isFlow(result)) {
      if (index === parts.length - 1) return result;
      throw new WeirError(
        "ERR_WEIR_PIPE",
        "Only the last part of a pipe can be a sink. Put the others into tee().",
      );
    }
    takeOver(result);
    // So that another pipe sees what this one is made of.
    flow = mark(result, marks);
  }
  return mark(pipedFlow(flow, pipe), marksOf(flow));
}

function refuse(marks: ReadonlySet<Mark>): void {
  if (!marks.has("keeps all")) return;
  if (marks.has("holds back")) {
    throw new WeirError(
      "ERR_WEIR_PIPE",
      "A durable session cannot have a stage that keeps readings back, such as chunks(): they would be acknowledged before they are safe. Do that when reading what was recorded.",
    );
  }
  if (marks.has("ends early")) {
    throw new WeirError(
      "ERR_WEIR_PIPE",
      "A durable session cannot have a stage that ends the flow, such as take(): what it ends with would not be recorded. End it by the signal of mqtt().",
    );
  }
}

function isFlow(result: unknown): result is Flow<unknown> {
  return typeof result === "object" && result !== null &&
    Symbol.asyncIterator in result;
}
