/** Does something when asked to, but not too often. */
export interface Pace {
  /** Asks for it. What was asked for already is not done twice. */
  ask(): void;
  /** Takes back what was asked for. */
  stop(): void;
}

/**
 * Does something at once when it is asked to, or when so many seconds have gone
 * by since it was last done. While nobody asks, no timer wakes the process.
 */
export function createPace(seconds: number, act: () => void): Pace {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let last = performance.now();
  const run = () => {
    timer = undefined;
    last = performance.now();
    act();
  };
  return {
    ask() {
      if (timer !== undefined) return;
      const left = last + seconds * 1000 - performance.now();
      if (left > 0) timer = setTimeout(run, left);
      else run();
    },
    stop() {
      clearTimeout(timer);
      timer = undefined;
    },
  };
}
