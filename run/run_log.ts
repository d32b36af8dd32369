import type { LogEntry } from "./run_snapshot.ts";

/** What happened lately. */
export interface TuiLog {
  /**
   * Adds an entry. Those of one `kind` that follow each other closely become
   * one: `many` makes its text of their number and the text so far.
   */
  add(
    text: string,
    kind?: string,
    many?: (count: number, before: string) => string,
  ): void;
  /** The entries, the latest last. */
  entries(): readonly LogEntry[];
}

/** How many entries are kept. */
const KEPT = 100;

/** Entries of a kind become one within so many seconds. */
const TOGETHER = 2;

/**
 * Makes a log that a flood of anything cannot sweep empty.
 *
 * @example
 * ```ts
 * import { createTuiLog } from "./run_log.ts";
 *
 * const log = createTuiLog();
 * for (const id of ["a", "b", "c"]) {
 *   log.add(`New sensor ${id}`, "sensor", (count) => `${count} new sensors`);
 * }
 * const texts = log.entries().map(({ text }) => text);
 * if (texts.join() !== "3 new sensors") throw texts;
 * ```
 */
export function createTuiLog(): TuiLog {
  const entries: LogEntry[] = [];
  const runs = new Map<
    string,
    { entry: LogEntry; until: number; count: number }
  >();
  return {
    add(text, kind, many) {
      const time = Date.now() / 1000;
      const run = kind === undefined ? undefined : runs.get(kind);
      if (run && many && time < run.until && entries.includes(run.entry)) {
        run.count++;
        run.until = time + TOGETHER;
        const entry = {
          time: run.entry.time,
          text: many(run.count, run.entry.text),
        };
        entries[entries.indexOf(run.entry)] = entry;
        run.entry = entry;
        return;
      }
      const entry = { time, text };
      entries.push(entry);
      if (entries.length > KEPT) entries.shift();
      if (kind !== undefined) {
        runs.set(kind, { entry, until: time + TOGETHER, count: 1 });
      }
    },
    entries: () => [...entries],
  };
}
