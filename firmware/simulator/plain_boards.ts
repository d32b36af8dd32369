import { connect, type MqttClient } from "mqtt";
import { sleep } from "../../pipeline/backoff.ts";
import { lux } from "./light.ts";

/** Options of {@linkcode startPlainBoards}. */
export interface PlainBoardsOptions {
  /** How many. They are called `lux-1`, `lux-2`, and so on. */
  count: number;
  /** Where the broker listens: an address without a path. */
  broker: { host: string; port: number; user?: string; password?: string };
  /** Where they publish. */
  topic: string;
  /** Seconds from sample to sample. */
  interval: number;
  /** The quality of service. */
  qos: 0 | 1 | 2;
  /** Switches all of them off. */
  signal: AbortSignal;
  /** Called when all have been connected once. */
  onStarted?: () => void;
}

/** What became of the samples of all. */
export interface PlainBoardsCounts {
  /** Handed to a connection. */
  published: number;
  /** Not published, since there was no connection then. */
  dropped: number;
  /** Published over 50 ms after their time. */
  late: number;
}

/** Of the firmware: `KEEPALIVE`, and how often a board says how it is. */
const KEEPALIVE = 30;
const STATUS_EVERY = 60;

const LATE_MS = 50;

/** So many connect at once: a broker's backlog is short. */
const TOGETHER = 50;

/**
 * Runs boards that are no more than publishers: a thousand of them in one
 * process, for load. They have the topics, will and status of the firmware, and
 * its light, and neither MicroPython nor a memory for samples: without a
 * connection a sample is dropped. Their samples are spread over the interval.
 * Resolves when they are switched off.
 */
export async function startPlainBoards(
  options: PlainBoardsOptions,
): Promise<PlainBoardsCounts> {
  const { count, topic, qos, signal, onStarted } = options;
  const counts = { published: 0, dropped: 0, late: 0 };
  const clients: MqttClient[] = [];
  for (let first = 0; first < count && !signal.aborted; first += TOGETHER) {
    const some = Array.from(
      { length: Math.min(TOGETHER, count - first) },
      (_, index) => switchOn(first + index, options),
    );
    clients.push(...some);
    await Promise.all(some.map((client) => connected(client, signal)));
  }
  if (!signal.aborted) onStarted?.();

  const interval = options.interval * 1000;
  const began = performance.now();
  for (let sample = 0; !signal.aborted; sample++) {
    const index = sample % count;
    const due = began + interval * sample / count;
    const early = due - performance.now();
    if (early > 0) await sleep(early / 1000, signal);
    if (signal.aborted) break;
    if (!clients[index].connected) {
      counts.dropped++;
      continue;
    }
    const now = performance.now();
    if (now - due > LATE_MS) counts.late++;
    counts.published++;
    const seconds = (now - began) / 1000;
    clients[index].publish(topic, sampleOf(index, seconds), { qos }, ignore);
  }
  // Without DISCONNECT, as when the power goes: the broker publishes the will.
  for (const client of clients) client.end(true);
  return counts;
}

/** What a board says of itself, as the firmware does. */
const STATUS = JSON.stringify({
  state: "online",
  reset_cause: "PWRON",
  errors: {},
  buffered: 0,
});

function switchOn(
  index: number,
  { broker, signal }: PlainBoardsOptions,
): MqttClient {
  const id = `lux-${index + 1}`;
  const topic = `weir/${id}/status`;
  const client = connect({
    protocol: "mqtt",
    host: broker.host,
    port: broker.port,
    username: broker.user,
    password: broker.password,
    clientId: `${id}-${(0x70_6c_00_00 + index + 1).toString(16)}`,
    keepalive: KEEPALIVE,
    queueQoSZero: false,
    will: { topic, payload: '{"state": "offline"}', qos: 0, retain: true },
  });
  // It connects again by itself.
  client.on("error", ignore);
  const say = () => {
    if (client.connected) {
      client.publish(topic, STATUS, { retain: true }, ignore);
    }
  };
  client.on("connect", say);
  const saying = setInterval(say, STATUS_EVERY * 1000);
  signal.addEventListener("abort", () => clearInterval(saying));
  return client;
}

/** The event that a board publishes: `%.7g` of a 32-bit float. */
function sampleOf(index: number, seconds: number): string {
  const light = lux(
    { kind: "day", peak: 400 + 300 * (index % 5), seed: index + 1 },
    seconds,
  );
  const val = Number(Math.fround(light).toPrecision(7));
  return `["lux-${index + 1}", ${Math.floor(seconds)}, ${val}]`;
}

/** Resolves when a client is connected for the first time, or is no longer wanted. */
function connected(client: MqttClient, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    client.once("connect", () => resolve());
    signal.addEventListener("abort", () => resolve(), { once: true });
  });
}

/** What cannot be published is counted, or comes with the next connection. */
function ignore() {}
