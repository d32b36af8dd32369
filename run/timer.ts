/** The longest that a timer can wait: 2^31 - 1 ms. */
const MAX_TIMER = 2_147_483_647;

/**
 * Does something after so many seconds, weeks too, unless it is disposed of.
 */
export function after(seconds: number, act: () => void): Disposable {
  const end = performance.now() + seconds * 1000;
  let timer: ReturnType<typeof setTimeout>;
  const wait = () => {
    const left = end - performance.now();
    if (left <= 0) act();
    else timer = setTimeout(wait, Math.min(left, MAX_TIMER));
  };
  timer = setTimeout(wait, Math.min(seconds * 1000, MAX_TIMER));
  return { [Symbol.dispose]: () => clearTimeout(timer) };
}

/** Does something every so many seconds until it is disposed of. */
export function every(seconds: number, act: () => void): Disposable {
  let timer: Disposable;
  const again = () => {
    timer = after(seconds, again);
    act();
  };
  timer = after(seconds, again);
  return { [Symbol.dispose]: () => timer[Symbol.dispose]() };
}

/**
 * A signal that aborts with another one, and so many seconds after it was
 * started; without a number of seconds only with the other one.
 */
export function limit(
  signal: AbortSignal,
  seconds?: number,
): { signal: AbortSignal; start(): void } & Disposable {
  const timeUp = new AbortController();
  let timer: Disposable | undefined;
  return {
    signal: AbortSignal.any([signal, timeUp.signal]),
    start() {
      if (seconds) timer ??= after(seconds, () => timeUp.abort());
    },
    [Symbol.dispose]: () => timer?.[Symbol.dispose](),
  };
}
