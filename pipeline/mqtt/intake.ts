import type { Message } from "../event.ts";
import type { Acknowledgements } from "./acknowledge.ts";
import type { Taker } from "./connect.ts";
import type { Inbox } from "./next_batch.ts";
import type { Delivery, DurableSession } from "./session.ts";
import { toMessage } from "./to_message.ts";
import { countWaited, type Waited } from "./waited.ts";

/** Takes messages in, and acknowledges those that are done with. */
export interface Intake {
  /** What takes part in the next connection. */
  taker(): Taker;
  /** The next connection is subscribed: asks whether something had waited. */
  subscribed(): void;
  /** So many more messages are about to be handed out. */
  handing(count: number): Promise<void>;
  /** So many more messages are done with: they are acknowledged. */
  passed(count: number): Promise<void>;
  /** Waits, not for long, until the broker has surely received that. */
  settle(): Promise<void>;
}

/** Who is told of what an intake counts. */
export interface IntakeOptions {
  /** Is called with the number of acknowledgements sent. */
  onAcknowledged?: (count: number) => void;
  /** Is called with the number of messages that had waited for a session. */
  onWaited?: (count: number) => void;
}

/** How long the last acknowledgements are waited for, in milliseconds. */
const SETTLE_TIMEOUT = 1000;

/**
 * Makes the intake of a flow: from the connection of the moment into the inbox,
 * and from what passed through the flow back to the acknowledgements of the
 * connection of that moment. With a session, what passed is first made safe.
 */
export function createIntake(
  session: DurableSession | undefined,
  inbox: Inbox<Message>,
  signal: AbortSignal,
  { onAcknowledged, onWaited }: IntakeOptions = {},
): Intake {
  let acknowledgements: Acknowledgements | undefined;
  let taken = session?.commits.safe ?? 0;
  let done = taken;
  let confirming: Promise<void> | undefined;
  let waited: Waited | undefined;

  const acknowledge = () => {
    const count = acknowledgements?.release(done) ?? 0;
    if (count > 0) {
      session?.commits.acknowledged(count);
      onAcknowledged?.(count);
    }
    if (session && acknowledgements?.unconfirmed) {
      confirming ??= confirm(session);
    }
  };
  /** Asks one time after the other until there is nothing to ask about. */
  const confirm = async (session: DurableSession) => {
    do {
      const acknowledged = done;
      const counting = waited;
      const positions = await acknowledgements?.confirm();
      if (!positions) break;
      session.deliveries.confirmed(positions);
      counting?.answered(taken - acknowledged);
    } while (acknowledgements?.unconfirmed);
    confirming = undefined;
  };

  return {
    taker() {
      let heard = performance.now();
      let mine: Acknowledgements;
      const take = (messages: readonly Message[], ids: readonly number[]) => {
        // Not taken in, so not acknowledged: the session's broker keeps it.
        if (signal.aborted) return undefined;
        heard = performance.now();
        const fresh: Message[] = [];
        let bytes = 0;
        let kept = 0;
        messages.forEach((message, index) => {
          const { qos, topic, payload } = message;
          // What waited in a client whose connection is gone comes again on
          // the next one, and there in its order.
          if (session && qos > 0 && mine !== acknowledgements) return;
          const { position, redelivered, copied }: Delivery =
            session?.deliveries.take(message, ids[index]) ??
              { position: taken + 1, redelivered: false };
          // A second acknowledgement could meet another message under this id.
          if (copied) return;
          mine.add(qos, ids[index], position);
          if (redelivered) return acknowledge();
          taken = position;
          fresh.push(message);
          // What is retained is old anyway. Brokers keep nothing of QoS 0.
          if (qos > 0 && !message.retain) kept++;
          bytes += topic.length + payload.length;
        });
        waited?.came(kept);
        return fresh.length > 0 ? inbox.put(fresh, bytes) : undefined;
      };
      return {
        durable: session !== undefined,
        onConnack(present, fresh, keeps) {
          mine = acknowledgements = fresh;
          waited?.end();
          waited = session && present && onWaited
            ? countWaited(onWaited)
            : undefined;
          session?.subscription.connected(present, keeps);
        },
        onMessages: take,
        maxMessages: inbox.maxItems,
        onMessage(packet, resume) {
          const message = toMessage(packet, Date.now() / 1000);
          const full = take([message], [packet.messageId ?? 0]);
          if (full) full.then(resume);
          else resume();
        },
        // The answer to a ping waits in line behind what nobody takes in.
        isHeld: (ms) => inbox.full || performance.now() - heard < ms,
      };
    },
    subscribed() {
      if (session && waited) confirming ??= confirm(session);
    },
    async handing(count) {
      await session?.commits.prepare(done + count);
    },
    async passed(count) {
      await session?.commits.commit(done + count);
      done += count;
      acknowledge();
    },
    async settle() {
      let timer;
      await Promise.race([
        confirming,
        new Promise((resolve) => timer = setTimeout(resolve, SETTLE_TIMEOUT)),
      ]);
      clearTimeout(timer);
      waited?.end();
    },
  };
}
