import { say } from "../pipeline/say.ts";

/**
 * Milliseconds in which a second SIGINT is the same Ctrl-C: a terminal sends it
 * to every process, and `deno task` passes it on once more.
 */
const ECHO = 300;

/**
 * A signal that aborts at the first SIGINT or SIGTERM, and at SIGHUP if there
 * was a terminal, so that what was taken in still flows to the end. A second
 * SIGINT ends the process at once, with exit code 130.
 */
export function endOnSignals(): { signal: AbortSignal } & Disposable {
  const controller = new AbortController();
  let first: number | undefined;
  const interrupt = () => {
    // A terminal has written ^C where the cursor was.
    if (first === undefined && Deno.stderr.isTerminal()) say("");
    first ??= performance.now();
    if (performance.now() - first > ECHO) Deno.exit(130);
    controller.abort();
  };
  const terminate = () => controller.abort();
  // Under nohup there is no terminal, and SIGHUP must be ignored. Deno does not
  // keep nohup's setting, hence a listener that does nothing.
  const attached = [Deno.stdin, Deno.stdout, Deno.stderr]
    .some((stream) => stream.isTerminal());
  const hangUp = attached ? terminate : () => {};
  const listeners: [Deno.Signal, () => void][] = [["SIGINT", interrupt]];
  // Windows has neither.
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
