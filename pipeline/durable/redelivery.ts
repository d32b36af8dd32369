import { hash } from "node:crypto";
import { Buffer } from "node:buffer";
import type { Message } from "../event.ts";
import type { Delivery } from "../mqtt/session.ts";

/** By what a message is known again. */
export interface Identity {
  /** Where it stood among all that were taken in. */
  position: number;
  /** Its packet identifier. */
  id: number;
  /** 48 bits of a hash of its topic and payload. */
  hash: number;
}

/** Recognises messages that a broker delivers again. */
export interface Redelivery {
  /** Takes over what an earlier process remembered; in order. */
  restore(identity: Identity): void;
  /** A connection has begun; a session that is not present is new. */
  connected(present: boolean): void;
  /** Gives a message the next position, or finds the one it had. */
  take(message: Message, id: number | undefined): Delivery;
  /** No more redeliveries are expected on this connection. */
  end(): void;
  /** Forgets messages up to this position, whose acknowledgements have surely arrived. */
  forget(position: number): void;
  /** What is remembered, in order, after one position and up to another. */
  remembered(after: number, to: number): Identity[];
  /** The position up to which all is forgotten. */
  readonly forgotten: number;
}

/**
 * Makes the memory by which redeliveries are recognised.
 *
 * A broker sends again, on a connection that finds its session present, what
 * was not acknowledged: in the order of before, before anything new, and under
 * the same packet identifiers (MQTT-4.4.0-1, MQTT-4.6.0-1). So from CONNACK on a
 * message is a redelivery if id and hash are those of one that was taken in, and
 * it stood after the redelivery before it. The first that is not ends this.
 *
 * DUP is no evidence: a broker may have sent what never arrived, and aedes does
 * not set it. Equal ids alone are not: they come round again. An entry may be
 * forgotten when its acknowledgement has surely arrived; kept longer, a new
 * message with its id and payload could be taken for it.
 */
export function createRedelivery(last: number): Redelivery {
  // By id. In the order of positions, since an entry is never moved but set
  // from the start. An id is in use for one message at a time (MQTT-2.2.1-4).
  const entries = new Map<number, Identity>();
  let expecting = false;
  let reached = 0;
  let forgotten = 0;

  const set = (identity: Identity) => {
    entries.delete(identity.id);
    entries.set(identity.id, identity);
    last = Math.max(last, identity.position);
  };
  const forget = (position: number) => {
    forgotten = Math.max(forgotten, position);
    for (const entry of entries.values()) {
      if (entry.position > position) break;
      entries.delete(entry.id);
    }
  };
  return {
    restore: set,
    connected(present) {
      if (!present) entries.clear();
      expecting = present;
      reached = 0;
    },
    take(message, id) {
      // Kept for a session at QoS 1 and 2 only; in between those it may come.
      if (message.qos === 0 || id === undefined) {
        return { position: ++last, redelivered: false };
      }
      const hash = hashOf(message);
      const known = entries.get(id);
      if (
        expecting && known && known.hash === hash && known.position > reached
      ) {
        // What stood before the first of them was not sent again.
        if (reached === 0) forget(known.position - 1);
        reached = known.position;
        return { position: known.position, redelivered: true };
      }
      // Nothing was sent again, so everything had been acknowledged.
      if (expecting && reached === 0) forget(last);
      // An id that is free again was acknowledged, and all before it (in order).
      else if (known) forget(known.position);
      expecting = false;
      set({ position: last + 1, id, hash });
      return { position: last, redelivered: false };
    },
    end() {
      // As above.
      if (expecting && reached === 0) forget(last);
      expecting = false;
    },
    forget,
    remembered(after, to) {
      const found = [];
      for (const entry of entries.values()) {
        if (entry.position > to) break;
        if (entry.position > after) found.push(entry);
      }
      return found;
    },
    get forgotten() {
      return forgotten;
    },
  };
}

function hashOf({ topic, payload: { buffer, byteOffset, length } }: Message) {
  const text = Buffer.from(buffer, byteOffset, length).toString("latin1");
  return parseInt(hash("sha1", `${topic}\0${text}`, "hex").slice(0, 12), 16);
}
