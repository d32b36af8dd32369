import type { Identity } from "./identity.ts";

/**
 * A node that dies may take so many of the last acknowledgements with it. NATS
 * sends their messages again 30 s later, on a connection that has not dropped.
 */
const ANSWERED = 20_000;

/** So many of them the ledger keeps: it is rewritten every second. */
const LOGGED = 1000;

/** The last messages whose acknowledgement the broker has received. */
export interface Answered {
  /** Adds them, the newest last. */
  add(identities: Iterable<Identity>): void;
  /** The one with this hash. */
  find(hash: number): Identity | undefined;
  /** The last of them, for the ledger. */
  last(): Identity[];
  /** Forgets them. */
  clear(): void;
}

/**
 * Remembers them: in a cluster a node that dies has perhaps not told the others.
 * Then the message comes again with DUP, though its acknowledgement was confirmed.
 */
export function createAnswered(): Answered {
  const byHash = new Map<number, Identity>();
  return {
    add(identities) {
      for (const identity of identities) {
        byHash.delete(identity.hash);
        byHash.set(identity.hash, identity);
      }
      for (const hash of byHash.keys()) {
        if (byHash.size <= ANSWERED) break;
        byHash.delete(hash);
      }
    },
    find: (hash) => byHash.get(hash),
    last: () => [...byHash.values().drop(Math.max(byHash.size - LOGGED, 0))],
    clear: () => byHash.clear(),
  };
}
