import { WeirError } from "../error.ts";
import type { Message } from "../event.ts";
import type { Flow } from "../flow.ts";
import { keepingAll } from "../marks.ts";
import type { ConnectOptions } from "./client_options.ts";
import { connect, type Connection, disconnect } from "./connect.ts";
import { createInbox } from "./next_batch.ts";
import { createIntake, type Intake } from "./intake.ts";
import { backoffInTurn, sleep } from "../backoff.ts";
import { type DurableSession, SessionError } from "./session.ts";
import type { BrokerStatus } from "./broker_status.ts";
import { subscribe, subscribeSession } from "./subscribe.ts";
import { checkTopicFilter } from "./topic_filter.ts";
import { readBrokerUrl } from "./broker_url.ts";
import { connectionLost, isTakenOver } from "./connection_errors.ts";

/** Options of {@linkcode mqtt}. */
export interface MqttOptions extends ConnectOptions {
  /** The quality of service to ask for. Default: 0. */
  qos?: 0 | 1 | 2;
  /**
   * Topics that are nice to have: subscribed to at QoS 0, without their retained
   * messages if the broker can, after the others. A broker may refuse them.
   */
  besides?: readonly string[];
  /** Ends the flow: what was taken in still flows through to the end. */
  signal?: AbortSignal;
  /** Whether to keep trying if the first connection fails. */
  wait?: boolean;
  /**
   * Keeps the messages across connections and crashes, at QoS 1; see
   * `openSession()` and `openDurable()`. Without it each connection is a clean
   * session, also with `qos: 1` and a `clientId`: what is published between two
   * connections, or two runs, is lost.
   */
  session?: DurableSession;
  /** Is called with the number of messages at QoS 1 and 2 acknowledged since the last call. */
  onAcknowledged?: (count: number) => void;
  /**
   * Is called with the number of messages that had waited at the broker while
   * nobody was connected under the session's client id, when they have come. Their
   * `received` is the time of their delivery. A few that were published just after
   * may be among them.
   */
  onWaited?: (count: number) => void;
  /** Is called with each change of the connection. An error that it throws ends the flow. */
  onStatus?: (status: BrokerStatus) => void;
}

/**
 * Subscribes to topics of a broker; the flow is what it delivers, until
 * `signal` ends it. Wildcards work as in MQTT.
 *
 * A connection that is lost is made again after 1 s, then 2 s, 4 s … up to 30 s,
 * each with some jitter, and the topics are subscribed to again; the broker then
 * also sends its retained messages again (see `withoutRepeats()`).
 *
 * A message at QoS 1 or 2 is acknowledged when the flow is pulled again. Whoever
 * pulls slowly slows the socket; memory is bounded. What a broker drops for it
 * at QoS 0 is not counted.
 *
 * @param url `mqtt://host`, `mqtts://`, `ws://` or `wss://`; see
 * {@linkcode ConnectOptions} for the login. Of a broker with several addresses, the
 * nodes of a cluster, all: the next one is tried when one fails.
 * @throws {WeirError} if the first connection fails, the broker refuses a topic,
 * or another process of this host has the session (`ERR_WEIR_ID_IN_USE`).
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
export function mqtt(
  url: string | readonly string[],
  topics: string | readonly string[],
  options: MqttOptions = {},
): Flow<Message> {
  const leave = new AbortController();
  const messages = receive([url].flat(), [topics].flat(), options, leave);
  const iterator: AsyncIterator<readonly Message[]> = {
    next: () => messages.next(),
    // A generator that waits for a message would return only when it has one.
    return() {
      leave.abort();
      return messages.return(undefined);
    },
  };
  const flow = { [Symbol.asyncIterator]: () => iterator };
  return options.session ? keepingAll(flow) : flow;
}

/** Sessions that are in a flow, or have been. */
const used = new WeakSet<DurableSession>();

/** Refuses a session whose messages another flow has taken in. */
function refuseUsed(session: DurableSession): void {
  // What that flow did not commit would be taken for known, and left out.
  if (used.has(session)) {
    throw new WeirError(
      "ERR_WEIR_PIPE",
      `The session of ${session.clientId} has been in a flow already. Close it, and open it again for another one.`,
    );
  }
  used.add(session);
}

async function* receive(
  urls: string[],
  topics: string[],
  options: MqttOptions,
  leave: AbortController,
): AsyncGenerator<readonly Message[], undefined> {
  if (options.session) refuseUsed(options.session);
  const inbox = createInbox<Message>({ synced: options.session !== undefined });
  // Not AbortSignal.any(), which nothing takes off the caller's signal again: a
  // timeout would then keep the process alive.
  const ending = new AbortController();
  const { signal } = ending;
  const end = () => {
    ending.abort();
    inbox.end();
  };
  leave.signal.addEventListener("abort", end);
  options.signal?.addEventListener("abort", end);
  if (leave.signal.aborted || options.signal?.aborted) end();
  const { session } = options;
  const intake = createIntake(session, inbox, signal, options);
  const run = async () => {
    using _claim = session && await claim(urls, session);
    await stayConnected(urls, topics, options, intake, {
      signal,
      leave: leave.signal,
    });
  };
  const running = run().then(() => inbox.end(), (error) => inbox.end(error));
  try {
    for (let batch; (batch = await inbox.take());) {
      await intake.handing(batch.length);
      yield batch;
      // Pulled again: the batch is done with, all of it.
      await intake.passed(batch.length);
    }
    await intake.settle();
    return undefined;
  } finally {
    leave.abort();
    options.signal?.removeEventListener("abort", end);
    await running;
  }
}

/** Holds a session that no other process of this host may hold. */
async function claim(urls: string[], { clientId }: DurableSession) {
  const { claimSession } = await import("./claim_session.ts");
  return await claimSession(urls, clientId);
}

/** A connection that held for so many milliseconds is as good as any. */
const STEADY = 30_000;

/** Connects and subscribes, again and again, until the signal. */
async function stayConnected(
  urls: string[],
  topics: string[],
  options: MqttOptions,
  intake: Intake,
  { signal, leave }: { signal: AbortSignal; leave: AbortSignal },
): Promise<void> {
  const { qos = 0, wait = false, session } = options;
  const clientId = session?.clientId ?? options.clientId;
  let { version, besides = [] } = options;
  let connections = 0;
  let failures = 0;
  const brokers = urls.map((url) => readBrokerUrl(url));
  /** How many addresses were tried, one after the other and round again. */
  let tried = 0;
  topics.forEach(checkTopicFilter);
  // What it throws is no fault of the connection: it ends the flow.
  let thrown: { error: unknown } | undefined;
  const tell = (status: BrokerStatus) => {
    try {
      options.onStatus?.(status);
    } catch (error) {
      thrown = { error };
      throw error;
    }
  };
  tell({ state: "connecting" });

  while (!signal.aborted) {
    let reason: WeirError;
    const url = urls[tried % urls.length];
    const { href } = brokers[tried % urls.length];
    let connection: Connection | undefined;
    const end = () => connection && void disconnect(connection);
    await session?.subscription.connecting();
    try {
      const { maxPayload = Infinity } = options;
      const reached = { ...options, maxPayload, clientId, version };
      connection = await connect(url, reached, {
        signal,
        ...intake.taker(),
      });
      version = connection.version;
      leave.addEventListener("abort", end);
      const granted = session
        ? await subscribeSession(connection, topics, session)
        : await subscribe(connection, topics, qos);
      intake.subscribed();
      const since = performance.now();
      tell({
        state: "connected",
        url: href,
        version: version === 5 ? "5" : "3.1.1",
        qos: granted,
        reconnects: connections++,
      });
      if (besides.length > 0) {
        const wanted = [...besides];
        // Some brokers close the connection in place of refusing a topic: it is
        // asked for again only after it was granted.
        besides = [];
        subscribe(connection, wanted, 0, 2).then(
          () => besides = wanted,
          () => {},
        );
      }
      if (leave.aborted) end();
      reason = await connection.closed;
      // Two clients with one id throw each other off, over and over.
      if (performance.now() - since > STEADY) failures = 0;
    } catch (error) {
      if (thrown) throw thrown.error;
      const refused = error instanceof WeirError &&
        error.code === "ERR_WEIR_REFUSED";
      // What fails in keeping the session does not get better by connecting.
      const all = tried + 1 >= urls.length;
      const fatal = error instanceof SessionError ||
        (connections === 0 && all && (refused || !wait));
      if (fatal && !signal.aborted) throw error;
      reason = connectionLost(href, error as Error);
    } finally {
      leave.removeEventListener("abort", end);
      // Whatever happened, never two connections: each would bring every
      // message.
      if (connection) await disconnect(connection);
    }
    if (signal.aborted) return;
    if (isTakenOver(reason)) throw reason;
    const delay = backoffInTurn(failures++, urls.length);
    tried++;
    if (urls.length > 1) version = options.version;
    tell({
      state: "reconnecting",
      error: reason,
      delay,
    });
    await sleep(delay, signal);
  }
}
