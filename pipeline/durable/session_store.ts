import type { WeirError } from "../error.ts";
import { createTurns } from "../recording/turns.ts";
import { type DurableSession, SessionError } from "../mqtt/session.ts";
import { openLedger } from "./ledger.ts";
import type { Checkpoint, Entry } from "./ledger_entry.ts";
import { type LedgerState, replay } from "./ledger_state.ts";
import {
  createRetry,
  type Failing,
  type RetryOptions,
} from "../recording/retry.ts";
import { createRedelivery } from "./redelivery.ts";

/** What an open session needs to know. */
export interface SessionStoreOptions {
  /** The client id. The broker keeps its messages under it. */
  clientId: string;
  /** Give up if the disk could not be written for so many seconds. Default: never. */
  giveUp?: number;
  /** Stops waiting for a disk that cannot be written. */
  signal?: AbortSignal;
  /** Takes what a person should know. */
  log: (text: string) => void;
  /** What is safe already, for the error that gives up. */
  safe: RetryOptions["safe"];
}

/** Files whose rows go through the ledger. */
export interface LoggedFiles {
  /**
   * Opens them and completes them from the ledger. If that throws, it can be
   * called again.
   */
  open(before: LedgerState): Promise<void>;
  /** Writes and syncs them. Resolves with their sizes. */
  sync(): Promise<{ csv: Checkpoint; rejects?: Checkpoint }>;
  /** The ledger no longer holds what was synced. */
  checkpoint(): void;
  /** Closes them. */
  close(): void;
}

/** A session in its ledger, and what else the ledger holds. */
export interface SessionStore {
  /** For `mqtt()`. */
  session: DurableSession;
  /** Messages that were acknowledged, and that came again and were left out. */
  counts: { acknowledged: number; redelivered: number };
  /** The ledger says that the messages up to this position are safe. */
  append(
    position: number,
    rows: Uint8Array,
    rejects: Uint8Array,
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
 * Opens the session that a ledger keeps, and the files whose rows it holds.
 *
 * The order on which all rests: the ledger is synced before rows are written
 * and messages are acknowledged, and the rows are synced before the ledger
 * begins again without them.
 *
 * If the disk is full at the start, it waits for room.
 *
 * @throws {WeirError} if a file cannot be opened.
 */
export async function openSessionStore(
  path: string,
  options: SessionStoreOptions,
  files: LoggedFiles,
  commit: (position: number) => Promise<void>,
): Promise<SessionStore> {
  const { ledger, entries } = await openLedger(path);
  const before = replay(entries);
  const redelivery = createRedelivery(before.safe);
  before.identities.forEach(redelivery.restore);
  let { safe, topics, sure } = before;
  const counts = { acknowledged: 0, redelivered: 0 };

  const retry = createRetry({ ...options, again: () => "Writing again." });
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
  ) => {
    await note({
      kind: "batch",
      safe: position,
      forgotten: redelivery.forgotten,
      rows,
      rejects,
      identities: redelivery.remembered(safe, position),
    });
    safe = position;
  };

  let checkpointed = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const checkpoint = async () => {
    clearTimeout(timer);
    timer = undefined;
    const sizes = await files.sync();
    const identities = redelivery.remembered(0, safe);
    const state = { safe, topics, sure, identities };
    await ledger.replace({ kind: "base", ...state, ...sizes });
    files.checkpoint();
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

  let present = false;
  /** Whether the session was sure before this attempt to connect. */
  let known = false;
  const session: DurableSession = {
    clientId: options.clientId,
    subscription: {
      connecting: () =>
        inTurn(async () => {
          known = sure;
          if (!sure) return;
          await note({ kind: "connecting" });
          sure = false;
        }),
      connected(found) {
        present = found;
        if (!present) topics = [];
        redelivery.connected(present);
      },
      resume: () =>
        inTurn(async () => {
          if (known || !present) {
            await note({ kind: "session", present });
            sure = true;
          }
          return { topics, sure };
        }),
      subscribed: (now) =>
        inTurn(async () => {
          const { forgotten } = redelivery;
          await note({ kind: "subscribed", topics: now, forgotten });
          topics = now;
          sure = true;
        }),
    },
    deliveries: {
      take(message, id) {
        const taken = redelivery.take(message, id);
        if (taken.redelivered) counts.redelivered++;
        return taken;
      },
      confirmed: redelivery.forget,
      end() {
        redelivery.end();
        return inTurn(() => append(safe, NOTHING, NOTHING));
      },
    },
    commits: {
      get safe() {
        return safe;
      },
      commit: (position) => inTurn(() => commit(position)),
      acknowledged(count) {
        counts.acknowledged += count;
      },
    },
  };

  const closeFiles = () => {
    clearTimeout(timer);
    files.close();
    ledger.close();
  };
  const open = async () => {
    await files.open(before);
    await checkpoint();
  };
  try {
    await open().catch((error) => {
      // Every other error is one to hear of at once.
      if (error.code !== "ERR_WEIR_DISK_FULL") throw error;
      return persist(open, { error });
    });
  } catch (error) {
    closeFiles();
    throw error;
  }
  return {
    session,
    counts,
    append,
    checkpoint,
    async checkpointSoon(now) {
      const late = performance.now() - checkpointed > CHECKPOINT_MS;
      if (now || late) return await persist(checkpoint);
      // If it fails, the next batch tries again, and reports it.
      timer ??= setTimeout(
        () => inTurn(checkpoint).catch(() => {}),
        CHECKPOINT_MS,
      );
    },
    persist,
    failing: retry.failing,
    async close() {
      if (closed) return;
      // The next start takes from the ledger what is not in the files.
      const last = inTurn(checkpoint).catch(() => {});
      closed = true;
      await last;
      closeFiles();
    },
  };
}
