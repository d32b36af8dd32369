/**
 * How long to wait after so many failures, in seconds: the first pause, twice
 * that, four times … up to the longest. Each is up to a quarter more or less, so
 * that clients do not all come back at once.
 */
export function backoff(failures: number, first = 1, longest = 30): number {
  const seconds = first * 2 ** failures * (0.75 + Math.random() / 2);
  return Math.min(longest, Math.max(first, seconds));
}

/** The same of several addresses in turn: it is long after the last one only. */
export function backoffInTurn(failures: number, addresses: number): number {
  const isLast = (failures + 1) % addresses === 0;
  return backoff(isLast ? Math.floor(failures / addresses) : 0);
}

/** Resolves after so many seconds, or as soon as the signal aborts. */
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
