import { WeirError } from "../error.ts";
import { brokerName } from "../mqtt/broker_name.ts";
import { createTurns } from "../recording/turns.ts";
import { type DurableSession, SessionError } from "../mqtt/session.ts";
import type { Entry, Loss, Part } from "./ledger_entry.ts";
import { replay } from "./ledger_state.ts";
import type { LoggedFiles } from "./logged_files.ts";
import {
  createRetry,
  type Failing,
  type RetryOptions,
} from "../recording/retry.ts";
import { countDoubled, doubledUpTo } from "./doubled.ts";
import { addDoubt, describeDoubt, type Doubt } from "./doubt.ts";
import { createHabits } from "./habits.ts";
import { createMemory } from "./memory.ts";
import { findDoubts, knowsSession, noticeUnknown } from "./notice_doubts.ts";
import { openOwnLedger } from "./own_ledger.ts";
import { createRedelivery } from "./redelivery.ts";
import { createDeliveries } from "./session_deliveries.ts";
import type { SessionCounts, SessionOptions } from "./session_options.ts";
import { createSubscription, type Kept } from "./session_subscription.ts";
import { say } from "../say.ts";

/** What else a store needs to know. */
export interface SessionStoreOptions extends SessionOptions {
  /** The last position that the sink has committed by itself. */
  committed?: number;
  /** What is safe already, for the error that gives up. */
  safe: RetryOptions["safe"];
}

/** A session in its ledger, and what else the ledger holds. */
export interface SessionStore {
  /** For `mqtt()`. */
  session: DurableSession;
  counts: SessionCounts;
  /** Does one thing after the other: batches, connections, checkpoints. */
  inTurn<T>(what: () => Promise<T>): Promise<T>;
  /** The sink says that the messages up to this position are safe. */
  advance(position: number): void;
  /**
   * The ledger says so, and holds what they became. It also holds the identities
   * of those up to `upTo`.
   */
  append(
    position: number,
    rows: Uint8Array,
    rejects: Uint8Array,
    upTo?: number,
    parts?: readonly Part[],
  ): Promise<void>;
  /** Begins the ledger again, without what is synced elsewhere. */
  checkpoint(): Promise<void>;
  /** The same now, or within a second. */
  checkpointSoon(now: boolean): Promise<void>;
  /** Does something until the disk lets it succeed. */
  persist<T>(attempt: () => Promise<T>): Promise<T>;
  /** Why the disk cannot be written now, and when the next attempt is. */
  failing(): Failing | undefined;
  /** Closes everything, with a last checkpoint if the disk allows it. */
  close(): Promise<void>;
}

/** A checkpoint is made after so many milliseconds. */
const CHECKPOINT_MS = 1000;

const NOTHING = new Uint8Array();

/**
 * Opens the session that a ledger keeps: `ID@FILE.ledger` beside `path`.
 *
 * With files, it holds their rows as well: it is synced before rows are written
 * and messages are acknowledged, and the rows are synced before the ledger
 * begins again without them. Without files, the sink keeps the rows: the ledger
 * has the identities of messages before the sink gets them, so that the position
 * that a sink has committed says which messages these are.
 *
 * If the disk is full at the start, it waits for room.
 *
 * @throws {WeirError} if a file cannot be opened.
 */
export async function openSessionStore(
  path: string,
  options: SessionStoreOptions,
  commit: (position: number) => Promise<void>,
  files?: LoggedFiles,
): Promise<SessionStore> {
  const { clientId, url, log = say, committed = 0 } = options;
  const brokers = [url].flat().map(brokerName);
  const own = await openOwnLedger({ recording: path, clientId, brokers });
  const { path: ledgerPath, ledger, contents } = own;
  const before = replay(contents.entries, contents);
  const [file] = before.files;
  if (file && !files) {
    ledger.close();
    throw new WeirError(
      "ERR_WEIR_LEDGER",
      `${ledgerPath} belongs to the recording ${file.name}. Choose another client id.`,
    );
  }
  const reached = before.identities.at(-1)?.position ?? 0;
  if (committed > Math.max(before.safe, reached)) {
    log(
      `${ledgerPath} does not reach message ${committed}, the last one that is committed. What the broker sends again may be doubled.`,
    );
  }
  const { topics, sure, heard, lostSince, losses } = before;
  /** The subscription, and what became of earlier ones. */
  const kept: Kept = { topics, sure, heard, lostSince, losses };
  let { doubts } = before;
  const doubtful = (doubt: Doubt) => {
    doubts = addDoubt(doubts, doubt);
    log(`${ledgerPath}: ${describeDoubt(doubt)}.`);
  };
  let safe = Math.max(before.safe, committed);
  const memory = createMemory();
  // What was handed out after that has to come again.
  for (const identity of before.identities) {
    if (identity.position <= safe) memory.add(identity, true);
  }
  memory.answered.add(before.answered);
  const habits = createHabits(before.habits);
  const { settled } = before;
  const redelivery = createRedelivery({ last: safe, memory, habits, settled });
  const possiblyDoubledBefore = doubledUpTo(before.doubled, safe);
  const doubled = countDoubled(possiblyDoubledBefore);
  const counts = {
    acknowledged: 0,
    redelivered: 0,
    possiblyDoubled: 0,
    possiblyDoubledBefore,
    losses: [] as Loss[],
  };

  const retry = createRetry({ ...options, log, again: () => "Writing again." });
  const persist = async <T>(
    attempt: () => Promise<T>,
    failed?: { error: unknown },
  ): Promise<T> => {
    try {
      return await retry.until(attempt, failed);
    } catch (error) {
      // To connect again would not help.
      const { code, message } = error as WeirError;
      throw new SessionError(code, message, error as WeirError);
    }
  };
  const note = (entry: Entry) => persist(() => ledger.append(entry));
  const append = async (
    position: number,
    rows: Uint8Array,
    rejects: Uint8Array,
    upTo = position,
    parts?: readonly Part[],
    write = note,
  ) => {
    kept.heard = Date.now();
    const news = memory.news(upTo);
    const learned = habits.outdated ? { habits: { ...habits.known } } : {};
    habits.outdated = false;
    await write({
      kind: "batch",
      safe: position,
      time: kept.heard,
      settled: redelivery.settled,
      ...learned,
      ...news,
      doubled: doubled.of(position, upTo),
      rows,
      parts,
      rejects,
    });
    memory.told(news);
    safe = position;
    doubled.settle(safe);
  };
  const appendNews = (write = note) =>
    inTurn(() => append(safe, NOTHING, NOTHING, safe, undefined, write));

  let checkpointed = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const checkpoint = async (closed?: true) => {
    clearTimeout(timer);
    timer = undefined;
    const sizes = await files?.sync();
    const { settled } = redelivery;
    const { gone } = memory.news(0);
    const identities = memory.noted();
    const answered = memory.answered.last();
    const state = {
      safe,
      identities,
      answered,
      settled,
      habits: habits.known,
      ...kept,
    };
    const upTo = identities.at(-1)?.position;
    const facts = { brokers, doubts, doubled: doubled.of(safe, upTo), closed };
    await ledger.replace({ kind: "base", ...state, ...facts, ...sizes });
    memory.told({ gone });
    files?.checkpoint();
    checkpointed = performance.now();
  };

  const turn = createTurns();
  let closed = false;
  /** One thing after the other: the batches, the connections, the timer. */
  const inTurn = <T>(what: () => Promise<T>): Promise<T> => {
    // Too late it would open the files again, and lock them.
    if (closed) {
      return Promise.reject(
        new SessionError("ERR_WEIR_CLOSED", `${path} is closed.`),
      );
    }
    return turn(what);
  };

  const deliveries = createDeliveries({
    redelivery,
    memory,
    safe: () => safe,
    append: appendNews,
    tryAppend: () => appendNews(ledger.append),
    counts,
    doubled: doubled.add,
    log,
  });
  const subscription = createSubscription({
    clientId,
    kept,
    note,
    inTurn,
    connected: redelivery.connected,
    lost: (loss) => counts.losses.push(loss),
    log,
  });
  const session: DurableSession = {
    clientId,
    subscription: knowsSession(before)
      ? subscription
      : noticeUnknown(subscription, async (doubt) => {
        doubtful(doubt);
        await inTurn(() => note({ kind: "doubt", doubt }));
      }),
    deliveries,
    commits: {
      get safe() {
        return safe;
      },
      prepare: files
        ? () => Promise.resolve()
        : (position) => inTurn(() => append(safe, NOTHING, NOTHING, position)),
      commit,
      acknowledged(count) {
        counts.acknowledged += count;
      },
    },
  };

  const closeFiles = async () => {
    clearTimeout(timer);
    deliveries.close();
    await files?.close();
    ledger.close();
  };
  let looked = false;
  const open = async () => {
    if (!looked) (await findDoubts(path, own, before)).forEach(doubtful);
    looked = true;
    await files?.open(before);
    await checkpoint();
  };
  try {
    await open().catch((error) => {
      // Every other error is one to hear of at once.
      if (error.code !== "ERR_WEIR_DISK_FULL") throw error;
      return persist(open, { error });
    });
  } catch (error) {
    await closeFiles();
    throw error;
  }
  return {
    session,
    counts,
    inTurn,
    advance(position) {
      safe = position;
    },
    append,
    checkpoint: () => checkpoint(),
    async checkpointSoon(now) {
      const late = performance.now() - checkpointed > CHECKPOINT_MS;
      if (now || late) return await persist(() => checkpoint());
      // If it fails, the next batch tries again, and reports it.
      timer ??= setTimeout(
        () => inTurn(() => checkpoint()).catch(() => {}),
        CHECKPOINT_MS,
      );
    },
    persist,
    failing: retry.failing,
    async close() {
      if (closed) return;
      // The next start takes from the ledger what is not in the files.
      const last = inTurn(() => checkpoint(true)).catch(() => {});
      closed = true;
      await last;
      await closeFiles();
    },
  };
}
