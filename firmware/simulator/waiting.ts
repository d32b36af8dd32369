/** Waiting until something is so, or until it takes too long. */
export interface Waiting {
  /** Resolves with true once `done()` is true, with false after `ms` milliseconds; -1 waits for ever. */
  until(done: () => boolean, ms: number): Promise<boolean>;
  /** Lets all who wait look again: something changed. */
  wake(): void;
}

/** Makes one, for those who wait for the same things. */
export function makeWaiting(): Waiting {
  let waiting: (() => void)[] = [];
  return {
    async until(done, ms) {
      const end = ms < 0 ? Infinity : performance.now() + ms;
      while (!done()) {
        const left = end - performance.now();
        if (left <= 0) return false;
        await new Promise<void>((resolve) => {
          let timer: ReturnType<typeof setTimeout> | undefined;
          const look = () => {
            clearTimeout(timer);
            resolve();
          };
          if (left !== Infinity) timer = setTimeout(look, left);
          waiting.push(look);
        });
      }
      return true;
    },
    wake() {
      const all = waiting;
      waiting = [];
      for (const look of all) look();
    },
  };
}
