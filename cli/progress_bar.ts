import { grouped } from "../pipeline/counted.ts";
import { formatDuration } from "./duration.ts";

/** Milliseconds between two drawings. */
const EVERY = 200;

const WIDTH = 24;

/** A bar on stderr, if that is a terminal. */
export interface ProgressBar extends Disposable {
  /** Shows how much is done, from 0 to 1, and a count. */
  show(done: number, count: number): void;
}

/** Makes a bar for so many of a thing: `[████    ] 41 %  1,200,000 rows/s  2 s left`. */
export function createProgressBar(thing: string): ProgressBar {
  const shown = Deno.stderr.isTerminal();
  const encoder = new TextEncoder();
  const started = performance.now();
  let last = started;
  let drawn = false;
  const draw = (line: string) => {
    try {
      Deno.stderr.writeSync(encoder.encode(`\r${line}\x1b[K`));
    } catch {
      // A bar that a terminal does not take is not missed.
    }
  };
  return {
    show(done, count) {
      const now = performance.now();
      if (!shown || now - last < EVERY) return;
      last = now;
      drawn = true;
      const seconds = (now - started) / 1000;
      const full = Math.round(done * WIDTH);
      const perSecond = grouped(Math.round(count / seconds));
      const rate = count > 0 ? `  ${perSecond} ${thing}/s` : "";
      const left = done > 0.02
        ? `  ${formatDuration(seconds / done - seconds)} left`
        : "";
      draw(
        `[${"█".repeat(full)}${" ".repeat(WIDTH - full)}] ${
          Math.floor(done * 100)
        } %${rate}${left}`,
      );
    },
    [Symbol.dispose]() {
      if (drawn) draw("");
    },
  };
}
