import { backoff, sleep } from "../backoff.ts";
import { type ErrorFacts, reasonOf, WeirError } from "../error.ts";
import { counted, grouped } from "../counted.ts";

/** What {@linkcode createRetry} works with. */
export interface RetryOptions {
  /** After so many seconds of failing it gives up. Default: never. */
  giveUp?: number;
  /** Ends the waiting: what fails from then on is given up at once. */
  signal?: AbortSignal;
  /** Takes the first failure, for a person to read. */
  log: (text: string) => void;
  /** What to log when an attempt succeeds after others had failed. */
  again: () => string;
  /** What is safe all the same, for the error that gives up. */
  safe: () => Safe;
}

/** What of a recording is safe though its disk is given up. */
export interface Safe {
  /** A sentence. */
  text: string;
  /** The same as data. */
  facts: ErrorFacts;
}

/** How many rows of a recording are safe, and how many readings are lost. */
export function safeRows(path: string, safe: number, lost = 0): Safe {
  const are = safe === 1 ? "is" : "are";
  const rest = lost === 0
    ? ""
    : ` ${grouped(lost)} that came after it could not be written.`;
  return {
    text: `${counted(safe, "row")} of this recording ${are} safe.${rest}`,
    facts: { path, safe, lost },
  };
}

/** A disk that cannot be written now. */
export interface Failing {
  /** Why, in a few words. */
  reason: string;
  /** The next attempt is in so many seconds. */
  retry: number;
}

/** Attempts to write to a disk, until they succeed. */
export interface Retry {
  /**
   * Does something until it succeeds: at once, then after 0.1 s, 0.2 s, 0.4 s …
   * up to 5 s. An attempt that has `failed` already counts as the first one.
   *
   * @throws {WeirError} `ERR_WEIR_GAVE_UP`
   */
  until<T>(
    attempt: () => Promise<T>,
    failed?: { error: unknown },
  ): Promise<T>;
  /** Why the latest attempt failed, and when the next is made. */
  failing(): Failing | undefined;
}

/** The first and the longest pause between two attempts, in seconds. */
const FIRST = 0.1;
const LONGEST = 5;

/** Makes attempts to write to a disk that may be full for a while. */
export function createRetry(
  { giveUp = Infinity, signal, log, again, safe }: RetryOptions,
): Retry {
  let failing: { reason: string; until: number } | undefined;
  return {
    async until(attempt, failed) {
      const started = performance.now();
      for (let failures = 0;; failures++) {
        try {
          if (failed && failures === 0) throw failed.error;
          const result = await attempt();
          failing = undefined;
          if (failures > 0) log(again());
          return result;
        } catch (error) {
          const { message } = error as Error;
          const reason = reasonOf(error as Error);
          const left = giveUp - (performance.now() - started) / 1000;
          if (signal?.aborted || left <= 0) {
            failing = undefined;
            throw gaveUp(error, safe());
          }
          const wait = Math.min(backoff(failures, FIRST, LONGEST), left);
          failing = { reason, until: performance.now() + wait * 1000 };
          if (failures === 0) log(`${message} Trying again …`);
          await sleep(wait, signal);
        }
      }
    },
    failing: () =>
      failing && {
        reason: failing.reason,
        retry: Math.max(0, (failing.until - performance.now()) / 1000),
      },
  };
}

/** The error that ends a recording whose disk cannot be written. */
export function gaveUp(cause: unknown, { text, facts }: Safe): WeirError {
  const { message } = cause as Error;
  return new WeirError(
    "ERR_WEIR_GAVE_UP",
    `${message} Gave up. ${text}`,
    { cause, facts: { reason: reasonOf(cause as Error), ...facts } },
  );
}
