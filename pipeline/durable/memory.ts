import type { Identity } from "./identity.ts";
import { type Answered, createAnswered } from "./last_answered.ts";
import { addPosition, type PositionRange } from "../mqtt/position_ranges.ts";

/** What the ledger does not have yet. */
export interface News {
  /** Messages that were taken in, in order. */
  identities: readonly Identity[];
  /** Positions whose acknowledgements have surely arrived. */
  gone: readonly PositionRange[];
}

/** The messages whose acknowledgement may not have arrived. */
export interface Memory {
  /** Adds a message, after all others. The ledger may have it already. */
  add(identity: Identity, noted?: boolean): void;
  /** Whether the message at this position is remembered. */
  has(position: number): boolean;
  /** All of them, in order. */
  all(): Identity[];
  /** Those that the ledger has, in order. */
  noted(): Identity[];
  /** The last of those that were acknowledged. */
  readonly answered: Answered;
  /** The broker has received the acknowledgements of messages. */
  confirm(ranges: readonly PositionRange[]): void;
  /** Forgets messages. */
  forget(ranges: readonly PositionRange[]): void;
  /** Forgets all, as the ledger does with a session that is new. */
  clear(): void;
  /** What the ledger lacks of the messages up to this position. */
  news(upTo: number): News;
  /** The ledger has that now, or stands for it. */
  told(news: Partial<News>): void;
  /** Whether it does not know yet that a message is forgotten. */
  readonly outdated: boolean;
}

/** Makes a memory of messages, and keeps account of what the ledger has of it. */
export function createMemory(): Memory {
  // In the order of positions.
  const known = new Map<number, Identity>();
  let fresh: Identity[] = [];
  let gone: PositionRange[] = [];
  const all = () => [...known.values()];
  const answered = createAnswered();

  const forget = (ranges: readonly PositionRange[]) => {
    const forgotten: [number, number][] = [];
    const identities: Identity[] = [];
    for (const [first, last] of ranges) {
      for (let position = first; position <= last; position++) {
        const identity = known.get(position);
        if (!identity) continue;
        known.delete(position);
        identities.push(identity);
        addPosition(forgotten, position);
      }
    }
    // Not added to the ranges before, which may be on their way to the ledger.
    gone.push(...forgotten);
    return identities;
  };

  return {
    answered,
    add(identity, noted = false) {
      known.set(identity.position, identity);
      if (!noted) fresh.push(identity);
    },
    has: (position) => known.has(position),
    all,
    noted() {
      const end = fresh[0]?.position ?? Infinity;
      return all().filter(({ position }) => position < end);
    },
    confirm: (ranges) => answered.add(forget(ranges)),
    forget,
    clear() {
      answered.clear();
      known.clear();
      fresh = [];
      gone = [];
    },
    news(upTo) {
      const later = fresh.findIndex(({ position }) => position > upTo);
      const identities = later < 0 ? fresh : fresh.slice(0, later);
      return { identities: identities.slice(), gone: gone.slice() };
    },
    told({ identities = [], gone: told = [] }) {
      fresh = fresh.slice(identities.length);
      gone = gone.slice(told.length);
    },
    get outdated() {
      return gone.length > 0;
    },
  };
}
