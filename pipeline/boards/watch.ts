import type { IPublishPacket } from "mqtt";
import { WeirError } from "../error.ts";
import { shorten } from "../shorten.ts";
import { answered } from "../mqtt/answered.ts";
import type { ConnectOptions } from "../mqtt/client_options.ts";
import { connect, type Connection, disconnect } from "../mqtt/connect.ts";
import { backoff, sleep } from "../backoff.ts";
import { subscribe } from "../mqtt/subscribe.ts";
import { readStatus } from "./board_status.ts";
import { checkTopic } from "../mqtt/topic_filter.ts";

/** What the broker and the boards say of themselves. */
export interface BrokerSnapshot {
  /** Whether there is a connection. */
  connected: boolean;
  /** How long the last ping took, in seconds. */
  roundTrip?: number;
  /** For how many seconds the broker has owed the answer to a ping. */
  unanswered?: number;
  /** What it reports under `$SYS`; undefined if it reports nothing. */
  broker: BrokerFacts;
  /** What each board last said, by its sensor id. */
  boards: ReadonlyMap<string, BoardStatus>;
}

/** What brokers report under `$SYS`. A field that a broker does not report is missing. */
export interface BrokerFacts {
  /** Its name and version. */
  version?: string;
  /** For how long it has been up. */
  uptime?: string;
  /** How many clients are connected. */
  clients?: string;
  /** How many messages it received in the last minute. */
  received?: string;
  /** How many messages it sent in the last minute. */
  sent?: string;
}

/** What a board says on `weir/<sensor_id>/status`. */
export interface BoardStatus {
  /** Whether it is there; the broker says for it when it is not. */
  state: "online" | "offline";
  /**
   * When that came, in seconds since 1970. What the broker had kept may have
   * been said long before.
   */
  time: number;
}

/** A second connection to the broker. */
export interface BrokerWatch extends AsyncDisposable {
  /** What is known now. */
  snapshot(): BrokerSnapshot;
  /**
   * Publishes a message.
   *
   * @throws {WeirError} if there is no connection, or the broker refuses it.
   */
  publish(
    topic: string,
    payload: string,
    options?: { qos?: 0 | 1 | 2; retain?: boolean },
  ): Promise<void>;
}

/** Seconds from one ping to the next. */
const PING_EVERY = 5;

/** How many boards are kept, of those with ids that are not too long. */
const MAX_BOARDS = 10_000;

/** How much of a text is kept. */
const MAX_TEXT = 100;

/** How much of a status is read: it has up to 16 names in it. */
const MAX_STATUS = 4_000;

/** Topics on which Mosquitto, and brokers like it, report about themselves. */
const FACTS: Record<string, keyof BrokerFacts> = {
  "$SYS/broker/version": "version",
  "$SYS/broker/uptime": "uptime",
  "$SYS/broker/clients/connected": "clients",
  "$SYS/broker/load/messages/received/1min": "received",
  "$SYS/broker/load/messages/sent/1min": "sent",
};

/**
 * Opens a second connection to a broker, beside that of `mqtt()`: for pings,
 * for publishing, and for what broker and boards report about themselves, so that
 * the flow of readings is never disturbed by it. It connects by itself, again
 * and again. If that fails it stays silent, since the source reports it.
 *
 * @example
 * ```ts
 * import { broker } from "../mqtt/embedded_broker.ts";
 * import { watchBroker } from "../mod.ts";
 *
 * await using local = await broker({ port: 0 });
 * await using watch = watchBroker(local.url);
 * if (watch.snapshot().boards.size !== 0) throw watch.snapshot();
 * ```
 */
export function watchBroker(
  url: string | readonly string[],
  options: ConnectOptions = {},
): BrokerWatch {
  const stop = new AbortController();
  const { signal } = stop;
  const boards = new Map<string, BoardStatus>();
  let facts: BrokerFacts = {};
  let connection: Connection | undefined;
  let roundTrip: number | undefined;
  let asked: number | undefined;

  const take = ({ topic, payload }: IPublishPacket) => {
    const text = shorten(`${payload}`, MAX_STATUS);
    const fact = FACTS[topic];
    if (fact) facts = { ...facts, [fact]: shorten(text, MAX_TEXT) };
    const id = /^weir\/([^/]+)\/status$/.exec(topic)?.[1];
    if (id === undefined) return;
    const { state } = readStatus(text);
    if (!state) boards.delete(id);
    else if (id.length <= MAX_TEXT && boards.size < MAX_BOARDS) {
      boards.set(id, { state, time: Date.now() / 1000 });
    }
  };

  const ping = ({ client }: Connection) => {
    if (asked !== undefined) return;
    asked = performance.now();
    client.sendPing();
  };
  const listen = (to: Connection) => {
    to.client.on("packetreceive", ({ cmd }) => {
      if (cmd !== "pingresp" || asked === undefined) return;
      roundTrip = (performance.now() - asked) / 1000;
      asked = undefined;
    });
    ping(to);
    const pinging = setInterval(() => ping(to), PING_EVERY * 1000);
    return () => clearInterval(pinging);
  };
  const stay = async () => {
    let { version } = options;
    const urls = [url].flat();
    for (let failures = 0, tried = 0; !signal.aborted; tried++) {
      try {
        const to = await connect(
          urls[tried % urls.length],
          // Two clients of one id throw each other out.
          {
            ...options,
            version,
            clientId: options.clientId && `${options.clientId}-watch`,
          },
          {
            signal,
            onMessage: (packet, resume) => {
              take(packet);
              resume();
            },
          },
        );
        version = to.version;
        failures = 0;
        const end = () => void disconnect(to);
        signal.addEventListener("abort", end);
        // It may have come while connecting.
        if (signal.aborted) end();
        const unlisten = listen(to);
        connection = to;
        for (const topic of ["$SYS/broker/#", "weir/+/status"]) {
          // Not every broker lets everybody read them.
          subscribe(to, [topic], 0).catch(() => {});
        }
        await to.closed;
        signal.removeEventListener("abort", end);
        unlisten();
      } catch {
        // The source says why.
      }
      connection = undefined;
      asked = undefined;
      roundTrip = undefined;
      facts = {};
      boards.clear();
      await sleep(backoff(failures++), signal);
    }
  };
  const staying = stay();

  return {
    snapshot: () => ({
      connected: connection !== undefined,
      roundTrip,
      unanswered: asked === undefined
        ? undefined
        : (performance.now() - asked) / 1000,
      broker: facts,
      boards: new Map(boards),
    }),
    async publish(topic, payload, { qos = 0, retain = false } = {}) {
      checkTopic(topic);
      if (!connection) {
        throw new WeirError(
          "ERR_WEIR_NOT_PUBLISHED",
          "Not published: there is no connection now.",
        );
      }
      try {
        const { client } = connection;
        const published = client.publishAsync(topic, payload, { qos, retain });
        await answered(connection, "a message", published);
      } catch (error) {
        throw new WeirError(
          "ERR_WEIR_NOT_PUBLISHED",
          `Not published: ${(error as Error).message}`,
        );
      }
    },
    async [Symbol.asyncDispose]() {
      stop.abort();
      await staying;
    },
  };
}
