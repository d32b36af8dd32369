import { WeirError } from "../error.ts";
import { escape } from "../escape.ts";
import { answered } from "./answered.ts";
import { type Connection, isLost } from "./connect.ts";
import { type DurableSession, SessionError } from "./session.ts";

/**
 * Subscribes to topics and resolves with the least QoS that was granted. With
 * MQTT 5 the broker is told when to send what it has retained: always (0), if the
 * subscription is new (1), or never (2; retain handling, section 3.8.3.1).
 *
 * @throws {WeirError} if the broker refuses a topic, or it is none.
 */
export async function subscribe(
  connection: Connection,
  topics: string[],
  qos: 0 | 1 | 2,
  rh: 0 | 1 | 2 = 0,
): Promise<0 | 1 | 2> {
  // The client calls back with the packet even if it holds an error.
  const answer = new Promise<{ error: Error | null; codes: number[] }>(
    (resolve) =>
      connection.client.subscribe(
        topics,
        { qos, rh },
        (error, _granted, packet) =>
          resolve({ error, codes: (packet?.granted ?? []) as number[] }),
      ),
  );
  const { error, codes } = await answered(
    connection,
    "a subscription",
    answer,
  );

  const refused = topics.filter((_, index) => codes[index] >= 0x80);
  if (refused.length > 0) {
    throw new WeirError(
      "ERR_WEIR_SUBSCRIPTION",
      `The broker refused the subscription to ${
        refused.map(escape).join(", ")
      }. Does this user have the right to read it?`,
    );
  }
  if (error && isLost(connection, error)) throw await connection.closed;
  if (error) {
    throw new WeirError(
      "ERR_WEIR_SUBSCRIPTION",
      `Cannot subscribe: ${error.message}`,
    );
  }
  return Math.min(...codes) as 0 | 1 | 2;
}

/**
 * Subscribes a durable session, if that is needed: to subscribe again would
 * bring retained messages again. Resolves with the QoS, which is 1.
 *
 * @throws {SessionError} if the broker grants less.
 * @throws {WeirError} if the broker refuses a topic.
 */
export async function subscribeSession(
  connection: Connection,
  topics: string[],
  session: DurableSession,
): Promise<1> {
  const { client, present, acknowledgements, closed } = connection;
  const { topics: before, sure } = await session.subscription.resume();
  const known = present ? before : [];
  const missing = topics.filter((topic) => !known.includes(topic));
  const surplus = known.filter((topic) => !topics.includes(topic));
  if (sure && missing.length === 0 && surplus.length === 0) return 1;

  if (!sure) {
    // Nobody knows whether this session is the one that was left. If it is, what
    // it sends again has come when the ping is answered; if not, it has nothing,
    // until it is subscribed: what was known is forgotten before that.
    const positions = await acknowledgements!.confirm();
    if (!positions) throw await closed;
    session.deliveries.confirmed(positions);
    await session.deliveries.end();
  }
  if (surplus.length > 0) {
    const unsubscribed = client.unsubscribeAsync([...surplus]);
    await answered(connection, "the end of a subscription", unsubscribed);
  }
  const granted = await subscribe(connection, topics, 1, present ? 1 : 0);
  if (granted < 1) {
    throw new SessionError(
      "ERR_WEIR_NOT_GRANTED",
      "The broker grants QoS 0 only, so it keeps nothing for a disconnected client. A durable recording needs QoS 1.",
    );
  }
  await session.subscription.subscribed(topics);
  return 1;
}
