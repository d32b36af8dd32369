import type { IPublishPacket, MqttClient } from "mqtt";
import type { WeirError } from "../error.ts";
import { escape } from "../escape.ts";
import { type Acknowledgements, holdAcknowledgements } from "./acknowledge.ts";
import {
  clientOptions,
  type ConnectOptions,
  MAX_PAYLOAD,
  SESSION_EXPIRY,
} from "./client_options.ts";
import { type BrokerLimits, readLimits } from "./broker_limits.ts";
import { createClient } from "./create_client.ts";
import { type LaneEnd, openLane } from "./lane.ts";
import { type BrokerUrl, readBrokerUrl } from "./broker_url.ts";
import {
  connectionLost,
  noAnswer,
  refusal,
  refusesVersion,
  unreachable,
} from "./connection_errors.ts";

/** One connection to a broker, from CONNACK until it is gone. */
export interface Connection {
  /** mqtt.js's client. It does not reconnect by itself. */
  client: MqttClient;
  /** The version that the broker speaks with us. */
  version: 3 | 5;
  /** Whether the broker had kept the session. */
  present: boolean;
  /** What the broker does not take. */
  limits: BrokerLimits;
  /** How messages are acknowledged, if they are taken. */
  acknowledgements?: Acknowledgements;
  /** Resolves with the reason when the connection is gone. */
  closed: Promise<WeirError>;
}

/** A PUBLISH, with the size of its payload if only the beginning of it is there. */
export type TakenPacket = IPublishPacket & { bytes?: number };

/** What takes part in a connection from its first packet on. */
export interface Taker {
  /** Ends the attempt to connect. */
  signal?: AbortSignal;
  /** Takes each PUBLISH; the next one comes when it calls `resume`. */
  onMessage?: (packet: TakenPacket, resume: () => void) => void;
  /** Takes messages on the fast lane, past mqtt.js; see `openLane()`. */
  onMessages?: LaneEnd["take"];
  /** How many at a time. */
  maxMessages?: number;
  /**
   * Is called at CONNACK, before any message comes: whether the broker has kept the
   * session, how messages are acknowledged on this connection, and for how many
   * seconds the broker keeps the session, if that is shorter than asked for.
   */
  onConnack?: (
    present: boolean,
    acknowledgements: Acknowledgements,
    keeps?: number,
  ) => void;
  /** Whether the session is to outlive the connection. */
  durable?: boolean;
  /** Whether messages wait to be taken, or came within so many milliseconds. */
  isHeld?: (ms: number) => boolean;
}

/** How long leaving may take, in milliseconds. */
const LEAVE_TIMEOUT = 500;

/**
 * Connects to a broker: MQTT 5, or 3.1.1 if 5 is refused. Each connection is
 * a client of its own, so nothing of one can reach the next: mqtt.js would send
 * what it queued while offline, a late PUBACK among it, on the new connection.
 *
 * @throws {WeirError} if that fails; its message says why and what to do.
 */
export async function connect(
  url: string,
  options: ConnectOptions = {},
  taker: Taker = {},
): Promise<Connection> {
  const broker = readBrokerUrl(url);
  const attempt = (version: 3 | 5) =>
    connectOnce(broker, version, options, taker);
  if (options.version) return await attempt(options.version);
  try {
    return await attempt(5);
  } catch (error) {
    if (!refusesVersion(error)) throw error;
    return await attempt(3);
  }
}

async function connectOnce(
  broker: BrokerUrl,
  version: 3 | 5,
  options: ConnectOptions,
  taker: Taker,
): Promise<Connection> {
  const { signal, onMessage, onConnack, isHeld, durable = false } = taker;
  /** The size of the payload of which mqtt.js gets the beginning now. */
  let bytes: number | undefined;
  let failure: Error | undefined;
  // A connection with an error in it is of no more use: mqtt.js itself goes on
  // after a packet that it could not read.
  const fail = (error: Error) => {
    failure ??= error;
    client.end(true);
  };
  const client = await createClient(
    broker,
    clientOptions(broker, version, options, durable),
    (stream) => {
      stream.once("data", (answer: Uint8Array) => {
        const error = noAnswer(broker.href, answer);
        if (error) fail(error);
      });
      openLane(stream, {
        version,
        take: taker.onMessages,
        maxMessages: taker.maxMessages,
        maxPayload: options.maxPayload ?? MAX_PAYLOAD,
        onCut: (size) => bytes = size,
        fail,
      });
    },
  );
  signal?.throwIfAborted();
  let acknowledgements: Acknowledgements | undefined;
  if (onMessage) {
    const held = holdAcknowledgements(
      client,
      (packet, resume) => onMessage({ ...packet, bytes }, resume),
    );
    acknowledgements = held;
    client.on("packetreceive", (packet) => {
      if (packet.cmd !== "connack" || packet.returnCode || packet.reasonCode) {
        return;
      }
      // Left out, it is what was asked for (MQTT 5, section 3.2.2.3.2).
      const { sessionExpiryInterval: keeps = Infinity } = packet.properties ??
        {};
      onConnack?.(
        packet.sessionPresent,
        held,
        durable && keeps < SESSION_EXPIRY ? keeps : undefined,
      );
    });
  }
  const timedOut = client.onKeepaliveTimeout;
  client.onKeepaliveTimeout = () => {
    if (!isHeld?.(client.keepalive * 1500)) return timedOut.call(client);
    client.sendPing();
    client.reschedulePing(true);
  };

  const closed = Promise.withResolvers<Error>();
  let present = false;
  let limits: BrokerLimits = {};
  client.on("error", fail);
  // Who receives a DISCONNECT closes the connection (MQTT 5, section 3.14.4).
  client.on(
    "disconnect",
    ({ reasonCode = 0 }) =>
      fail(refusal(broker.href, reasonCode, { ended: true })),
  );
  client.on("close", () => {
    const twin = options.clientId
      ? `. Is there another client with the id ${escape(options.clientId)}?`
      : "";
    closed.resolve(
      failure ?? new Error(`the broker closed the connection${twin}`),
    );
  });

  const abort = () => client.end(true);
  signal?.addEventListener("abort", abort);
  client.connect();
  try {
    const connected = new Promise<void>((resolve) =>
      client.once("connect", ({ sessionPresent, properties }) => {
        present = sessionPresent;
        limits = readLimits(properties);
        resolve();
      })
    );
    await Promise.race([
      connected,
      closed.promise.then((error) => {
        signal?.throwIfAborted();
        const login = (options.username ?? broker.username ??
          options.password ?? broker.password) !== undefined;
        throw unreachable(broker.href, failure ?? error, login);
      }),
    ]);
  } finally {
    signal?.removeEventListener("abort", abort);
  }
  const lost = closed.promise.then((error) =>
    connectionLost(broker.href, error)
  );
  return { client, version, present, limits, acknowledgements, closed: lost };
}

/** Whether an error of mqtt.js means that the connection is gone, or is going. */
export function isLost({ client }: Connection, { message }: Error): boolean {
  return !client.connected || client.disconnecting ||
    message === "Connection closed";
}

/**
 * Takes leave of the broker and closes the connection. Resolves with whether all
 * that was to be sent was, within so many milliseconds.
 */
export async function disconnect(
  { client, closed }: Connection,
  timeout: number = LEAVE_TIMEOUT,
): Promise<boolean> {
  let inTime = true;
  // A client whose messages nobody takes would wait for them for ever.
  const timer = setTimeout(() => {
    inTime = false;
    client.stream.destroy();
  }, timeout);
  client.end();
  await closed;
  clearTimeout(timer);
  return inTime;
}
