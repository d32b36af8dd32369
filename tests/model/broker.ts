import { Buffer } from "node:buffer";
import type { IPublishPacket } from "mqtt";
import type { Random } from "./random.ts";

/** A message on its way; `serial` is what the model knows it by. */
export type Publish = IPublishPacket & { messageId: number; serial: number };

/** A packet on a connection. */
export type Packet =
  | Publish
  | { cmd: "puback"; messageId: number }
  | { cmd: "pingreq" | "pingresp" };

/** One connection: what is under way in each direction. */
export interface Link {
  toClient: Packet[];
  toBroker: Packet[];
  open: boolean;
}

/** Makes a connection with nothing under way. */
export function createLink(): Link {
  return { toClient: [], toBroker: [], open: true };
}

/**
 * So many messages are under way at once; ids come round after so many. As with
 * MQTT's 65,535 and what weir asks for.
 */
const WINDOW = 8;
const IDS = 3 * WINDOW;

interface Session {
  subscribed: boolean;
  /** Whether weir said that it is, so that from then on it answers for all. */
  claimed: boolean;
  queue: number[];
  inflight: Publish[];
}

/**
 * A broker with one session (MQTT 5, sections 4.1, 4.4 and 4.6). Half of them
 * count their ids through, and many of their messages are alike; the others
 * begin anew with each connection, as some do, and no two messages are alike:
 * where both come together nobody could tell.
 */
export function createModelBroker(random: Random) {
  const counting = random() < 0.5;
  let session: Session;
  let exists = false;
  let lastId = random.below(IDS);
  let serials = 0;
  let link: Link | undefined;
  /** What was lost with a session, and what came when there was none. */
  const lost = new Set<number>();
  /** What a client must not do, and did. */
  const violations: string[] = [];
  /** The ids that await their acknowledgement on this connection, in order. */
  let awaited: number[] = [];
  const payloads: string[] = [];

  const send = (packet: Publish) => {
    link!.toClient.push({ ...packet });
    awaited.push(packet.messageId);
  };

  const pump = () => {
    while (
      link?.open && session.queue.length > 0 && session.inflight.length < WINDOW
    ) {
      const serial = session.queue.shift()!;
      do lastId = lastId % IDS + 1; while (
        session.inflight.some(({ messageId }) => messageId === lastId)
      );
      const packet: Publish = {
        cmd: "publish",
        topic: "t",
        payload: Buffer.from(payloads[serial]),
        qos: 1,
        dup: false,
        retain: false,
        messageId: lastId,
        serial,
      };
      session.inflight.push(packet);
      send(packet);
    }
  };
  return {
    lost,
    violations,
    /** Publishes messages. */
    publish(count: number) {
      for (; count > 0; count--) {
        const serial = serials++;
        payloads[serial] = counting ? `${random.below(3)}` : `${serial}`;
        if (exists && session.subscribed) session.queue.push(serial);
        else if (!(exists && session.claimed)) lost.add(serial);
      }
      if (exists) pump();
    },
    /** Takes CONNECT; says whether the session is present. */
    connect(next: Link): boolean {
      if (link) link.open = false;
      link = next;
      const present = exists;
      if (!exists) {
        session = {
          subscribed: false,
          claimed: false,
          queue: [],
          inflight: [],
        };
      }
      exists = true;
      awaited = [];
      if (!counting) lastId = 0;
      // As aedes does, it does not set DUP; what is no evidence is not needed.
      session.inflight.forEach(send);
      pump();
      return present;
    },
    /** Takes SUBSCRIBE. */
    subscribe() {
      session.subscribed = true;
    },
    /** Weir says that it is subscribed. */
    claim() {
      session.claimed = true;
    },
    /** Reads packets from its connection. */
    read(count: number) {
      while (link?.open && count-- > 0 && link.toBroker.length > 0) {
        const packet = link.toBroker.shift()!;
        if (packet.cmd === "pingreq") link.toClient.push({ cmd: "pingresp" });
        if (packet.cmd !== "puback") continue;
        // MQTT-4.6.0-2
        if (awaited.shift() !== packet.messageId) {
          violations.push(`PUBACK ${packet.messageId} out of order`);
        }
        const index = session.inflight.findIndex(({ messageId }) =>
          messageId === packet.messageId
        );
        if (index >= 0) session.inflight.splice(index, 1);
        pump();
      }
    },
    /** Ends the connection; of what is under way some may arrive. */
    cut() {
      if (!link) return;
      this.read(random.below(link.toBroker.length + 1));
      link.open = false;
      link = undefined;
    },
    /** Forgets the session, as when it has expired. */
    forget() {
      this.cut();
      if (!exists) return;
      for (const { serial } of session.inflight) lost.add(serial);
      for (const serial of session.queue) lost.add(serial);
      exists = false;
      lastId = 0;
    },
    /** Whether nothing is left to be delivered. */
    get idle() {
      return exists && session.queue.length + session.inflight.length === 0;
    },
    /** How many were published. */
    get published() {
      return serials;
    },
  };
}
