import type { IPublishPacket } from "mqtt";
import { WeirError } from "../error.ts";
import type { Message } from "../event.ts";
import type { Flow } from "../flow.ts";
import {
  connect,
  type Connection,
  type ConnectOptions,
  disconnect,
} from "./connect.ts";
import { createInbox, type Inbox } from "./inbox.ts";
import { backoff, sleep } from "./retry.ts";
import type { BrokerStatus } from "./status.ts";
import { subscribe } from "./subscribe.ts";
import { toMessage } from "./to_message.ts";
import { checkTopicFilter } from "./topic.ts";
import { readBrokerUrl } from "./url.ts";
import { Refused } from "./why.ts";

/** Options of {@linkcode mqtt}. */
export interface MqttOptions extends ConnectOptions {
  /** The quality of service to ask for. Default: 0. */
  qos?: 0 | 1 | 2;
  /** Ends the flow: what was taken in still flows through to the end. */
  signal?: AbortSignal;
  /** Whether to go on trying where the first connection fails. */
  wait?: boolean;
  /** Is told how it stands with the broker. */
  onStatus?: (status: BrokerStatus) => void;
}

/**
 * Subscribes to topics of a broker; the flow is what it delivers, until
 * `signal` ends it. Wildcards work as in MQTT.
 *
 * A connection that is lost is made anew after 1 s, then 2 s, 4 s … up to 30 s,
 * each with some jitter, and the topics are subscribed to again; the broker then
 * sends its retained messages again, too (see `withoutRepeats()`).
 *
 * Whoever pulls slowly slows the socket; the memory used is bounded. What a
 * broker drops for it at QoS 0 nobody can count.
 *
 * @param url `mqtt://host`, `mqtts://`, `ws://` or `wss://`; see
 * {@linkcode ConnectOptions} for who to be there.
 * @throws {WeirError} where the first connection fails, or the broker refuses a
 * topic.
 *
 * @example
 * ```ts
 * import { broker, mqtt, parse, pipe, publish, take } from "../mod.ts";
 *
 * await using local = await broker({ port: 0 });
 * const events = pipe(
 *   mqtt(local.url, "sensor-data", {
 *     onStatus: async ({ state }) => {
 *       if (state !== "connected") return;
 *       await publish(local.url, "sensor-data", ['["lux-1", 624, 284.1312]']);
 *     },
 *   }),
 *   parse(),
 *   take(1),
 * );
 * for await (const [event] of events) {
 *   if (event.val !== 284.1312) throw event;
 * }
 * ```
 */
export async function* mqtt(
  url: string,
  topics: string | readonly string[],
  options: MqttOptions = {},
): Flow<Message> {
  const stop = new AbortController();
  const signal = options.signal
    ? AbortSignal.any([stop.signal, options.signal])
    : stop.signal;
  const inbox = createInbox<Message>();
  const running = stayConnected(url, [topics].flat(), options, inbox, signal)
    .then(() => inbox.end(), (error) => inbox.end(error));
  try {
    for (let batch; (batch = await inbox.take());) yield batch;
  } finally {
    stop.abort();
    await running;
  }
}

/** A connection that held for so many milliseconds is as good as any. */
const STEADY = 30_000;

/** Connects and subscribes, again and again, until the signal. */
async function stayConnected(
  url: string,
  topics: string[],
  options: MqttOptions,
  inbox: Inbox<Message>,
  signal: AbortSignal,
): Promise<void> {
  const { qos = 0, wait = false, onStatus = () => {} } = options;
  let { version } = options;
  let connections = 0;
  let failures = 0;
  const { href } = readBrokerUrl(url);
  topics.forEach(checkTopicFilter);
  onStatus({ state: "connecting" });

  while (!signal.aborted) {
    let heard = performance.now();
    const onMessage = (packet: IPublishPacket, resume: () => void) => {
      // Not taken in, so not acknowledged: the broker keeps it for this id.
      if (signal.aborted) return;
      heard = performance.now();
      inbox.put(
        toMessage(packet, Date.now() / 1000),
        packet.payload.length + packet.topic.length,
        resume,
      );
    };
    let reason: Error;
    let connection: Connection | undefined;
    const leave = () => connection && void disconnect(connection);
    try {
      connection = await connect(url, { ...options, version }, {
        signal,
        onMessage,
        // The answer to a ping waits in line behind what nobody takes in.
        isHeld: (ms) => inbox.full || performance.now() - heard < ms,
      });
      version = connection.version;
      signal.addEventListener("abort", leave);
      const granted = await subscribe(connection, topics, qos);
      const since = performance.now();
      onStatus({
        state: "connected",
        version: version === 5 ? "5" : "3.1.1",
        qos: granted,
        reconnects: connections++,
      });
      if (signal.aborted) leave();
      reason = await connection.closed;
      // Two clients with one id throw each other off, over and over.
      if (performance.now() - since > STEADY) failures = 0;
    } catch (error) {
      const refused = error instanceof Refused;
      if (connections === 0 && !signal.aborted && (refused || !wait)) {
        throw error;
      }
      reason = error as Error;
    } finally {
      signal.removeEventListener("abort", leave);
      // Whatever happened, never two connections: each would bring every
      // message.
      if (connection) await disconnect(connection);
    }
    if (signal.aborted) return;
    if (reason instanceof Refused && reason.takenOver) throw reason;
    const delay = backoff(failures++);
    onStatus({
      state: "reconnecting",
      reason: reason instanceof WeirError
        ? reason.message
        : `Lost the connection to ${href}: ${reason.message}`,
      refused: reason instanceof Refused,
      delay,
    });
    await sleep(delay, signal);
  }
}
