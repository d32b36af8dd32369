import { WeirError } from "../error.ts";
import type { Failing } from "../durable/persist.ts";

/** The attempts to write a file that cannot be written. */
export interface Retries {
  /**
   * An attempt has failed; the next is made after 1 s, then 2 s, 4 s … up to
   * 10 s.
   *
   * @throws what is no `WeirError`.
   */
  fail(error: unknown): void;
  /** It could be written, or nobody wants it to be any more. */
  end(): void;
  /** Why it cannot be written now, and when it is tried again. */
  failing(): Failing | undefined;
}

/** The longest time between two attempts, in seconds. */
const LONGEST = 10;

/**
 * Makes attempts, as long as they fail. The first failure is logged.
 *
 * @example
 * ```ts
 * import { WeirError } from "../mod.ts";
 * import { createRetries } from "./retries.ts";
 *
 * const retries = createRetries(() => {}, () => {});
 * retries.fail(new WeirError("ERR_WEIR_FILE", "Cannot write test.csv: disk full."));
 * if (retries.failing()?.reason === undefined) throw new Error();
 * retries.end();
 * if (retries.failing()) throw retries.failing();
 * ```
 */
export function createRetries(
  attempt: () => void,
  log: (text: string) => void,
): Retries {
  let reason: string | undefined;
  let failures = 0;
  let at = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  return {
    fail(error) {
      if (!(error instanceof WeirError)) throw error;
      const delay = Math.min(LONGEST, 2 ** failures++) * 1000;
      if (reason === undefined) log(error.message);
      reason = error.message;
      at = performance.now() + delay;
      clearTimeout(timer);
      timer = setTimeout(attempt, delay);
    },
    end() {
      clearTimeout(timer);
      reason = undefined;
      failures = 0;
    },
    failing: () =>
      reason === undefined
        ? undefined
        : { reason, retry: Math.max(0, (at - performance.now()) / 1000) },
  };
}
