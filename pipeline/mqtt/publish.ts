import { Buffer } from "node:buffer";
import { reasonOf, WeirError } from "../error.ts";
import type { ConnectOptions } from "./client_options.ts";
import { connect, disconnect, isLost } from "./connect.ts";
import { checkTopic } from "./topic_filter.ts";

/** How long a broker may take over the last messages, in milliseconds. */
const TIMEOUT = 10_000;

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
  const { qos = 0, retain = false } = options;
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
  let published = 0;
  try {
    for await (const message of messages) {
      if (gone) throw gone;
      current = Promise.withResolvers();
      const { promise, resolve, reject } = current;
      const payload = typeof message === "string"
        ? message
        : Buffer.from(message);
      connection.client.publish(
        topic,
        payload,
        { qos, retain },
        (error) => {
          if (!error) resolve();
          // Otherwise the connection says why it is gone.
          else if (!isLost(connection, error)) reject(refused(error));
        },
      );
      await promise;
      published++;
    }
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

function refused({ message }: Error): WeirError {
  const reason = message.replace(/^(Publish error: )+/, "");
  return new WeirError(
    "ERR_WEIR_NOT_PUBLISHED",
    `The broker refused the message: ${reason}`,
  );
}
