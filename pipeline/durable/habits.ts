/** How a broker sends messages again, as far as a ledger keeps that. */
export interface KnownHabits {
  /** It sets DUP on what it sends again. */
  setsDup?: boolean;
  /** What it sends again has the packet identifier that it had before. */
  keepsIds?: boolean;
  /** Topics on which equal payloads come; true if those are too many to name. */
  repeating?: readonly string[] | true;
}

/** What is learned of a broker and of its messages. */
export interface Habits {
  /** What is known by now. */
  readonly known: KnownHabits;
  /** Whether the ledger does not know all of that. */
  outdated: boolean;
  /** Notes what was seen of the broker. */
  learn(seen: Pick<KnownHabits, "setsDup" | "keepsIds">): void;
  /** Notes a new message: its topic, and the hash of topic and payload. */
  see(topic: string, hash: number): void;
  /** Whether a message of this topic may be equal to another one. */
  repeats(topic: string): boolean;
  /** Whether so many of it came, and no two alike, that none will be. */
  isVaried(topic: string): boolean;
}

/** A message is compared with so many earlier ones at most: the last of each slot. */
const SLOTS = 16_384;

/** So many different ones make a topic varied: each has a time or a count in it. */
const VARIED = 64;

/** Of so many topics that is known. */
const COUNTED = 1000;

/** So many topics are kept by name. */
const TOPICS = 100;

/** Longer ones are not. */
const TOPIC_LENGTH = 200;

/**
 * Makes a notebook of what a broker does. No client is told by the protocol, so
 * each habit is taken from a message that leaves no other explanation.
 */
export function createHabits(before: KnownHabits = {}): Habits {
  const known = { ...before };
  let repeating = before.repeating === true
    ? true as const
    : new Set(before.repeating);
  /** Hashes, each in the slot that its last bits say. */
  const recent = new Float64Array(SLOTS);
  /** The first messages of topics, until they are enough. */
  const firsts = new Map<string, Set<number> | "varied">();

  const habits: Habits = {
    known,
    outdated: false,
    learn(seen) {
      for (const name of ["setsDup", "keepsIds"] as const) {
        if (seen[name] === undefined || seen[name] === known[name]) continue;
        known[name] = seen[name];
        habits.outdated = true;
      }
    },
    see(topic, hash) {
      if (repeating === true || repeating.has(topic)) return;
      const slot = hash % SLOTS;
      const first = firsts.get(topic);
      if (recent[slot] !== hash && !(first instanceof Set && first.has(hash))) {
        recent[slot] = hash;
        if (first === undefined) {
          if (firsts.size < COUNTED) firsts.set(topic, new Set([hash]));
        } else if (first !== "varied" && first.add(hash).size === VARIED) {
          firsts.set(topic, "varied");
        }
        return;
      }
      firsts.delete(topic);
      repeating.add(topic);
      const many = repeating.size > TOPICS || topic.length > TOPIC_LENGTH;
      if (many) {
        repeating = true;
        firsts.clear();
      }
      known.repeating = many || [...repeating as Set<string>];
      habits.outdated = true;
    },
    repeats: (topic) => repeating === true || repeating.has(topic),
    isVaried: (topic) => firsts.get(topic) === "varied",
  };
  return habits;
}
