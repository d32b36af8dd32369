import { WeirError } from "../error.ts";
import { escape } from "../text.ts";
import type { Connection } from "./connect.ts";

/** How long a broker may take to answer, in milliseconds. */
const TIMEOUT = 10_000;

/**
 * Subscribes to topics and resolves with the least QoS that was granted.
 *
 * @throws {WeirError} where the broker refuses a topic, or it is none.
 *
 * @example
 * ```ts
 * import { broker } from "../mod.ts";
 * import { connect, disconnect } from "./connect.ts";
 * import { subscribe } from "./subscribe.ts";
 *
 * await using local = await broker({ port: 0 });
 * const connection = await connect(local.url);
 * const qos = await subscribe(connection, ["sensors/#"], 1);
 * if (qos !== 1) throw qos;
 * await disconnect(connection);
 * ```
 */
export async function subscribe(
  { client, closed }: Connection,
  topics: string[],
  qos: 0 | 1 | 2,
): Promise<0 | 1 | 2> {
  // The client calls back with the packet even where it holds an error.
  const answer = new Promise<{ error: Error | null; codes: number[] }>(
    (resolve) =>
      client.subscribe(
        topics,
        { qos },
        (error, _granted, packet) =>
          resolve({ error, codes: (packet?.granted ?? []) as number[] }),
      ),
  );
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => reject(new WeirError("The broker does not answer a subscription.")),
    TIMEOUT,
  );
  const gone = closed.then((error) => Promise.reject(error));
  gone.catch(() => {});
  const { error, codes } = await Promise.race([answer, gone, late])
    .finally(() => clearTimeout(timer));

  const refused = topics.filter((_, index) => codes[index] >= 0x80);
  if (refused.length > 0) {
    throw new WeirError(
      `The broker refused the subscription to ${
        refused.map(escape).join(", ")
      }. Does this user have the right to read it?`,
    );
  }
  if (error) throw new WeirError(`Cannot subscribe: ${error.message}`);
  return Math.min(...codes) as 0 | 1 | 2;
}
