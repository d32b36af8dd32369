import { EventEmitter } from "node:events";
import type { MqttClient } from "mqtt";
import { type Message, WeirError } from "../../pipeline/mod.ts";
import { holdAcknowledgements } from "../../pipeline/mqtt/acknowledge.ts";
import type { Connection } from "../../pipeline/mqtt/connect.ts";
import { toMessage } from "../../pipeline/mqtt/to_message.ts";
import { createInbox, type Inbox } from "../../pipeline/mqtt/next_batch.ts";
import { createIntake } from "../../pipeline/mqtt/intake.ts";
import type { DurableSession } from "../../pipeline/mqtt/session.ts";
import { subscribeSession } from "../../pipeline/mqtt/subscribe.ts";
import { startBranch } from "../../pipeline/branch.ts";
import {
  type DurableOptions,
  openDurableStore,
} from "../../pipeline/durable/durable_store.ts";
import { openSession } from "../../pipeline/durable/open_session.ts";
import { readLedger } from "../../pipeline/durable/ledger.ts";
import { findRecordings } from "../../pipeline/recording/find_recordings.ts";
import { readEvents } from "../../pipeline/recording/read_events.ts";
import { replay } from "../../pipeline/durable/ledger_state.ts";
import {
  createLink,
  createModelBroker,
  type Link,
  type Packet,
  type Publish,
} from "./broker.ts";
import { createFaultyDisk, type FaultyDisk } from "./disk.ts";
import { createRandom, type Random } from "./random.ts";

/** What a run came to. */
export interface ModelResult {
  /** How the broker sends again. */
  kind: Broker["kind"];
  /** How many messages were published. */
  published: number;
  /** How many were lost with a session; they may be recorded or not. */
  excused: number;
  /** The serials that are not in the recording and have no excuse. */
  missing: number[];
  /** The serials that are in it more than once, or out of order. */
  doubled: number[];
  /** How many messages are possibly doubled, as the ledger says. */
  possiblyDoubled: number;
  /** What MQTT forbids, and weir did. */
  violations: string[];
}

type Broker = ReturnType<typeof createModelBroker>;

/**
 * Runs weir's own code (redelivery, ledger, files, acknowledgements) against a
 * model of a broker, with faults at random: lost connections, kills, losses of
 * power, a disk that fails, sessions that expire. Even seeds record to a database
 * that keeps the position with its rows, the others to a CSV, or to many of them.
 */
export async function runModel(
  seed: number,
  faults: number,
): Promise<ModelResult> {
  const random = createRandom(seed);
  const broker = createModelBroker(random);
  // Some brokers forget sessions all the time.
  const forgetful = random() < 0.5 ? 0.25 : 0.03;
  const folder = await Deno.makeTempDir({ prefix: "weir-model-" });
  const path = `${folder}/test.csv`;
  using disk = createFaultyDisk(random);
  const { now } = performance;
  let passed = 0;
  performance.now = () => now.call(performance) + passed;
  const database = { serials: [] as number[], position: 0 };
  const kind = (["database", "csv", "database", "rotating"] as const)[seed % 4];
  const files = kind === "rotating" ? rotating(folder, random) : {};
  const open = {
    csv: (signal: AbortSignal) => openCsv(path, signal, files),
    rotating: (signal: AbortSignal) => openCsv(path, signal, files),
    database: (signal: AbortSignal) =>
      openDatabase(path, signal, database, disk),
  };
  const openSink = open[kind];
  let possiblyDoubled = 0;
  const start = () =>
    startWeir(openSink, broker, random, () => possiblyDoubled++);
  /** Time passes, and what is late comes. */
  const wait = () => {
    passed += 31_000;
    broker.wait(31_000);
  };
  try {
    let process = await start();
    const work = async () => {
      while (!process.connected) await process.connect();
      process.receive(100);
      await process.pull();
      broker.read(100);
    };
    // Nobody can tell the first message that is equal to another from that one:
    // it comes before all faults.
    await work();
    broker.publish(30);
    for (let rounds = 0; rounds < 10; rounds++) await work();
    const restart = async (power: boolean) => {
      await process.die();
      disk.revive(folder, power);
      for (let tries = 0;; tries++) {
        // The next start may meet the same fate.
        if (tries < 3 && random() < 0.2) disk.crashAfter(random.below(12));
        try {
          process = await start();
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
        if (random() < 0.1) wait();
        if (random() < 0.1) broker.loseNode();
      }
      // Who could not connect is rather killed than cut off.
      const dice = process.connected || random() < 0.5 ? random() : 0.5;
      if (dice < 0.35) {
        met++;
        process.receive(random.below(10));
        broker.cut();
        process.lose();
      } else if (dice < 0.6) {
        met++;
        if (random() < 0.6) {
          disk.crashAfter(random.below(10), process.abort);
          await Promise.allSettled([process.pull(), process.connect()]);
        }
        disk.crashAfter(0);
        if (random() < 3 * forgetful) broker.forget();
        else broker.cut();
        await restart(random() < 0.5);
      } else if (dice < 0.7) {
        met++;
        disk.fail(1 + random.below(4));
        await process.pull();
      } else if (dice < 0.7 + forgetful) {
        met++;
        broker.forget();
        process.lose();
      }
    }
    disk.crashAfter(Infinity);
    disk.fail(0);
    for (let rounds = 0; !broker.idle && rounds < 1000; rounds++) {
      await work();
      if (rounds % 10 === 9) wait();
    }
    // What is acknowledged and confirmed is forgotten, and what does not come again
    // in time.
    for (let rounds = 0; rounds < 25; rounds++) {
      wait();
      if (rounds % 5 === 0) broker.publish(1);
      await work();
    }
    await process.die();
    const ledger = await readLedger(`${folder}/weir@test.csv.ledger`);
    if (!broker.idle) broker.violations.push("messages left at the broker");
    const { identities, doubled: { count } } = replay(ledger.entries);
    if (identities.length > 0) {
      broker.violations.push("identities that are never forgotten");
    }
    if (count > possiblyDoubled) {
      broker.violations.push(`${count} of ${possiblyDoubled} in doubt`);
    }
    const serials = kind === "database"
      ? [database.serials]
      : await readRecordings(folder, kind);
    return {
      ...judge(serials, broker),
      kind: broker.kind,
      possiblyDoubled: count,
    };
  } finally {
    performance.now = now;
    await Deno.remove(folder, { recursive: true });
  }
}

/** Runs the model, and says what was wrong, if anything was. */
export async function findFault(
  seed: number,
  faults: number,
): Promise<string | undefined> {
  const fault = faultOf(await runModel(seed, faults));
  return fault && `seed ${seed}: ${fault}`;
}

/** What was wrong in a run, if anything was. */
export function faultOf(result: ModelResult): string | undefined {
  const { kind, missing, doubled, possiblyDoubled, violations } = result;
  // A message is doubled only if weir says that it may be, and it says so only if
  // messages are alike, of a broker that sets DUP, or if that loses nodes.
  const doubtful = kind.cluster || kind.alike !== "none" && kind.dup;
  const allowed = doubtful ? possiblyDoubled : 0;
  const wrong = [
    missing.length > 0 && `${missing.length} lost`,
    doubled.length > allowed && `${doubled.length} doubled of ${allowed}`,
    !doubtful && possiblyDoubled > 0 && `${possiblyDoubled} in doubt`,
    ...violations.slice(0, 3),
  ].filter((text) => text);
  if (wrong.length === 0) return undefined;
  return `${wrong.join(", ")} (${JSON.stringify(kind)})`;
}

/** A session, and the sink beside it. */
interface Sink {
  session: DurableSession;
  add(serials: number[]): Promise<void>;
  close(): PromiseLike<void>;
}

const OPTIONS = { clientId: "weir", url: "mqtt://model", log: () => {} };

async function openCsv(
  path: string,
  signal: AbortSignal,
  files: Partial<DurableOptions>,
): Promise<Sink> {
  const store = await openDurableStore(path, { ...OPTIONS, ...files, signal });
  return {
    session: store.session,
    add(serials) {
      store.addEvents(
        serials.map((serial) => ({
          sensor_id: `${serial}`,
          ts: serial,
          val: 0,
        })),
      );
      return Promise.resolve();
    },
    close: store.close,
  };
}

async function openDatabase(
  path: string,
  signal: AbortSignal,
  database: { serials: number[]; position: number },
  disk: FaultyDisk,
): Promise<Sink> {
  const committed = database.position;
  const session = await openSession(path, { ...OPTIONS, signal, committed });
  const branch = startBranch(
    session.collect<number>(async ({ items, position }) => {
      await Promise.resolve();
      if (disk.crashed) throw new Error("killed");
      database.serials.push(...items);
      database.position = position;
    }),
  );
  return { session, add: branch.push, close: session[Symbol.asyncDispose] };
}

/** A weir, from its start to its end. */
async function startWeir(
  openSink: (signal: AbortSignal) => Promise<Sink>,
  broker: Broker,
  random: Random,
  onDoubt: () => void,
) {
  const stop = new AbortController();
  const sink = await openSink(stop.signal);
  const { session } = sink;
  const { take } = session.deliveries;
  session.deliveries.take = (message, id) => {
    const taken = take(message, id);
    if (taken.possiblyDoubled) onDoubt();
    return taken;
  };
  // What the flow carries is the packet itself, so that its serial is at hand.
  const inbox: Inbox<Message> = createInbox();
  const arrived: Publish[] = [];
  const { put } = inbox;
  /** The packets by their payloads, which messages share with them. */
  const packets = new WeakMap<Uint8Array, Publish>();
  /** Now and then the inbox is full, until it is pulled. */
  let full: (() => void)[] = [];
  inbox.put = (messages, bytes) => {
    arrived.push(...messages.map(({ payload }) => packets.get(payload)!));
    const waiting = put(messages, bytes);
    if (random() >= 0.1) return waiting;
    return new Promise((resolve) => full.push(resolve));
  };
  const intake = createIntake(session, inbox, new AbortController().signal);
  let link: Link | undefined;
  let client: ReturnType<typeof createClient> | undefined;
  let pulling: Promise<void> | undefined;

  const pull = async () => {
    if (arrived.length === 0) return;
    const batch = (await inbox.take())!;
    const taken = arrived.splice(0, batch.length);
    const waiting = full;
    full = [];
    for (const resume of waiting) resume();
    await intake.handing(batch.length);
    await sink.add(taken.map(({ serial }) => serial));
    await intake.passed(batch.length);
  };
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
      await session.subscription.connecting();
      const mine = link = createLink();
      const present = broker.connect(mine);
      // CONNACK may not arrive; the session is there all the same.
      if (random() < (present ? 0.1 : 0.4)) return lose();
      const taker = intake.taker();
      client = createClient(mine, broker, random, (read) => {
        read.forEach((packet) =>
          packets.set(packet.payload as Uint8Array, packet)
        );
        return taker.onMessages!(
          read.map((packet) => toMessage(packet, 0)),
          read.map(({ messageId }) => messageId),
        );
      });
      const acknowledgements = holdAcknowledgements(
        client.mqtt,
        (next, resume) => {
          packets.set(next.payload as Uint8Array, next as Publish);
          taker.onMessage!(next, resume);
        },
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
      const subscribed = subscribing.then(() => true, () => false)
        .finally(() => over = true);
      while (!over) {
        broker.read(10);
        this.receive(10);
        await this.pull();
        await new Promise((resolve) => setImmediate(resolve));
      }
      if (!await subscribed || random() < 0.1) lose();
      else if (mine.open) broker.claim();
    },
    receive(count: number) {
      while (link?.open && count-- > 0 && link.toClient.length > 0) {
        client!.receive(link.toClient.shift()!);
      }
    },
    pull: () => pulling ??= pull().finally(() => pulling = undefined),
    async die() {
      lose();
      stop.abort();
      await sink.close();
    },
  };
}

/**
 * What `holdAcknowledgements()` and `subscribe()` need of mqtt.js's client. As
 * that does, it hands out what it has read also when the connection is gone.
 */
function createClient(
  link: Link,
  broker: Broker,
  random: Random,
  lane: (read: Publish[]) => Promise<void> | undefined,
) {
  const events = new EventEmitter();
  const gone = Promise.withResolvers<Error>();
  const read: Packet[] = [];
  let busy = false;
  const send = (packet: Packet) => {
    if (!client.connected) {
      broker.violations.push(`${packet.cmd} kept for another connection`);
    }
    events.emit("packetsend", packet);
    if (link.open) link.toBroker.push(packet);
  };
  const client = Object.assign(events, {
    connected: true,
    options: { customHandleAcks() {} },
    handleMessage(_packet: unknown, _callback: () => void) {},
    _sendPacket: send,
    stream: {
      write(bytes: Uint8Array) {
        for (let at = 0; at < bytes.length; at += 4) {
          const messageId = bytes[at + 2] << 8 | bytes[at + 3];
          send({ cmd: "puback", messageId });
        }
      },
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
  const handOut = () => {
    while (!busy && read.length > 0) {
      // Some go by the lane, several at once.
      const easy = random() < 0.5 ? 1 + random.below(6) : 0;
      const other = read.findIndex(({ cmd }) => cmd !== "publish");
      const count = Math.min(easy, other < 0 ? read.length : other);
      if (count > 0) {
        busy = true;
        const full = lane(read.splice(0, count) as Publish[]);
        const goOn = () => {
          busy = false;
          handOut();
        };
        if (full) full.then(goOn);
        else busy = false;
        continue;
      }
      const packet = read.shift()!;
      events.emit("packetreceive", packet);
      if (packet.cmd !== "publish") continue;
      busy = true;
      client.handleMessage(packet, () => {
        // mqtt.js sends its own acknowledgement when it is called back.
        client._sendPacket({ cmd: "puback" } as Packet);
        busy = false;
        handOut();
      });
    }
  };
  return {
    mqtt: client as unknown as MqttClient,
    closed: gone.promise,
    close() {
      client.connected = false;
      gone.resolve(new Error("gone"));
      events.emit("close");
    },
    receive(packet: Packet) {
      read.push(packet);
      handOut();
    },
  };
}

/**
 * A file for so many messages, some of them late: with a bound of its size,
 * compressed, or with more than can be open.
 */
function rotating(folder: string, random: Random): Partial<DurableOptions> {
  const many = random() < 0.2;
  return {
    pathOf: (serial) => {
      const late = serial % 7 === 0 ? 100 : 0;
      const name = many ? serial % 90 : Math.floor((serial - late) / 40);
      return `${folder}/${name % 5}/${name}.csv`;
    },
    maxSize: random() < 0.5 ? 300 : undefined,
    gzip: random() < 0.5,
  };
}

/** The serials in each file. */
async function readRecordings(
  folder: string,
  kind: "csv" | "rotating",
): Promise<number[][]> {
  const found: number[][] = [];
  const recovered = [...Deno.readDirSync(folder)]
    .filter(({ name }) => name.endsWith(".recovered"));
  // Nobody has changed a file.
  if (recovered.length > 0) throw new Error(recovered[0].name);
  const pattern = kind === "csv" ? "*.csv*" : "*/*.csv*";
  for (const path of await findRecordings([`${folder}/${pattern}`])) {
    const serials: number[] = [];
    try {
      for await (const events of readEvents(path)) {
        serials.push(...events.map(({ sensor_id }) => Number(sensor_id)));
      }
    } catch (error) {
      // What cannot be read is missing.
      if (!(error instanceof WeirError)) throw error;
    }
    found.push(serials);
  }
  return found;
}

function judge(
  files: number[][],
  broker: Broker,
): Omit<ModelResult, "kind" | "possiblyDoubled"> {
  const { published, lost, violations, kind, payloads } = broker;
  const serials = files.flat();
  const excused = lost.size;
  // Of messages that are alike nothing tells which one a broker sends again.
  if (kind.alike !== "none" && kind.ids === "from 1") {
    const missing = [];
    const doubled = [];
    for (const payload of new Set(payloads)) {
      const alike = [...payloads.keys()]
        .filter((serial) => payloads[serial] === payload);
      const there = serials.filter((serial) => payloads[serial] === payload);
      const due = alike.filter((serial) => !lost.has(serial));
      missing.push(...due.slice(there.length));
      doubled.push(...there.slice(alike.length));
    }
    return { published, excused, missing, doubled, violations };
  }
  const seen = new Set(serials);
  const missing = [];
  for (let serial = 0; serial < published; serial++) {
    if (!seen.has(serial) && !lost.has(serial)) missing.push(serial);
  }
  const before = new Set<number>();
  const doubled = files.flatMap((serials) =>
    serials.filter((serial, at) => {
      const again = before.has(serial);
      before.add(serial);
      return again || !kind.late && at > 0 && serial < serials[at - 1];
    })
  );
  return { published, excused, missing, doubled, violations };
}
