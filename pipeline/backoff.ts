/**
 * How long to wait after so many failures, in seconds: 1, 2, 4 … 30, each up to
 * a quarter more or less, so that clients do not all come back at once.
 *
 * @example
 * ```ts
 * import { backoff } from "./backoff.ts";
 *
 * if (backoff(0) < 1 || backoff(0) > 1.25) throw new Error();
 * if (backoff(9) !== 30) throw new Error();
 * ```
 */
export function backoff(failures: number): number {
  const seconds = 2 ** failures * (0.75 + Math.random() / 2);
  return Math.min(30, Math.max(1, seconds));
}

/**
 * Resolves after so many seconds, or as soon as the signal aborts.
 *
 * @example
 * ```ts
 * import { sleep } from "./backoff.ts";
 *
 * await sleep(10, AbortSignal.abort());
 * ```
 */
export function sleep(seconds: number, signal?: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const wake = () => resolve();
  const timer = setTimeout(wake, seconds * 1000);
  signal?.addEventListener("abort", wake);
  if (signal?.aborted) wake();
  return promise.finally(() => {
    clearTimeout(timer);
    signal?.removeEventListener("abort", wake);
  });
}
