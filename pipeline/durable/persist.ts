import { sleep } from "../backoff.ts";
import { SessionError } from "../mqtt/session.ts";

/** What {@linkcode createPersistence} works with. */
export interface PersistenceOptions {
  /** After so many seconds of failing it gives up. Default: never. */
  giveUp?: number;
  /** Ends the waiting: what fails from then on is given up at once. */
  signal?: AbortSignal;
  /** Takes what a person should know. */
  log: (text: string) => void;
  /** What is safe all the same, for the last message. */
  safe: () => string;
  /** Is told of each attempt that failed, and with nothing when one succeeds. */
  onFailing?: (failing: Failing | undefined) => void;
}

/** A disk that cannot be written now. */
export interface Failing {
  /** A sentence: why. */
  reason: string;
  /** It is tried again in so many seconds. */
  retry: number;
}

/** The first and the longest pause between two attempts, in milliseconds. */
const FIRST = 100;
const LONGEST = 5000;

/**
 * Makes a function that does something until it succeeds: at once, then after
 * 0.1 s, 0.2 s, 0.4 s … up to 5 s. It logs the first failure and the success
 * after it.
 *
 * @throws {SessionError} where it gives up.
 *
 * @example
 * ```ts
 * import { createPersistence } from "./persist.ts";
 *
 * const log: string[] = [];
 * const persist = createPersistence({
 *   log: (text) => log.push(text),
 *   safe: () => "",
 * });
 * let attempts = 0;
 * await persist(async () => {
 *   if (++attempts < 3) throw new Error("Cannot write test.csv: disk full.");
 * });
 * if (attempts !== 3 || log.length !== 2) throw log;
 * ```
 */
export function createPersistence(
  { giveUp = Infinity, signal, log, safe, onFailing = () => {} }:
    PersistenceOptions,
): <T>(attempt: () => Promise<T>) => Promise<T> {
  return async (attempt) => {
    const started = performance.now();
    for (let pause = FIRST, failures = 0;; pause *= 2) {
      try {
        const result = await attempt();
        if (failures > 0) {
          onFailing(undefined);
          log("Writing again.");
        }
        return result;
      } catch (error) {
        const { message } = error as Error;
        const left = giveUp * 1000 - (performance.now() - started);
        if (signal?.aborted || left <= 0) {
          throw new SessionError(
            "ERR_WEIR_GAVE_UP",
            `${message} Gave up. ${safe()}`,
            {
              cause: error,
            },
          );
        }
        const wait = Math.min(pause, LONGEST, left);
        onFailing({ reason: message, retry: wait / 1000 });
        if (failures++ === 0) log(`${message} Trying again …`);
        await sleep(wait / 1000, signal);
      }
    }
  };
}
