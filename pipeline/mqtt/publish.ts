import { WeirError } from "../error.ts";
import { connect, type ConnectOptions, disconnect } from "./connect.ts";
import { checkTopic } from "./topic.ts";

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
 * @throws {WeirError} where the connection fails or the broker refuses one.
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
  messages: Iterable<string> | AsyncIterable<string>,
  options: PublishOptions = {},
): Promise<number> {
  checkTopic(topic);
  const { qos = 0, retain = false } = options;
  const connection = await connect(url, options);
  const gone = connection.closed.then((error) => {
    throw new WeirError(`The connection is gone: ${error.message}`);
  });
  gone.catch(() => {});
  let published = 0;
  try {
    for await (const message of messages) {
      await Promise.race([
        connection.client.publishAsync(topic, message, { qos, retain }),
        gone,
      ]);
      published++;
    }
  } catch (error) {
    if (error instanceof WeirError) throw error;
    const { message } = error as Error;
    throw new WeirError(`The broker refused the message: ${message}`);
  } finally {
    await disconnect(connection);
  }
  return published;
}
