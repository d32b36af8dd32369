import type { Identity } from "./identity.ts";

/** A broker that dies may take so many of the last acknowledgements with it. */
const ANSWERED = 1000;

/** The last messages whose acknowledgement the broker has received. */
export interface Answered {
  /** Adds them, the newest last. */
  add(identities: Iterable<Identity>): void;
  /** The one with this hash. */
  find(hash: number): Identity | undefined;
  /** All of them. */
  all(): Identity[];
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
    all: () => [...byHash.values()],
    clear: () => byHash.clear(),
  };
}
