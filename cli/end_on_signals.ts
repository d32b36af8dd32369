/**
 * A Ctrl-C in a terminal goes to all who run there, and `deno task` passes it on
 * once more: within so many milliseconds it is the same one.
 */
const ECHO = 300;

/**
 * A signal that aborts at the first SIGINT or SIGTERM, and at SIGHUP where a
 * terminal is gone, so that what was taken in still flows to the end. A second
 * SIGINT ends the process at once, with 130.
 *
 * @example
 * ```ts
 * import { endOnSignals } from "./end_on_signals.ts";
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
  // Under nohup none of them is a terminal, and SIGHUP is to be ignored. Deno
  // forgets that nohup did so, hence the listener that does nothing.
  const attached = [Deno.stdin, Deno.stdout, Deno.stderr]
    .some((stream) => stream.isTerminal());
  const hangUp = attached ? terminate : () => {};
  const listeners: [Deno.Signal, () => void][] = [["SIGINT", interrupt]];
  // Windows has neither to listen for.
  if (Deno.build.os !== "windows") {
    listeners.push(["SIGTERM", terminate], ["SIGHUP", hangUp]);
  }
  for (const [name, listener] of listeners) {
    Deno.addSignalListener(name, listener);
  }
  return {
    signal: controller.signal,
    [Symbol.dispose]() {
      for (const [name, listener] of listeners) {
        Deno.removeSignalListener(name, listener);
      }
    },
  };
}
