import { Buffer } from "node:buffer";
import type { IPublishPacket } from "mqtt";
import type { Random } from "./random.ts";

/** A message on its way; `serial` is what the model knows it by. */
export type Publish = IPublishPacket & { messageId: number; serial: number };

/** A message that is not acknowledged: when it was sent, and on which connection. */
type Pending = { packet: Publish; link: Link; time: number };

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
  inflight: Pending[];
  /** The last that were acknowledged. */
  acknowledged: Pending[];
}

/** How a broker sends again what was not acknowledged. */
interface Kind {
  /** With DUP. */
  dup: boolean;
  /**
   * The ids of what it sends again, and of what follows: as MQTT says; from
   * anywhere for new messages; or from 1 for all of them.
   */
  ids: "kept" | "anywhere" | "from 1";
  /** New messages first, the old ones when 30 s are over. */
  late: boolean;
  /** Some acknowledgements are lost with a node of its cluster. */
  cluster?: true;
  /** Which messages are alike: those of a topic of their own, if only some are. */
  alike: "none" | "some" | "all";
}

const KINDS: Kind[] = [
  // Mosquitto, ejabberd.
  { dup: true, ids: "kept", late: false, alike: "all" },
  // A broker that counts through, and sets no DUP.
  { dup: false, ids: "kept", late: false, alike: "all" },
  // aedes. Alike messages cannot be told apart there.
  { dup: false, ids: "anywhere", late: false, alike: "none" },
  // RabbitMQ, LavinMQ.
  { dup: true, ids: "from 1", late: false, alike: "none" },
  { dup: true, ids: "from 1", late: false, alike: "some" },
  { dup: true, ids: "from 1", late: false, alike: "all" },
  // NATS.
  { dup: true, ids: "from 1", late: true, alike: "none" },
  { dup: true, ids: "from 1", late: true, alike: "some" },
  { dup: true, ids: "from 1", late: true, alike: "all" },
  { dup: true, ids: "from 1", late: true, alike: "none", cluster: true },
  { dup: true, ids: "from 1", late: true, alike: "some", cluster: true },
];

/** After so many milliseconds a late broker sends again. */
const ACK_WAIT = 30_000;

/** A broker with one session (MQTT 5, sections 4.1, 4.4 and 4.6). */
export function createModelBroker(random: Random) {
  const kind = KINDS[random.below(KINDS.length)];
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

  let time = 0;

  const send = (pending: Pending) => {
    const again = pending.link === link;
    pending.link = link!;
    pending.time = time;
    link!.toClient.push({ ...pending.packet });
    if (!again) awaited.push(pending.packet.messageId);
  };
  const here = () => session.inflight.filter((one) => one.link === link);

  const nextId = () => {
    // As NATS does whenever nothing is pending.
    if (kind.late && here().length === 0) lastId = 0;
    // Without DUP, id 1 looks like a count that starts again. Real brokers come to
    // it once in 65,535 messages, not in 24.
    const isUsed = () =>
      !kind.dup && lastId === 1 ||
      here().some(({ packet }) => packet.messageId === lastId);
    do lastId = lastId % IDS + 1; while (isUsed());
    return lastId;
  };

  const sendAgain = (pending: Pending) => {
    const { packet } = pending;
    packet.dup = kind.dup;
    if (kind.ids === "from 1" && pending.link !== link) {
      packet.messageId = nextId();
    }
    send(pending);
  };

  const pump = () => {
    while (
      link?.open && session.queue.length > 0 && here().length < WINDOW &&
      session.inflight.length < 2 * WINDOW
    ) {
      const serial = session.queue.shift()!;
      const packet: Publish = {
        cmd: "publish",
        topic: payloads[serial].split(" ")[0],
        payload: Buffer.from(payloads[serial]),
        qos: 1,
        dup: false,
        retain: false,
        messageId: nextId(),
        serial,
      };
      // Not of any connection yet.
      const pending = { packet, link: undefined as never, time };
      session.inflight.push(pending);
      send(pending);
    }
  };
  return {
    kind,
    payloads,
    lost,
    violations,
    /** Publishes messages. */
    publish(count: number) {
      for (; count > 0; count--) {
        const serial = serials++;
        const alike = kind.alike === "all" ||
          kind.alike === "some" && random() < 0.5;
        payloads[serial] = alike ? `door ${random.below(3)}` : `t ${serial}`;
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
          acknowledged: [],
        };
      }
      exists = true;
      awaited = [];
      if (kind.ids === "from 1") lastId = 0;
      if (kind.ids === "anywhere") lastId = random.below(IDS);
      if (!kind.late) session.inflight.forEach(sendAgain);
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
        // A message that comes twice may be acknowledged once or twice.
        if (awaited.shift() !== packet.messageId && !kind.late) {
          violations.push(`PUBACK ${packet.messageId} out of order`);
        }
        const index = session.inflight.findIndex((one) =>
          one.link === link && one.packet.messageId === packet.messageId
        );
        if (index >= 0) {
          const acknowledged = session.inflight.splice(index, 1);
          session.acknowledged = [...session.acknowledged, ...acknowledged]
            .slice(-WINDOW);
        }
        pump();
      }
    },
    /** Time passes. */
    wait(ms: number) {
      time += ms;
      if (!exists || !link?.open || !kind.late) return;
      for (const pending of [...session.inflight]) {
        if (time - pending.time >= ACK_WAIT) sendAgain(pending);
      }
    },
    /** A node dies, and nobody else knows what it was told at last. */
    loseNode() {
      if (!exists || !kind.cluster) return;
      const lost = session.acknowledged.splice(
        random.below(session.acknowledged.length + 1),
      );
      // Under an id of its own, also if the connection stays.
      for (const pending of lost) pending.link = undefined as never;
      session.inflight = [...lost, ...session.inflight]
        .sort((a, b) => a.packet.serial - b.packet.serial);
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
      for (const { packet } of session.inflight) lost.add(packet.serial);
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
