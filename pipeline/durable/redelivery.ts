import { hash } from "node:crypto";
import { Buffer } from "node:buffer";
import type { Message } from "../event.ts";
import type { PositionRange } from "../mqtt/position_ranges.ts";
import type { Delivery } from "../mqtt/session.ts";
import { createEarlier } from "./earlier.ts";
import type { Habits } from "./habits.ts";
import type { Identity } from "./identity.ts";
import type { Memory } from "./memory.ts";

/** Recognises messages that a broker delivers again. */
export interface Redelivery {
  /** A connection has begun; a session that is not present is new. */
  connected(present: boolean): void;
  /**
   * Gives a message the next position, or finds the one it had. Acknowledgements
   * of messages after `safe` have not been sent on any connection.
   */
  take(message: Message, id: number | undefined, safe: number): Delivery;
  /** The broker has received the acknowledgements of these messages. */
  confirmed(positions: readonly PositionRange[], safe: number): void;
  /** What a broker sends again first has come on this connection. */
  end(): void;
  /** On a broker that sends again first, messages up to here are acknowledged. */
  readonly settled: number;
}

/** What a redelivery starts from. */
export interface RedeliveryOptions {
  /** The last position that was given to a message. */
  last: number;
  /** The messages that may come again. */
  memory: Memory;
  /** What is known of the broker. */
  habits: Habits;
  /** See {@linkcode Redelivery.settled}. */
  settled?: number;
  /** A clock, in milliseconds. */
  now?: () => number;
}

/**
 * A broker that sends again does so within this time of a connection, in
 * milliseconds. The longest that we know of is 30 s (NATS).
 */
const PATIENCE = 120_000;

/** A broker waits for the acknowledgements of so many messages at most. */
const IDS = 65_535;

/** Equal messages, one of which may be this one again. */
const DOUBT = "doubt";

/**
 * Recognises redeliveries: messages that an earlier connection brought, and
 * whose acknowledgement may not have arrived. MQTT asks of a broker to send
 * them again with DUP, in order and under the same packet identifiers
 * (MQTT-3.3.1-1, MQTT-4.4.0-1, MQTT-4.6.0-1). Brokers do so in their own way:
 * under new ids, 30 s later, without DUP. So a message is one if
 *
 * - it has DUP, and nothing but that explains its content: it is that of one
 *   earlier message, on a topic without equal payloads;
 * - it has DUP, and of equal messages one has its id, on a broker that keeps
 *   ids; or is the next one after the last redelivery; or was surely not
 *   acknowledged;
 * - it has DUP, and the content of one that was acknowledged just before, on a
 *   topic where no two are alike: a node of a cluster may die with what it
 *   alone knew of;
 * - it has no DUP, on a broker that was never seen to set it, but content and
 *   id of an earlier one, before anything new on this connection.
 *
 * DUP alone is no evidence: a broker may have sent what never arrived. What it
 * leaves in doubt is taken for new, and said to be possibly doubled.
 */
export function createRedelivery(
  { last, memory, habits, settled = 0, now = () => performance.now() }:
    RedeliveryOptions,
): Redelivery {
  let earlier = createEarlier([]);
  /** The messages of this connection, by their ids, from its first DUP on. */
  let current: Map<number, Identity> | undefined;
  /** The last position of the connections before. */
  let before = last;
  let began = now();
  let since = began;
  /** Whether nothing new has come on this connection. */
  let beginning = false;
  /** How many messages have come on it, and whether their ids began at 1. */
  let count = 0;
  let fromOne = false;
  let patient = true;

  const settle = (position: number) => settled = Math.max(settled, position);

  const ofConnection = () => {
    const fresh = () => memory.all().filter((one) => one.position > before);
    return current ??= new Map(fresh().map((one) => [one.id, one]));
  };

  const findMarked = (
    { topic }: Message,
    id: number,
    hash: number,
    safe: number,
  ): Identity | typeof DOUBT | undefined => {
    const same = ofConnection().get(id);
    if (same?.hash === hash && memory.has(same.position)) {
      // Sent again on one connection, perhaps before the broker has read the
      // acknowledgement. If it has, the id may be that of another message.
      if (same.position > safe || !habits.repeats(topic)) return same;
      return DOUBT;
    }
    const left = earlier.left(hash);
    if (left.length === 0) return findAnswered(topic, id, hash, safe);
    // It may be the DUP of a publisher, which some brokers pass on: that does not
    // have the content of one that was taken in.
    habits.learn({ setsDup: true });
    const { keepsIds } = habits.known;
    // A broker that counts from 1 again gives the third message no id over 3.
    const kept = id > count;
    if (!earlier.areAlike(hash) && !habits.repeats(topic)) {
      const [one] = left;
      if (one.id === id) {
        if (kept) habits.learn({ keepsIds: true });
        return one;
      }
      if (kept) return keepsIds ? undefined : DOUBT;
      habits.learn({ keepsIds: false });
      return keepsIds ? DOUBT : one;
    }
    if (kept || keepsIds) {
      const own = left.find((one) => one.id === id && one.position > settled);
      if (own) {
        habits.learn({ keepsIds: true });
        return own;
      }
    }
    if (keepsIds) return left.some((one) => one.id === id) ? DOUBT : undefined;
    // The broker has it still, and sends it once.
    const latest = left[left.length - 1];
    if (latest.position > safe) return latest;
    // In one row with the last one, with nothing lost in between.
    const next = (earlier.reached() ?? 0) > settled && earlier.next();
    return next && next.hash === hash ? next : DOUBT;
  };

  /** Acknowledged, and sent again all the same. */
  const findAnswered = (
    topic: string,
    id: number,
    hash: number,
    safe: number,
  ): Identity | typeof DOUBT | undefined => {
    const one = memory.answered.find(hash) ??
      ofConnection().values().find((one) =>
        one.hash === hash && one.position <= safe
      );
    if (!one) {
      // What was on its way when the connection began has come. So this is
      // something that it has brought, so long ago that it is forgotten.
      const late = now() - began > PATIENCE;
      return late && habits.known.setsDup ? DOUBT : undefined;
    }
    // Under another id it is another message, on a broker that keeps ids.
    const kept = habits.known.keepsIds || id > count;
    if (kept && one.id !== id) return undefined;
    return one.unique && !habits.repeats(topic) ? one : DOUBT;
  };

  const findUnmarked = (
    id: number,
    hash: number,
  ): Identity | typeof DOUBT | undefined => {
    if (habits.known.setsDup || !beginning) return undefined;
    const reached = earlier.reached() ?? settled;
    const found = earlier.left(hash).find((one) =>
      one.id === id && one.position > Math.max(reached, settled)
    );
    if (!found) return undefined;
    return fromOne ? DOUBT : found;
  };

  /** Something new came before anything old, or there is nothing old. */
  const settleEarlier = () => {
    if (earlier.reached() === undefined) settle(before);
  };

  const forget = (identities: readonly Identity[]) =>
    memory.forget(identities.map(({ position }) => [position, position]));

  const forgetEarlier = (safe: number) => {
    const came = new Set(ofConnection().values());
    forget(
      memory.all().filter((one) =>
        one.position <= Math.min(safe, before) && !came.has(one)
      ),
    );
    earlier = createEarlier([]);
    since = Infinity;
  };

  return {
    connected(present) {
      if (!present) {
        memory.clear();
        settled = last;
      }
      beginning = present;
      forget(memory.all().slice(0, -IDS));
      earlier = createEarlier(memory.all());
      current = undefined;
      before = last;
      count = 0;
      patient = true;
      since = began = now();
    },
    take(message, id, safe) {
      // Kept for a session at QoS 1 and 2 only; in between those it may come.
      if (message.qos === 0 || id === undefined) {
        return { position: ++last, redelivered: false };
      }
      count++;
      if (count === 1) fromOne = id === 1 && !message.dup;
      const hash = hashOf(message);
      const found = message.dup
        ? findMarked(message, id, hash, safe)
        : findUnmarked(id, hash);

      // After newer ones, so the order of those says nothing.
      if (message.dup && !beginning && habits.known.setsDup) settle(last);
      if (found === undefined) {
        settleEarlier();
        // What is not marked could be something that was sent, and never came.
        if (!message.dup) beginning = false;
      }
      if (found && found !== DOUBT) {
        const { position } = found;
        const copied = ofConnection().get(id) === found;
        if (copied) return { position, redelivered: true, copied };
        if (!memory.has(position)) return { position, redelivered: true };
        // What stood before the first one was not sent again.
        if (beginning && earlier.reached() === undefined) settle(position - 1);
        earlier.came(found);
        found.id = id;
        ofConnection().set(id, found);
        return { position, redelivered: true };
      }
      const unique = habits.isVaried(message.topic) || undefined;
      const identity = { position: ++last, id, hash, unique };
      memory.add(identity);
      current?.set(id, identity);
      if (found === DOUBT) {
        // It may stand there twice now, so the order says nothing.
        if (message.dup && !habits.known.keepsIds) settle(last);
        return { position: last, redelivered: false, possiblyDoubled: true };
      }
      habits.see(message.topic, hash);
      return { position: last, redelivered: false };
    },
    confirmed(positions, safe) {
      memory.confirm(positions);
      if (now() - since <= PATIENCE) return;
      // What came before the answer to this question may have been sent long ago:
      // all that was sent in time has come when the next one is answered.
      if (patient) patient = false;
      else forgetEarlier(safe);
    },
    end() {
      settleEarlier();
      beginning = false;
    },
    get settled() {
      return settled;
    },
  };
}

function hashOf({ topic, payload: { buffer, byteOffset, length } }: Message) {
  const text = Buffer.from(buffer, byteOffset, length).toString("latin1");
  return parseInt(hash("sha1", `${topic}\0${text}`, "hex").slice(0, 12), 16);
}
