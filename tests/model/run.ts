import { EventEmitter } from "node:events";
import type { MqttClient } from "mqtt";
import type { Message } from "../../pipeline/mod.ts";
import { holdAcknowledgements } from "../../pipeline/mqtt/acknowledge.ts";
import type { Connection } from "../../pipeline/mqtt/connect.ts";
import { createInbox, type Inbox } from "../../pipeline/mqtt/inbox.ts";
import { createIntake } from "../../pipeline/mqtt/intake.ts";
import { subscribeSession } from "../../pipeline/mqtt/subscribe.ts";
import { openDurableStore } from "../../pipeline/recording/durable_store.ts";
import { createModelBroker, type Link, type Publish } from "./broker.ts";
import { createFaultyDisk } from "./disk.ts";
import { createRandom, type Random } from "./random.ts";

/** What a run came to. */
export interface ModelResult {
  /** How many messages were published. */
  published: number;
  /** How many were lost with a session; they may be recorded or not. */
  excused: number;
  /** The serials that are not in the recording and have no excuse. */
  missing: number[];
  /** The serials that are in it more than once, or out of order. */
  doubled: number[];
}

type Broker = ReturnType<typeof createModelBroker>;

/**
 * Runs weir's own code (redelivery, ledger, files, acknowledgements) against a
 * model of a broker, with faults at random: lost connections, kills, losses of
 * power, a disk that fails, sessions that expire.
 */
export async function runModel(
  seed: number,
  faults: number,
): Promise<ModelResult> {
  const random = createRandom(seed);
  const broker = createModelBroker(random);
  const folder = await Deno.makeTempDir({ prefix: "weir-model-" });
  const path = `${folder}/test.csv`;
  using disk = createFaultyDisk(random);
  try {
    let process = await start(path, broker, random);
    const restart = async (power: boolean) => {
      await process.die();
      disk.revive(folder, power);
      for (let tries = 0;; tries++) {
        // The next start may meet the same fate.
        if (tries < 3 && random() < 0.2) disk.crashAfter(random.below(12));
        try {
          process = await start(path, broker, random);
          if (!disk.crashed) return disk.crashAfter(Infinity);
          await process.die();
        } catch (error) {
          if (!disk.crashed) throw error;
        }
        disk.revive(folder, power);
      }
    };
    for (let met = 0; met < faults;) {
      broker.publish(random.below(12));
      if (!process.connected) await process.connect();
      for (let steps = random.below(6); steps > 0; steps--) {
        process.receive(random.below(25));
        if (random() < 0.7) await process.pull();
        broker.read(random.below(30));
      }
      const dice = random();
      if (dice < 0.35) {
        met++;
        process.receive(random.below(10));
        broker.cut();
        process.lose();
      } else if (dice < 0.6) {
        met++;
        disk.crashAfter(random.below(10), process.abort);
        await Promise.allSettled([process.pull(), process.connect()]);
        disk.crashAfter(0);
        broker.cut();
        await restart(random() < 0.5);
      } else if (dice < 0.8) {
        met++;
        disk.fail(1 + random.below(4));
        await process.pull();
      } else if (dice < 0.83) {
        met++;
        broker.forget();
        process.lose();
      }
    }
    disk.crashAfter(Infinity);
    disk.fail(0);
    for (let rounds = 0; !broker.idle && rounds < 1000; rounds++) {
      if (!process.connected) await process.connect();
      process.receive(100);
      await process.pull();
      broker.read(100);
    }
    await process.pull();
    await process.die();
    return judge(await Deno.readTextFile(path), broker);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** A weir, from its start to its end. */
async function start(path: string, broker: Broker, random: Random) {
  const stop = new AbortController();
  const store = await openDurableStore(path, {
    clientId: "weir",
    url: "mqtt://model",
    log: () => {},
    signal: stop.signal,
  });
  const { session } = store;
  // What the flow carries is the packet itself, so that its serial is at hand.
  const inbox: Inbox<Message> = createInbox();
  const arrived: Publish[] = [];
  const { put } = inbox;
  let packet: Publish | undefined;
  inbox.put = (message, bytes, resume) => {
    arrived.push(packet!);
    put(message, bytes, resume);
  };
  const intake = createIntake(session, inbox, new AbortController().signal);
  let link: Link | undefined;
  let client: ReturnType<typeof createClient> | undefined;

  const lose = () => {
    if (!link) return;
    link.open = false;
    link = undefined;
    client?.close();
  };
  return {
    lose,
    abort: () => stop.abort(),
    get connected() {
      return link?.open ?? false;
    },
    async connect() {
      lose();
      await session.connecting();
      link = { toClient: [], toBroker: [], open: true };
      const mine = link;
      const present = broker.connect(mine);
      // CONNACK may not arrive.
      if (random() < 0.1) return lose();
      client = createClient(mine, broker);
      const taker = intake.taker();
      const acknowledgements = holdAcknowledgements(
        client.mqtt,
        (packet, resume) => taker.onMessage!(packet, resume),
      );
      taker.onConnack!(present, acknowledgements);
      const connection = {
        client: client.mqtt,
        present,
        acknowledgements,
        closed: client.closed,
      } as unknown as Connection;
      const subscribing = subscribeSession(
        connection,
        ["t"],
        session,
      );
      // In the meantime it reads on; a ping needs that, too.
      let over = false;
      subscribing.catch(() => {}).finally(() => over = true);
      while (!over) {
        broker.read(10);
        this.receive(10);
        await new Promise((resolve) => setImmediate(resolve));
      }
      if (random() < 0.1) lose();
      await subscribing.catch(() => {});
    },
    receive(count: number) {
      while (link?.open && count-- > 0 && link.toClient.length > 0) {
        const next = link.toClient.shift()!;
        if (next.cmd === "publish") packet = next;
        client!.receive(next);
      }
    },
    async pull() {
      if (arrived.length === 0) return;
      const batch = (await inbox.take())!;
      const packets = arrived.splice(0, batch.length);
      const rows = packets.map(({ serial }) => `0.000,,${serial},0\r\n`);
      store.addRows(new TextEncoder().encode(rows.join("")), rows.length);
      await intake.passed(batch.length);
    },
    async die() {
      lose();
      stop.abort();
      await store.close();
    },
  };
}

/** What `holdAcknowledgements()` and `subscribe()` need of mqtt.js's client. */
function createClient(link: Link, broker: Broker) {
  const events = new EventEmitter();
  const gone = Promise.withResolvers<Error>();
  const client = Object.assign(events, {
    connected: true,
    options: { customHandleAcks() {} },
    handleMessage(_packet: unknown, _callback: () => void) {},
    _sendPacket(packet: { cmd: string }) {
      events.emit("packetsend", packet);
      if (link.open) link.toBroker.push(packet as never);
    },
    sendPing() {
      this._sendPacket({ cmd: "pingreq" });
    },
    subscribe(
      _topics: string[],
      _options: unknown,
      callback: (error: null, granted: [], packet: unknown) => void,
    ) {
      if (!link.open) return;
      broker.subscribe();
      callback(null, [], { granted: [1] });
    },
  });
  return {
    mqtt: client as unknown as MqttClient,
    closed: gone.promise,
    close() {
      client.connected = false;
      gone.resolve(new Error("gone"));
      events.emit("close");
    },
    receive(packet: { cmd: string }) {
      events.emit("packetreceive", packet);
      // mqtt.js sends its own acknowledgement when it is called back.
      if (packet.cmd !== "publish") return;
      client.handleMessage(
        packet,
        () => client._sendPacket({ cmd: "puback" }),
      );
    },
  };
}

function judge(text: string, broker: Broker): ModelResult {
  const serials = text.split("\r\n").slice(1, -1)
    .map((row) => Number(row.split(",")[2]));
  const seen = new Set(serials);
  const missing = [];
  for (let serial = 0; serial < broker.published; serial++) {
    if (!seen.has(serial) && !broker.lost.has(serial)) missing.push(serial);
  }
  const doubled = serials.filter((serial, at) =>
    at > 0 && serial <= serials[at - 1]
  );
  return {
    published: broker.published,
    excused: broker.lost.size,
    missing,
    doubled,
  };
}
