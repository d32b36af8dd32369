import { clockTime } from "../clock_time.ts";

/** Why rows of a recording may be there twice, or be missing. */
export interface Doubt {
  /** When that was noticed, in milliseconds since 1970. */
  time: number;
  what:
    /** The ledger was damaged. */
    | "damaged"
    /** The ledger was empty, though there was a recording. */
    | "empty"
    /** A file was longer than the ledger knew. */
    | "longer"
    /** The broker had a session, and there was no ledger. */
    | "unknown";
  /** The name of the file that was longer, or in which the damaged ledger is kept. */
  file?: string;
  /** By how many bytes. */
  bytes?: number;
}

/** How many are remembered one by one. */
const MAX_DOUBTS = 100;

/** Adds to the doubts of a ledger. */
export function addDoubt(doubts: readonly Doubt[], doubt: Doubt): Doubt[] {
  return [...doubts, doubt].slice(-MAX_DOUBTS);
}

/** What a doubt means for a recording, for a person to read. */
export function describeDoubt({ time, what, file, bytes }: Doubt): string {
  const at = clockTime(time);
  const twice = "rows that the broker sent again may be there twice";
  switch (what) {
    case "damaged":
      return `at ${at} the ledger was damaged, and is kept as ${file}: ${twice}; after a loss of power, rows may be missing`;
    case "empty":
      return `at ${at} the ledger was empty: ${twice}; after a loss of power, rows may be missing`;
    case "longer":
      return `at ${at} ${file} was ${bytes} bytes longer than the ledger knew. If nobody added them, ${twice}`;
    case "unknown":
      return `at ${at} the broker had a session for this client id, and there was no ledger of it: ${twice}`;
  }
}
