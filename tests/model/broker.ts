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

/** So many messages are under way at once; ids come round after so many. */
const WINDOW = 20;
const IDS = 97;

/** A broker with one session (MQTT 5, sections 4.1, 4.4 and 4.6). */
export function createModelBroker(random: Random) {
  let session: { subscribed: boolean; queue: number[]; inflight: Publish[] };
  let exists = false;
  let lastId = random.below(IDS);
  let serials = 0;
  let link: Link | undefined;
  /** What was lost with a session, and what came when there was none. */
  const lost = new Set<number>();
  const payloads: string[] = [];

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
        payload: payloads[serial],
        qos: 1,
        dup: false,
        retain: false,
        messageId: lastId,
        serial,
      };
      session.inflight.push(packet);
      link.toClient.push(packet);
    }
  };
  return {
    lost,
    /** Publishes messages; few payloads, so that many are alike. */
    publish(count: number) {
      for (; count > 0; count--) {
        const serial = serials++;
        payloads[serial] = `${random.below(3)}`;
        if (exists && session.subscribed) session.queue.push(serial);
        else lost.add(serial);
      }
      if (exists) pump();
    },
    /** Takes CONNECT; says whether the session is present. */
    connect(next: Link): boolean {
      if (link) link.open = false;
      link = next;
      const present = exists;
      if (!exists) session = { subscribed: false, queue: [], inflight: [] };
      exists = true;
      // As aedes does, it does not set DUP; what is no evidence is not needed.
      link.toClient.push(...session.inflight.map((packet) => ({ ...packet })));
      pump();
      return present;
    },
    /** Takes SUBSCRIBE. */
    subscribe() {
      session.subscribed = true;
    },
    /** Reads packets from its connection. */
    read(count: number) {
      while (link?.open && count-- > 0 && link.toBroker.length > 0) {
        const packet = link.toBroker.shift()!;
        if (packet.cmd === "pingreq") link.toClient.push({ cmd: "pingresp" });
        if (packet.cmd !== "puback") continue;
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
