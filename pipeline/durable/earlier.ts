import type { Identity } from "./identity.ts";

/** The messages that earlier connections brought: each may come once on this one. */
export interface Earlier {
  /** Whether several of them have this hash. */
  areAlike(hash: number): boolean;
  /** Those with this hash that have not come, in order. */
  left(hash: number): readonly Identity[];
  /** One has come. */
  came(identity: Identity): void;
  /** The position of the last one that came. */
  reached(): number | undefined;
  /** The one that stood after it, if that has not come. */
  next(): Identity | undefined;
}

/** Makes it of what is remembered when a connection begins, in order. */
export function createEarlier(identities: readonly Identity[]): Earlier {
  const byHash = new Map<number, Identity[]>();
  const alike = new Set<number>();
  for (const identity of identities) {
    const { hash } = identity;
    const equal = byHash.get(hash);
    if (!equal) byHash.set(hash, [identity]);
    else {
      equal.push(identity);
      alike.add(hash);
    }
  }
  const left = (hash: number) => byHash.get(hash) ?? [];
  let index = -1;

  return {
    areAlike: (hash) => alike.has(hash),
    left,
    came(identity) {
      const equal = left(identity.hash);
      equal.splice(equal.indexOf(identity), 1);
      // In order, it is the next one.
      const after = identities.indexOf(identity, index + 1);
      index = after < 0 ? identities.indexOf(identity) : after;
    },
    reached: () => identities[index]?.position,
    next() {
      const next = index < 0 ? undefined : identities[index + 1];
      return next && left(next.hash).includes(next) ? next : undefined;
    },
  };
}
