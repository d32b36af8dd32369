import type { RunEvent } from "./run_event.ts";

/** An entry of the log: one event, or several of a kind that came together. */
export interface LogEntry {
  /** When the first of them happened, in seconds since 1970. */
  time: number;
  /** How many there were. */
  count: number;
  /** The last of them, up to {@linkcode TOLD}. */
  events: readonly RunEvent[];
}

/** The events of the last minutes, for snapshots. */
export interface RunLog {
  /** Adds an event. */
  add(event: RunEvent): void;
  /** The entries, the latest last. */
  entries(): readonly LogEntry[];
}

/** How many entries are kept. */
const KEPT = 100;

/** How many events of an entry are kept. */
const TOLD = 5;

/** Events of these kinds become one entry within so many seconds. */
const TOGETHER = 2;
const FLOODS: RunEvent["kind"][] = ["sensor", "rejected"];

/** Makes a log that no flood of sensors or rejects can sweep empty. */
export function createRunLog(): RunLog {
  const entries: LogEntry[] = [];
  const open = new Map<string, { entry: LogEntry; until: number }>();
  return {
    add(event) {
      const time = Date.now() / 1000;
      const { kind } = event;
      const flood = open.get(kind);
      const at = flood && time < flood.until
        ? entries.indexOf(flood.entry)
        : -1;
      const before = entries[at];
      const entry = {
        time: before?.time ?? time,
        count: (before?.count ?? 0) + 1,
        events: [...before?.events ?? [], event].slice(-TOLD),
      };
      if (before) entries[at] = entry;
      else entries.push(entry);
      if (entries.length > KEPT) entries.shift();
      if (FLOODS.includes(kind)) {
        open.set(kind, { entry, until: time + TOGETHER });
      }
    },
    entries: () => [...entries],
  };
}
