import { Buffer } from "node:buffer";
import { createAnswered } from "./last_answered.ts";
import type { PositionRange } from "../mqtt/position_ranges.ts";
import type { Doubled } from "./doubled.ts";
import { addDoubt, type Doubt } from "./doubt.ts";
import type { KnownHabits } from "./habits.ts";
import type { Checkpoint, Entry, Loss, Part } from "./ledger_entry.ts";
import type { Identity } from "./identity.ts";
import type { LedgerContents } from "./read_ledger.ts";

/** A file, and what the ledger says was to be added to it. */
export interface LoggedFile {
  /** Its name in the ledger's folder. */
  name: string;
  /** Where that belongs, in bytes. */
  offset: number;
  /** What was to be added. */
  bytes: Uint8Array;
  /** What was to be added after that; damage has taken the place of it. */
  unplaced?: Uint8Array;
}

/** What the entries of a ledger come to. */
export interface LedgerState {
  /** The position of the last message that is safe. */
  safe: number;
  /** The topics that the session is subscribed to. */
  topics: readonly string[];
  /** Whether it is known that the broker's session is this one. */
  sure: boolean;
  /** The messages whose acknowledgement may not have arrived, in order. */
  identities: Identity[];
  /** The last messages whose acknowledgement has arrived. */
  answered: Identity[];
  /** On a broker that sends again first, messages up to here are acknowledged. */
  settled: number;
  /** What is known of the broker. */
  habits: KnownHabits;
  /** The files of the recording. */
  files: LoggedFile[];
  /** Its rejects, if there were any. */
  rejects?: LoggedFile;
  /** When the session was last known to be kept, in milliseconds since 1970. */
  heard: number;
  /** The same of a session that the broker has lost, until the next one. */
  lostSince?: number;
  /** The sessions that the broker has lost. */
  losses: readonly Loss[];
  /** The addresses of the broker. Older ledgers have it in their name. */
  brokers?: readonly string[];
  /** Why rows may be there twice, or be missing. */
  doubts: readonly Doubt[];
  /** Which messages are possibly doubled. */
  doubled: Doubled;
  /** Whether the recording was ended. */
  closed: boolean;
  /** What was to be added after damage, to the one file of rows and to rejects. */
  unplaced?: { rows: Uint8Array; rejects: Uint8Array };
}

/** How many lost sessions are remembered one by one. */
const MAX_LOSSES = 1000;

const NONE: Doubled = { count: 0, later: [] };

/** A session has been subscribed. If it takes the place of a lost one, that is noted. */
export function noteSubscribed(
  state: Pick<LedgerState, "heard" | "lostSince" | "losses">,
  time: number,
): Loss | undefined {
  const { lostSince } = state;
  state.heard = time;
  state.lostSince = undefined;
  if (lostSince === undefined) return undefined;
  const loss = { from: lostSince, to: time };
  state.losses = [...state.losses, loss].slice(-MAX_LOSSES);
  return loss;
}

/** The broker has no session, though there was one if it had topics. */
export function noteLost(
  state: Pick<LedgerState, "heard" | "lostSince" | "topics">,
): void {
  if (state.topics.length > 0) state.lostSince ??= state.heard;
  state.topics = [];
}

/** Goes through the entries of a ledger, some of which damage may have taken away. */
export function replay(
  entries: readonly Entry[],
  { gap = Infinity, torn = false }: Partial<LedgerContents> = {},
): LedgerState {
  const state: LedgerState = {
    safe: 0,
    topics: [],
    sure: false,
    identities: [],
    answered: [],
    settled: 0,
    habits: {},
    files: [],
    heard: 0,
    losses: [],
    doubts: [],
    doubled: NONE,
    closed: false,
  };
  const files = new Map<string, Filling>();
  let single: Filling | undefined;
  let rejects: Filling | undefined;
  /** By their positions, in order. */
  const identities = new Map<number, Identity>();
  const answered = createAnswered();
  const add = (more: readonly Identity[]) => {
    for (const one of more) identities.set(one.position, one);
  };
  const forget = (up: number, gone: readonly PositionRange[] = []) => {
    for (const position of identities.keys()) {
      if (position > up) break;
      identities.delete(position);
    }
    for (const [first, last] of gone) {
      for (let position = first; position <= last; position++) {
        const identity = identities.get(position);
        if (identity) answered.add([identity]);
        identities.delete(position);
      }
    }
  };
  // Whether the session was sure before the attempt to connect.
  let known = false;

  /** What follows damage. */
  const after = { rows: [] as Uint8Array[], rejects: [] as Uint8Array[] };
  const before: Filling[] = [];

  for (const [index, entry] of entries.entries()) {
    if (index === gap) before.push(...files.values());
    if (index === gap) files.clear();
    state.closed = entry.kind === "base" && entry.closed === true;
    switch (entry.kind) {
      case "base": {
        const { safe, topics, sure, csv } = entry;
        for (const file of entry.files ?? []) files.set(file.name, begin(file));
        single = csv && begin(csv);
        rejects = entry.rejects && begin(entry.rejects);
        identities.clear();
        add(entry.identities);
        answered.clear();
        answered.add(entry.answered ?? []);
        const { heard = 0, lostSince, losses = [] } = entry;
        const { settled = 0, habits = {} } = entry;
        Object.assign(state, { safe, topics, sure, settled, habits });
        Object.assign(state, { heard, lostSince, losses });
        const { brokers, doubts = [], doubled = NONE } = entry;
        Object.assign(state, { brokers, doubts, doubled });
        break;
      }
      case "doubt":
        state.doubts = addDoubt(state.doubts, entry.doubt);
        break;
      case "connecting":
        known = state.sure;
        state.sure = false;
        break;
      case "session":
        state.sure = known || !entry.present;
        // A new session has no subscriptions, and ids of its own.
        if (!entry.present) {
          noteLost(state);
          identities.clear();
          answered.clear();
        }
        break;
      case "subscribed":
        noteSubscribed(state, entry.time ?? 0);
        state.topics = entry.topics;
        state.sure = true;
        forget(entry.forgotten ?? 0);
        break;
      case "batch":
        state.safe = entry.safe;
        state.heard = entry.time ?? state.heard;
        state.settled = entry.settled ?? state.settled;
        state.habits = entry.habits ?? state.habits;
        state.doubled = entry.doubled ?? state.doubled;
        add(entry.identities);
        forget(entry.forgotten ?? 0, entry.gone);
        if (entry.parts) addParts(files, entry.parts, entry.rows);
        else if (index < gap) single?.bytes.push(entry.rows);
        else after.rows.push(entry.rows);
        if (index < gap) rejects?.bytes.push(entry.rejects);
        else after.rejects.push(entry.rejects);
        break;
    }
  }
  state.identities = [...identities.values()];
  state.answered = answered.last();
  state.files = [...single ? [single] : [], ...before, ...files.values()]
    .map(finish);
  state.rejects = rejects && finish(rejects);
  if (gap < Infinity) {
    state.unplaced = {
      rows: Buffer.concat(after.rows),
      rejects: Buffer.concat(after.rejects),
    };
  }
  // What is not there may have been an attempt to connect.
  if (torn || gap < Infinity) state.sure = false;
  return state;
}

/** A file, and what was to be added to it, in pieces. */
interface Filling extends Checkpoint {
  bytes: Uint8Array[];
  end: number;
}

const begin = (file: Checkpoint): Filling => ({
  ...file,
  bytes: [],
  end: file.offset,
});

const finish = ({ name, offset, bytes }: Filling): LoggedFile => ({
  name,
  offset,
  bytes: Buffer.concat(bytes),
});

/** Adds each part of an entry's rows to its file. */
function addParts(
  files: Map<string, Filling>,
  parts: readonly Part[],
  rows: Uint8Array,
): void {
  let at = 0;
  for (const { name, offset, length } of parts) {
    const bytes = rows.subarray(at, at += length);
    let file = files.get(name);
    // Its header may be among them: then they begin before its last checkpoint.
    if (file?.end !== offset) {
      file = begin({ name, offset });
      files.set(name, file);
    }
    file.bytes.push(bytes);
    file.end += length;
  }
}
