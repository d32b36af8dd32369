import type { IPublishPacket } from "mqtt";
import { reasonOf, WeirError } from "../error.ts";
import { escape } from "../escape.ts";
import type { ConnectOptions } from "../mqtt/client_options.ts";
import { connect, disconnect } from "../mqtt/connect.ts";
import { subscribe } from "../mqtt/subscribe.ts";
import { readBrokerUrl } from "../mqtt/broker_url.ts";
import { readStatus } from "./board_status.ts";

/** What a board can be asked for. */
export const REQUESTS = ["sample", "ping", "info", "reset"] as const;
/** One of {@linkcode REQUESTS}. */
export type Request = typeof REQUESTS[number];

/** What a board answered. */
export interface Reply {
  /** Who answered. */
  sensor_id: string;
  /** The answer: `[sensor_id, ts, val]`, `"pong"`, the status as an object, or `"restarts"`. */
  reply?: unknown;
  /** In its place, why there is none. */
  error?: string;
  /** Seconds from the request to the answer. */
  round_trip: number;
}

/** Options of {@linkcode ask}. */
export interface AskOptions extends ConnectOptions {
  /** Seconds to wait for answers. Default: 5. */
  timeout?: number;
}

/** How many answers to `*` are kept until somebody takes them. */
const MOST = 10_000;

/**
 * Checks the id of a sensor that is asked for something: it becomes a level of
 * a topic.
 *
 * @throws {WeirError} if it cannot be one.
 *
 * @example
 * ```ts
 * import { checkSensorId } from "../mod.ts";
 *
 * checkSensorId("lux-1");
 * ```
 */
export function checkSensorId(id: string): void {
  if (id === "" || /[/+#\0]/.test(id)) {
    throw new WeirError(
      "ERR_WEIR_ARGUMENT",
      `"${
        escape(id)
      }" is not the id of a sensor: it may not be empty, nor have /, + or # in it.`,
    );
  }
}

/**
 * Asks a board for something over a connection of its own: a request on
 * `weir/<sensor_id>/request`, and the answer with the same id on
 * `weir/<sensor_id>/reply`. A board that connects within the timeout is also asked,
 * but for a reset. `*` asks all boards, and yields what comes within
 * the timeout.
 *
 * @throws {WeirError} if there is no connection, or no answer.
 *
 * @example
 * ```ts
 * import { ask, broker, WeirError } from "../mod.ts";
 *
 * await using local = await broker({ port: 0 });
 * try {
 *   await ask(local.url, "lux-1", "ping", { timeout: 0.1 }).next();
 * } catch (error) {
 *   if (!(error instanceof WeirError)) throw error; // No answer from lux-1
 * }
 * ```
 */
export async function* ask(
  url: string,
  sensorId: string,
  request: Request,
  options: AskOptions = {},
): AsyncGenerator<Reply, void, void> {
  checkSensorId(sensorId);
  const { timeout = 5 } = options;
  const all = sensorId === "*";
  const id = crypto.randomUUID().slice(0, 8);
  const replies: Reply[] = [];
  let since = Infinity;
  let state: string | undefined;
  let wake = () => {};
  let again = () => {};
  const take = (packet: IPublishPacket) => {
    const [, from, kind] = packet.topic.split("/");
    if (kind === "status") {
      ({ state } = readStatus(`${packet.payload}`));
      if (state === "online" && !packet.retain) again();
    }
    const reply = kind === "reply" && readReply(packet, id);
    if (!reply || replies.length >= MOST) return;
    const round_trip = (performance.now() - since) / 1000;
    replies.push({ sensor_id: from, ...reply, round_trip });
    wake();
  };
  const connection = await connect(url, options, {
    onMessage: (packet, resume) => {
      take(packet);
      resume();
    },
  });
  try {
    const from = all ? "+" : sensorId;
    const topics = [`weir/${from}/reply`];
    if (!all) topics.push(`weir/${from}/status`);
    await subscribe(connection, topics, 0);
    since = performance.now();
    let gone: Error | undefined;
    connection.closed.then((error) => {
      gone = error;
      wake();
    });
    const send = () =>
      connection.client.publish(
        `weir/${sensorId}/request`,
        JSON.stringify({ id, request }),
      );
    send();
    // A board that says so just came, and may have missed it. After a reset it
    // comes since it did not.
    if (request !== "reset") again = send;
    const late = since + timeout * 1000;
    let answers = 0;
    while (all || answers === 0) {
      const reply = replies.shift();
      if (reply) {
        answers++;
        yield reply;
        continue;
      }
      if (gone) {
        throw new WeirError(
          "ERR_WEIR_CONNECTION_LOST",
          `Lost the connection to ${readBrokerUrl(url).href}: ${
            reasonOf(gone)
          }`,
        );
      }
      const left = late - performance.now();
      if (left <= 0) break;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, left);
        wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    if (answers === 0) throw noAnswer(sensorId, timeout, state);
  } finally {
    await disconnect(connection);
  }
}

function noAnswer(
  sensorId: string,
  timeout: number,
  state: string | undefined,
): WeirError {
  const within = `within ${timeout} s`;
  if (sensorId === "*") {
    return new WeirError(
      "ERR_WEIR_NO_ANSWER",
      `No board answered ${within}. Is one running, on this broker? Its status is retained on weir/<sensor_id>/status.`,
    );
  }
  const [why, help] = state === "offline"
    ? ["The board is offline. Is it powered, and in range of its Wi-Fi?"]
    : state === "online"
    ? [
      "Its status says that it is online: it may be busy, or its connection stalled.",
      "ask-timeout",
    ]
    : ["The broker knows of no board with that id.", "ask-all"];
  return new WeirError(
    "ERR_WEIR_NO_ANSWER",
    `No answer from ${escape(sensorId)} ${within}. ${why}`,
    { facts: { sensor_id: sensorId, timeout, state, help } },
  );
}

function readReply(
  { payload }: IPublishPacket,
  id: string,
): { reply: unknown } | { error: string } | undefined {
  try {
    const reply = JSON.parse(`${payload}`);
    if (reply?.id !== id) return;
    if ("error" in reply) return { error: `${reply.error}` };
    if ("reply" in reply) return { reply: reply.reply };
  } catch {
    // Not from a board of ours.
  }
}
