/**
 * The ESP8266's software watchdog: a timer of 1.6 s that resets the board at its second tick, so 1.6 to 3.2 s after the
 * last feed. The virtual one is as unkind as that can be, and always takes the shorter time.
 */
import type { Clock } from "./clock.ts";

/** From the last feed to the bite, in milliseconds. */
const BITE_MS = 1600;

/** A longer pause between two calls of the board is the host's: another program had the processor. */
const STALL_MS = 100;

/** A board's watchdog. */
export interface Watchdog {
  /** Arms it, or puts it off. */
  feed(): void;
  /** Milliseconds of the board's time until it bites; Infinity while it is not armed. */
  left(): number;
  /** Counts a sleep or a wait of up to `ms` that has just ended. */
  waited(ms: number): void;
  /** Looks at the time; returns whether it bites. */
  bites(): boolean;
}

/** Makes one that is not armed. */
export function makeWatchdog(clock: Clock): Watchdog {
  let left = Infinity;
  let last = clock.now();
  const pass = (most: number) => {
    const now = clock.now();
    left -= Math.min(now - last, most);
    last = now;
  };
  return {
    feed() {
      left = BITE_MS;
      last = clock.now();
    },
    left: () => left,
    waited: pass,
    bites() {
      pass(STALL_MS);
      return left <= 0;
    },
  };
}
