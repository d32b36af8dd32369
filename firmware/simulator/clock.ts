/**
 * The board's time. With a real clock, sleeping sleeps. With a virtual clock a sleep is a leap, except while the network
 * owes the board a reply: then time goes at `pace` times real time, so that the broker gets its fair chance and a
 * deadline still passes.
 */
import { type Bridge, Word } from "./bridge.ts";

/**
 * How time goes: as it does, or leaping, and at `pace` times real time while a reply is owed. With `speed`, a leap takes
 * a while, too: time goes at most that many times as fast as real time. `uptime` is what the ticks begin with, in ms.
 */
export type ClockOptions = "real" | {
  pace: number;
  speed?: number;
  uptime?: number;
};

/** A board's clock. */
export interface Clock {
  /** Milliseconds since the board was first switched on. */
  now(): number;
  /** Blocks for up to `ms`, less when the bell rings; returns whether the whole time is over. */
  sleep(ms: number): boolean;
  /** Whether sleeping takes no real time. */
  leaps: boolean;
  /** Converts a timeout of the board to milliseconds of real time. */
  real(ms: number): number;
  /** Accounts for real milliseconds spent waiting for the network. */
  spent(realMs: number): void;
}

/** Makes a clock; `settle(wait)` waits for owed replies and returns 0, or the microseconds it waited in vain. */
export function makeClock(
  options: ClockOptions,
  bridge: Bridge,
  settle: (waitMs: number) => number,
): Clock {
  if (options === "real") {
    const began = performance.now();
    const now = () => performance.now() - began;
    return {
      now,
      leaps: false,
      sleep(ms) {
        const bell = Atomics.load(bridge.words, Word.BELL);
        return Atomics.wait(bridge.words, Word.BELL, bell, ms) === "timed-out";
      },
      real: (ms) => ms,
      spent() {},
    };
  }
  const { pace, speed = Infinity, uptime = 0 } = options;
  let time = uptime;
  return {
    now: () => time,
    leaps: true,
    sleep(ms) {
      const waited = settle(ms / pace);
      if (waited === 0) {
        if (speed !== Infinity) {
          const bell = Atomics.load(bridge.words, Word.BELL);
          Atomics.wait(bridge.words, Word.BELL, bell, ms / speed);
        }
        time += ms;
        return true;
      }
      const passed = Math.min(ms, waited / 1000 * pace);
      time += passed;
      return passed >= ms;
    },
    real: (ms) => ms < 0 ? ms : ms / pace,
    spent(realMs) {
      time += realMs * pace;
    },
  };
}
