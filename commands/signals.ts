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
