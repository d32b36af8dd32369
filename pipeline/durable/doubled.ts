/** How many messages of a recording are possibly doubled, over all its runs. */
export interface Doubled {
  /** How many of those that are safe. */
  count: number;
  /** The positions of the others: they come again if nobody makes them safe. */
  later: readonly number[];
}

/** How many of the messages up to a position are possibly doubled. */
export function doubledUpTo({ count, later }: Doubled, safe: number): number {
  return count + later.filter((position) => position <= safe).length;
}

/** Counts the messages that are possibly doubled. */
export function countDoubled(count: number) {
  let later: number[] = [];
  return {
    /** The message at this position is, after all others. */
    add: (position: number) => void later.push(position),
    /** What a ledger with the messages up to `upTo` has to say, if anything. */
    of(safe: number, upTo = safe): Doubled | undefined {
      const of = {
        count: doubledUpTo({ count, later }, safe),
        later: later.filter((one) => one > safe && one <= upTo),
      };
      return of.count + of.later.length > 0 ? of : undefined;
    },
    /** The messages up to a position are safe. */
    settle(safe: number) {
      count = doubledUpTo({ count, later }, safe);
      later = later.filter((position) => position > safe);
    },
  };
}
