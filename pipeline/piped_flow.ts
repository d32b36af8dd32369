import { WeirError } from "./error.ts";
import type { Flow } from "./flow.ts";
import { say } from "./say.ts";

/**
 * A flow that comes out of a `pipe()` without a sink: to be iterated, or to be
 * the source of another pipe. It cannot be awaited: whoever awaits it has
 * forgotten the sink, and is told so, by the compiler and by an error.
 *
 * An `async` function awaits what it returns. It can return such a flow inside
 * of an object, or not be `async`.
 *
 * @example
 * ```ts
 * import { map, pipe, type PipedFlow, WeirError } from "./mod.ts";
 *
 * async function* source() {
 *   yield [1, 2];
 * }
 * const doubled: PipedFlow<number> = pipe(source(), map((n) => 2 * n));
 * for await (const batch of doubled) {
 *   if (batch.join() !== "2,4") throw new Error(batch.join());
 * }
 *
 * try {
 *   await (doubled as unknown); // A sink is missing.
 *   throw new Error("awaited");
 * } catch (error) {
 *   if (!(error instanceof WeirError)) throw error;
 * }
 * ```
 */
export interface PipedFlow<T> extends Flow<T> {
  /**
   * Not for use: its type makes `await` a compile error.
   *
   * @throws {WeirError} always, so that `await` rejects.
   */
  then(nothing: never): never;
}

/**
 * Flows that nobody has iterated yet, each by the place at which its pipe was
 * made. Not more than a few, so that a program that drops many costs nothing.
 */
const unread = new Map<object, { stack?: string }>();

const MAX_UNREAD = 10;

/**
 * Makes a flow that cannot be awaited, and that is missed if nobody iterates it,
 * with the place at which `pipe` was called.
 */
export function pipedFlow<T>(
  flow: Flow<T>,
  pipe: (...parts: never[]) => unknown,
): PipedFlow<T> {
  const piped: PipedFlow<T> = {
    [Symbol.asyncIterator]() {
      unread.delete(piped);
      return flow[Symbol.asyncIterator]();
    },
    then() {
      unread.delete(piped);
      throw new WeirError(
        "ERR_WEIR_PIPE",
        "A pipe without a sink was awaited: nothing has run. End it with a sink, such as csv(), or iterate it with for await. An async function can return it only inside of an object.",
      );
    },
  };
  watchUnread();
  if (unread.size < MAX_UNREAD) {
    const place = {};
    Error.captureStackTrace(place, pipe);
    unread.set(piped, place);
  }
  return piped;
}

/** Another pipe is made of this flow, and is the one to be missed. */
export function takeOver(flow: object): void {
  unread.delete(flow);
}

let watching = false;

/** Says at the end of the program which flows nobody has iterated. */
function watchUnread(): void {
  if (watching) return;
  watching = true;
  addEventListener("unload", () => {
    // A program that fails has something else to say.
    if (Deno.exitCode !== 0) return;
    for (const { stack = "" } of unread.values()) {
      const [, place = ""] = stack.split("\n");
      say(
        `A pipe without a sink was never iterated: nothing has run. End it with a sink, such as csv().\n${place}`,
      );
    }
  });
}
