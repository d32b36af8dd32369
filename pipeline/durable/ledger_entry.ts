import { crc32 } from "node:zlib";
import type { PositionRange } from "../mqtt/position_ranges.ts";
import type { Doubled } from "./doubled.ts";
import type { Doubt } from "./doubt.ts";
import type { KnownHabits } from "./habits.ts";
import type { Identity } from "./identity.ts";

/** Where a file stood when its rows were last synced. */
export interface Checkpoint {
  /** Its name in the ledger's folder. */
  name: string;
  /** Its size in bytes. */
  offset: number;
}

/** Which of an entry's rows belong into a file, and where. */
export interface Part extends Checkpoint {
  /** How many bytes of them; the next part has those that follow. */
  length: number;
}

/**
 * A time in which a session had no broker that kept it: its messages may be
 * missing. In milliseconds since 1970.
 */
export interface Loss {
  /** When the session was last known to be kept. */
  from: number;
  /** When the next one was subscribed. */
  to: number;
}

/** What a ledger is made of. */
export type Entry =
  /** Begins every ledger, and stands for all that was in it before. */
  | {
    kind: "base";
    /** The position of the last message that is safe. */
    safe: number;
    /** The topics that the session is subscribed to. */
    topics: readonly string[];
    /** Whether it is known that the broker's session is this one. */
    sure: boolean;
    /** The recording, if the ledger holds rows of one. */
    csv?: Checkpoint;
    /** The same of several files: those that are open. */
    files?: readonly Checkpoint[];
    /** Its rejects, if there were any. */
    rejects?: Checkpoint;
    /** The messages whose acknowledgement may not have arrived. */
    identities: readonly Identity[];
    /** The last messages whose acknowledgement has arrived. Older ledgers lack this and what follows. */
    answered?: readonly Identity[];
    /** See `Redelivery`. */
    settled?: number;
    /** What is known of the broker. */
    habits?: KnownHabits;
    /** When the session was last known to be kept. */
    heard?: number;
    /** The same of a session that the broker has lost, until the next one. */
    lostSince?: number;
    /** The sessions that the broker has lost, at most the last 1,000. */
    losses?: readonly Loss[];
    /** The addresses of the broker: `HOST_PORT`. */
    brokers?: readonly string[];
    /** Why rows may be there twice, or be missing. */
    doubts?: readonly Doubt[];
    /** Which messages are possibly doubled, if any are. */
    doubled?: Doubled;
    /** Whether the recording was ended after this, and nothing followed. */
    closed?: boolean;
  }
  /** Rows may be there twice, or be missing. */
  | { kind: "doubt"; doubt: Doubt }
  /** A connection is about to be made. */
  | { kind: "connecting" }
  /** It was made: the session was present at the broker, or is new. */
  | { kind: "session"; present: boolean }
  /** The session is subscribed to these topics. */
  | {
    kind: "subscribed";
    topics: readonly string[];
    /** See `batch`. */
    forgotten?: number;
    /** When that was. */
    time?: number;
  }
  /** Messages, and what they became. */
  | {
    kind: "batch";
    /** The position of the last message that is safe. */
    safe: number;
    /** Up to here acknowledgements have surely arrived. Older ledgers say so. */
    forgotten?: number;
    /** The positions whose acknowledgements have surely arrived. */
    gone?: readonly PositionRange[];
    /** See `Redelivery`. */
    settled?: number;
    /** What is known of the broker, if that has changed. */
    habits?: KnownHabits;
    /** Which messages are possibly doubled, if any are. */
    doubled?: Doubled;
    /** When that was. */
    time?: number;
    /** The rows to be added to the recording. */
    rows: Uint8Array;
    /** The files that the rows belong into, if it has several. */
    parts?: readonly Part[];
    /** The lines to be added to its rejects. */
    rejects: Uint8Array;
    /**
     * All of its messages, also those that became nothing. Those after `safe`
     * have been handed out; their fate is known to the sink only.
     */
    identities: readonly Identity[];
  };

/** Length and CRC of what follows them. */
const FRAME = 8;

/** Position, packet identifier, hash. */
const IDENTITY = 16;

/** In the place of a position. */
const UNIQUE = 1n << 63n;

const NOTHING = new Uint8Array();
const encoder = new TextEncoder();
const decoder = new TextDecoder();

/**
 * Writes an entry as bytes (numbers big-endian): length of the rest (4), CRC-32
 * of the rest (4), length of the facts (4), the facts as JSON, rows, rejects, and
 * 16 for each identity: position, and its highest bit if it is unique (8), packet
 * identifier (2), hash (6). Those of `answered` stand before the others.
 */
export function writeEntry(entry: Entry): Uint8Array {
  const { rows, rejects } = entry.kind === "batch"
    ? entry
    : { rows: NOTHING, rejects: NOTHING };
  const answered = entry.kind === "base" ? entry.answered ?? [] : [];
  const identities = "identities" in entry
    ? [...answered, ...entry.identities]
    : [];
  const facts = encoder.encode(JSON.stringify({
    ...entry,
    rows: undefined,
    answered: answered.length || undefined,
    identities: "identities" in entry ? identities.length : undefined,
    ...entry.kind === "batch" && { rows: rows.length, rejects: rejects.length },
  }));
  const size = 4 + facts.length + rows.length + rejects.length +
    identities.length * IDENTITY;
  const bytes = new Uint8Array(FRAME + size);
  const view = new DataView(bytes.buffer);
  view.setUint32(FRAME, facts.length);
  let at = FRAME + 4;
  for (const part of [facts, rows, rejects]) {
    bytes.set(part, at);
    at += part.length;
  }
  for (const { position, id, hash, unique } of identities) {
    view.setBigUint64(at, BigInt(position) | (unique ? UNIQUE : 0n));
    view.setUint16(at + 8, id);
    view.setUint16(at + 10, Math.floor(hash / 2 ** 32));
    view.setUint32(at + 12, hash % 2 ** 32);
    at += IDENTITY;
  }
  view.setUint32(0, size);
  view.setUint32(4, crc32(bytes.subarray(FRAME)));
  return bytes;
}

/**
 * Reads the entry that begins at an offset, with the offset at which it ends.
 * Undefined if there is no whole one.
 */
export function readEntry(
  bytes: Uint8Array,
  offset: number,
): { entry: Entry; end: number } | undefined {
  if (offset + FRAME + 4 > bytes.length) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const end = offset + FRAME + view.getUint32(offset);
  if (end > bytes.length || end < offset + FRAME + 4) return undefined;
  const body = bytes.subarray(offset + FRAME, end);
  if (crc32(body) !== view.getUint32(offset + 4)) return undefined;

  let at = offset + FRAME + 4;
  const part = (length: number) => bytes.slice(at, at += length);
  const facts = JSON.parse(
    decoder.decode(part(view.getUint32(offset + FRAME))),
  );
  if (facts.kind === "batch") {
    facts.rows = part(facts.rows);
    facts.rejects = part(facts.rejects);
  }
  if (facts.kind === "batch" || facts.kind === "base") {
    facts.identities = Array.from({ length: facts.identities }, () => {
      const place = view.getBigUint64(at);
      const position = Number(place & ~UNIQUE);
      const id = view.getUint16(at + 8);
      const hash = view.getUint16(at + 10) * 2 ** 32 + view.getUint32(at + 12);
      at += IDENTITY;
      const identity = { position, id, hash };
      return place & UNIQUE ? { ...identity, unique: true } : identity;
    });
    if (facts.answered) {
      facts.answered = facts.identities.splice(0, facts.answered);
    }
  }
  return { entry: facts, end };
}
