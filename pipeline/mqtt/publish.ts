import { Buffer } from "node:buffer";
import type { MessageProperties } from "../event.ts";
import { reasonOf, WeirError } from "../error.ts";
import { checkLimits } from "./broker_limits.ts";
import type { ConnectOptions } from "./client_options.ts";
import { connect, disconnect, isLost } from "./connect.ts";
import { isPlain, plainPackets } from "./plain_packets.ts";
import { checkTopic } from "./topic_filter.ts";

/** How long a broker may take over the last messages, in milliseconds. */
const TIMEOUT = 10_000;

/** About so many characters or bytes are written at a time. */
const MAX_WRITE = 1_048_576;

/** What a message holds: text, which goes as UTF-8, or bytes. */
export type Payload = string | Uint8Array;

/** Options of {@linkcode publish}. */
export interface PublishOptions extends ConnectOptions {
  /** The quality of service. Default: 0. */
  qos?: 0 | 1 | 2;
  /** Whether the broker keeps the last one for later subscribers. */
  retain?: boolean;
}

/**
 * Publishes messages on a topic over a connection of their own, one after the
 * other, and resolves with their number when the last is on its way (QoS 0) or
 * acknowledged (QoS 1 and 2).
 *
 * @throws {WeirError} if the connection fails or the broker refuses one.
 *
 * @example
 * ```ts
 * import { broker, publish } from "../mod.ts";
 *
 * await using local = await broker({ port: 0 });
 * await publish(local.url, "sensor-data", ['["lux-1", 624, 284.1312]']);
 * ```
 */
export async function publish(
  url: string,
  topic: string,
  messages: Iterable<Payload> | AsyncIterable<Payload>,
  options: PublishOptions = {},
): Promise<number> {
  checkTopic(topic);
  async function* outgoing() {
    for await (const payload of messages) yield { topic, payload };
  }
  return await publishMessages(url, outgoing(), options);
}

/** A message to publish. What it leaves out is the connection's. */
export interface Outgoing extends Pick<PublishOptions, "qos" | "retain"> {
  /** The topic, without wildcards. */
  topic: string;
  /** What it holds. */
  payload: Payload;
  /** What else is said of it. For MQTT 5; a broker of 3.1.1 does not get it. */
  properties?: MessageProperties;
}

/**
 * Publishes messages, each on its own topic, in the same way as
 * {@linkcode publish}.
 *
 * @throws {WeirError} if the connection fails or the broker refuses one.
 *
 * @example
 * ```ts
 * import { broker, publishMessages } from "../mod.ts";
 *
 * await using local = await broker({ port: 0 });
 * async function* messages() {
 *   yield { topic: "lab/door", payload: "open", retain: true };
 * }
 * if (await publishMessages(local.url, messages()) !== 1) throw new Error();
 * ```
 */
export async function publishMessages(
  url: string,
  messages: AsyncIterable<Outgoing>,
  options: PublishOptions = {},
): Promise<number> {
  async function* single() {
    for await (const message of messages) yield [message];
  }
  return await publishBatches(url, single(), options);
}

/** Publishes batches of messages, in the same way as `publishMessages()`. */
export async function publishBatches(
  url: string,
  batches: AsyncIterable<readonly Outgoing[]>,
  options: PublishOptions,
): Promise<number> {
  const connection = await connect(url, options);
  let gone: WeirError | undefined;
  let current: PromiseWithResolvers<void> | undefined;
  // One handler for all messages: a race for each would keep something of each.
  connection.closed.then((error) => {
    gone = new WeirError(
      "ERR_WEIR_CONNECTION_LOST",
      `The connection is gone: ${reasonOf(error)}`,
    );
    current?.reject(gone);
  });
  const { client, version, limits } = connection;
  const limited = Object.values(limits).some((limit) => limit !== undefined);
  /** Waits for a callback without an error, or until the connection is gone. */
  const sent = async (send: (done: (error?: Error | null) => void) => void) => {
    if (gone) throw gone;
    current = Promise.withResolvers();
    const { promise, resolve, reject } = current;
    send((error) => {
      if (!error) resolve();
      // Otherwise the connection says why it is gone.
      else if (!isLost(connection, error)) reject(refused(error));
    });
    await promise;
  };
  const publishOne = (message: Outgoing) =>
    sent((done) => {
      const { topic, payload, ...rest } = toPacket(message);
      client.publish(topic, payload, rest, done);
    });
  // A copy of each message would cost more than its packet.
  const hasDefaults = options.qos !== undefined || options.retain !== undefined;
  const complete = (message: Outgoing): Outgoing => ({
    ...message,
    qos: message.qos ?? options.qos,
    retain: message.retain ?? options.retain,
  });
  let published = 0;
  /** The last packets: they are on their way while the next ones are made. */
  let writing = Promise.resolve();
  try {
    for await (const batch of batches) {
      const messages = hasDefaults ? batch.map(complete) : batch;
      if (limited) {
        for (const message of messages) {
          const checked = checkLimits(toPacket(message), limits);
          if (checked) await checked;
        }
      }
      for (let at = 0; at < messages.length;) {
        let end = at;
        for (
          let room = MAX_WRITE;
          end < messages.length && room > 0 && isPlain(messages[end]);
        ) room -= messages[end++].payload.length;
        const plain = messages.slice(at, end);
        if (plain.length > 1) {
          const packets = plainPackets(plain, version);
          await writing;
          writing = sent((done) => client.stream.write(packets, done));
          // It is awaited later, and until then nobody handles its error.
          writing.catch(() => {});
          at += plain.length;
          published += plain.length;
        } else {
          await writing;
          await publishOne(messages[at++]);
          published++;
        }
      }
    }
    await writing;
  } catch (error) {
    await disconnect(connection);
    throw error;
  }
  // At QoS 0 the last ones may still be on their way.
  if (!await disconnect(connection, TIMEOUT)) {
    throw new WeirError(
      "ERR_WEIR_NOT_PUBLISHED",
      "The broker did not take all messages in time.",
    );
  }
  return published;
}

/** A message as mqtt.js takes it. */
function toPacket(
  { topic, payload, qos = 0, retain = false, properties }: Outgoing,
) {
  const { correlationData: data, ...rest } = properties ?? {};
  return {
    topic,
    payload: typeof payload === "string" ? payload : Buffer.from(payload),
    qos,
    retain,
    properties: properties && {
      ...rest,
      ...data ? { correlationData: Buffer.from(data) } : {},
    },
  };
}

function refused({ message }: Error): WeirError {
  const reason = message.replace(/^(Publish error: )+/, "");
  return new WeirError(
    "ERR_WEIR_NOT_PUBLISHED",
    `The broker refused the message: ${reason}`,
  );
}
