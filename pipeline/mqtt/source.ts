import type { Message } from "../event.ts";
import type { Flow } from "../flow.ts";
import {
  connect,
  type Connection,
  type ConnectOptions,
  disconnect,
} from "./connect.ts";
import { createInbox } from "./inbox.ts";
import { createIntake, type Intake } from "./intake.ts";
import { type DurableSession, SessionError } from "./session.ts";
import type { BrokerStatus } from "./status.ts";
import { subscribe, subscribeSession } from "./subscribe.ts";
import { checkTopicFilter } from "./topic.ts";
import { Refused } from "./why.ts";

/** Options of {@linkcode mqtt}. */
export interface MqttOptions extends ConnectOptions {
  /** The quality of service to ask for. Default: 0. */
  qos?: 0 | 1 | 2;
  /** Ends the flow: what was taken in still flows through to the end. */
  signal?: AbortSignal;
  /** Whether to go on trying where the first connection fails. */
  wait?: boolean;
  /**
   * Keeps the messages across crashes, with QoS 1; see `openDurable()`. The
   * flow is pulled again when what came before is safe on disk.
   */
  session?: DurableSession;
  /** Is told how it stands with the broker. */
  onStatus?: (status: BrokerStatus) => void;
}

/**
 * Subscribes to topics of a broker; the flow is what it delivers, until
 * `signal` ends it. Wildcards work as in MQTT.
 *
 * A connection that is lost is made anew after 1 s, then 2 s, 4 s … up to 30 s,
 * each with some jitter, and the topics are subscribed to again. Retained
 * messages are passed on after the first connection only: after the others they
 * would be the same ones again.
 *
 * A message at QoS 1 or 2 is acknowledged when the flow is pulled again. Whoever
 * pulls slowly slows the socket; the memory used is bounded. What a broker drops
 * for it at QoS 0 nobody can count.
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
  const leave = new AbortController();
  const signal = options.signal
    ? AbortSignal.any([leave.signal, options.signal])
    : leave.signal;
  const inbox = createInbox<Message>();
  signal.addEventListener("abort", () => inbox.end());
  if (signal.aborted) inbox.end();
  const { session } = options;
  const intake = createIntake(session, inbox, signal);
  const running = stayConnected(url, [topics].flat(), options, intake, {
    signal,
    leave: leave.signal,
  }).then(() => inbox.end(), (error) => inbox.end(error));
  try {
    for (let batch; (batch = await inbox.take());) {
      yield batch;
      // Pulled again: the batch is done with, all of it.
      await intake.passed(batch.length);
    }
    await intake.settle();
  } finally {
    leave.abort();
    await running;
  }
}

/** A connection that lasts no longer, in milliseconds, is a short one. */
const SHORT = 5000;

/** Connects and subscribes, again and again, until the signal. */
async function stayConnected(
  url: string,
  topics: string[],
  options: MqttOptions,
  intake: Intake,
  { signal, leave }: { signal: AbortSignal; leave: AbortSignal },
): Promise<void> {
  const { qos = 0, wait = false, onStatus = () => {}, session } = options;
  const clientId = session?.clientId ?? options.clientId;
  let { version } = options;
  let connections = 0;
  let failures = 0;
  let short = 0;
  topics.forEach(checkTopicFilter);
  onStatus({ state: "connecting" });

  while (!signal.aborted) {
    const first = connections === 0;
    let reason: Error;
    let connection: Connection | undefined;
    // What fails in the session's own keeping ends the flow.
    await session?.connecting();
    try {
      connection = await connect(url, { ...options, clientId, version }, {
        signal,
        ...intake.taker(first),
      });
      version = connection.version;
      const granted = session
        ? await subscribeSession(connection, topics, session, first)
        : await subscribe(connection, topics, qos, first ? 0 : 2);
      failures = 0;
      onStatus({
        state: "connected",
        version: version === 5 ? "5" : "3.1.1",
        qos: granted,
        reconnects: connections++,
      });
      const since = performance.now();
      reason = await untilGone(connection, leave);
      short = performance.now() - since < SHORT ? short + 1 : 0;
    } catch (error) {
      if (connection) void disconnect(connection);
      const refused = error instanceof Refused;
      const fatal = error instanceof SessionError ||
        (first && (refused || !wait));
      if (fatal && !signal.aborted) throw error;
      reason = error as Error;
    }
    if (signal.aborted) return;
    if (reason instanceof Refused && reason.takenOver) throw reason;
    // Not every broker says that another client took over.
    const doubt = clientId !== undefined && short >= 3
      ? `, ${short} times in a row soon after connecting. Does another client use the client id ${clientId}?`
      : "";
    const delay = backoff(failures++);
    onStatus({ state: "reconnecting", reason: reason.message + doubt, delay });
    await sleep(delay, signal);
  }
}

/** Resolves with the reason when the connection is gone, or ends it. */
async function untilGone(
  connection: Connection,
  signal: AbortSignal,
): Promise<Error> {
  const end = () => void disconnect(connection);
  signal.addEventListener("abort", end);
  if (signal.aborted) end();
  const reason = await connection.closed;
  signal.removeEventListener("abort", end);
  return reason;
}

/** 1, 2, 4 … 30 s, each up to a quarter more or less, within 1 and 30 s. */
function backoff(failures: number): number {
  const seconds = 2 ** failures * (0.75 + Math.random() / 2);
  return Math.min(30, Math.max(1, seconds));
}

function sleep(seconds: number, signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const wake = () => resolve();
  const timer = setTimeout(wake, seconds * 1000);
  signal.addEventListener("abort", wake);
  if (signal.aborted) wake();
  return promise.finally(() => {
    clearTimeout(timer);
    signal.removeEventListener("abort", wake);
  });
}
