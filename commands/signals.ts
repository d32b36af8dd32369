/**
 * A Ctrl-C in a terminal goes to all who run there, and `deno task` passes it on
 * once more: within so many milliseconds it is the same one.
 */
const ECHO = 300;

/**
 * A signal that aborts at the first SIGINT or SIGTERM, so that what was taken
 * in still flows to the end. A second SIGINT ends the process at once, with 130.
 *
 * @example
 * ```ts
 * import { endOnSignals } from "./signals.ts";
 *
 * using ending = endOnSignals();
 * if (ending.signal.aborted) throw new Error();
 * ```
 */
export function endOnSignals(): { signal: AbortSignal } & Disposable {
  const controller = new AbortController();
  let first: number | undefined;
  const interrupt = () => {
    first ??= performance.now();
    if (performance.now() - first > ECHO) Deno.exit(130);
    controller.abort();
  };
  const terminate = () => controller.abort();
  Deno.addSignalListener("SIGINT", interrupt);
  // Windows has no SIGTERM to listen for.
  if (Deno.build.os !== "windows") {
    Deno.addSignalListener("SIGTERM", terminate);
  }
  return {
    signal: controller.signal,
    [Symbol.dispose]() {
      Deno.removeSignalListener("SIGINT", interrupt);
      if (Deno.build.os !== "windows") {
        Deno.removeSignalListener("SIGTERM", terminate);
      }
    },
  };
}

/** The longest that a timer can wait: 2^31 - 1 ms. */
const MAX_TIMER = 2_147_483_647;

/**
 * Aborts after so many seconds, weeks too.
 *
 * @example
 * ```ts
 * import { endAfter } from "./signals.ts";
 *
 * const ending = new AbortController();
 * endAfter(0.01, ending);
 * await new Promise((resolve) => ending.signal.onabort = resolve);
 * ```
 */
export function endAfter(seconds: number, ending: AbortController): void {
  const end = performance.now() + seconds * 1000;
  const wait = () => {
    const left = end - performance.now();
    if (left <= 0) ending.abort();
    else setTimeout(wait, Math.min(left, MAX_TIMER));
  };
  wait();
}
