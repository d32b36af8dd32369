import { counted } from "../counted.ts";
import { escape } from "../escape.ts";
import { SessionError, type SessionSubscription } from "../mqtt/session.ts";
import { describeLoss } from "./describe_loss.ts";
import type { Entry, Loss } from "./ledger_entry.ts";
import { type LedgerState, noteLost, noteSubscribed } from "./ledger_state.ts";

/** What a session knows of its subscription, and what became of earlier ones. */
export type Kept =
  & Pick<LedgerState, "topics" | "heard" | "lostSince" | "losses">
  & {
    /** Whether it is known that the broker's session is this one. */
    sure: boolean;
  };

/** What a subscription needs of its session. */
export interface SubscriptionParts {
  clientId: string;
  kept: Kept;
  /** Puts an entry into the ledger. */
  note(entry: Entry): Promise<void>;
  inTurn<T>(what: () => Promise<T>): Promise<T>;
  /** A connection has begun, and the broker has the session or not. */
  connected(present: boolean): void;
  /** The broker has lost the session before this one. */
  lost(loss: Loss): void;
  log(text: string): void;
}

/** Makes the part of a session that keeps its subscription in the ledger. */
export function createSubscription(
  { clientId, kept, note, inTurn, connected, lost, log }: SubscriptionParts,
): SessionSubscription {
  let present = false;
  /** For how many seconds the broker keeps the session, if not as long as asked. */
  let keeps: number | undefined;
  let told: number | undefined;
  /** Whether the session was sure before this attempt to connect. */
  let known = false;

  return {
    connecting: () =>
      inTurn(async () => {
        known = kept.sure;
        if (!kept.sure) return;
        await note({ kind: "connecting" });
        kept.sure = false;
      }),
    connected(found, seconds) {
      present = found;
      keeps = seconds;
      if (!present) noteLost(kept);
      connected(present);
    },
    resume: () =>
      inTurn(async () => {
        if (keeps === 0) {
          throw new SessionError(
            "ERR_WEIR_NOT_GRANTED",
            "The broker keeps no session after a disconnect (Session Expiry Interval 0). A durable recording needs one that does.",
          );
        }
        if (keeps !== undefined && keeps !== told) {
          told = keeps;
          log(
            `The broker keeps messages for ${
              counted(keeps, "second")
            } after a disconnect. What comes after that is lost.`,
          );
        }
        if (known || !present) {
          await note({ kind: "session", present });
          kept.sure = true;
        }
        return { topics: kept.topics, sure: kept.sure };
      }),
    subscribed: (topics) =>
      inTurn(async () => {
        const time = Date.now();
        await note({ kind: "subscribed", topics, time });
        const loss = noteSubscribed(kept, time);
        kept.topics = topics;
        kept.sure = true;
        if (!loss) return;
        lost(loss);
        log(
          `The broker has lost the session ${escape(clientId)}: ${
            describeLoss(loss)
          }.`,
        );
      }),
  };
}
