import type { IClientOptions } from "mqtt";
import { WeirError } from "../error.ts";
import type { BrokerUrl } from "./broker_url.ts";
import { longestPacket } from "./cut_packet.ts";

/** How to reach a broker, and who to be there. */
export interface ConnectOptions {
  /**
   * The client id. By itself it keeps no session. Default: `weir` and eight
   * random hex digits.
   */
  clientId?: string;
  /** The MQTT version: 5, or 3 for 3.1.1. Default: 5, and 3 if refused. */
  version?: 3 | 5;
  /** Goes before a user name in the URL. */
  username?: string;
  /** Goes before a password in the URL. */
  password?: string;
  /** Certificates to trust in place of the system's, in PEM. */
  ca?: string;
  /** The client's own certificate, in PEM; with `key`. */
  cert?: string;
  /** The private key of `cert`, in PEM. */
  key?: string;
  /**
   * Whether a certificate that cannot be verified is taken all the same. Refused
   * together with a password: anybody could ask for it.
   */
  insecure?: boolean;
  /**
   * The largest payload that is taken in whole, in bytes; at least 1 MiB. A broker
   * of MQTT 5 is told to leave out larger messages. From one that does not, only
   * the beginning is taken in, and the `bytes` of the message tell. Default: 1 MiB;
   * of {@linkcode mqtt}: no limit.
   */
  maxPayload?: number;
  /** Seconds after which a silent broker is asked for a sign. Default: 30. */
  keepalive?: number;
}

/** How long a broker may take to answer, in milliseconds. */
const CONNECT_TIMEOUT = 10_000;

/** The default of `maxPayload`, in bytes. */
export const MAX_PAYLOAD = 1_048_576;

/** No packet is longer than this (MQTT 5, section 2.1.4). */
const LONGEST = 268_435_460;

/** How long a broker keeps a durable session, in seconds: a week. */
export const SESSION_EXPIRY = 7 * 24 * 3600;

/**
 * The options of mqtt.js for a connection.
 *
 * @throws {WeirError} if the options do not go together.
 */
export function clientOptions(
  broker: BrokerUrl,
  version: 3 | 5,
  options: ConnectOptions,
  durable: boolean,
): IClientOptions {
  const secure = broker.protocol === "mqtts:" || broker.protocol === "wss:";
  if ((options.cert === undefined) !== (options.key === undefined)) {
    throw new WeirError(
      "ERR_WEIR_ARGUMENT",
      "A client certificate goes with its key: give both.",
    );
  }
  if (!secure && (options.ca || options.cert)) {
    throw new WeirError(
      "ERR_WEIR_ARGUMENT",
      `${broker.href} is not encrypted, so certificates are of no use. Write mqtts:// or wss://.`,
    );
  }
  const maxPacket = longestPacket(options.maxPayload ?? MAX_PAYLOAD);
  const password = options.password ?? broker.password;
  if (options.insecure && password !== undefined) {
    throw new WeirError(
      "ERR_WEIR_ARGUMENT",
      "A password does not go with an unverified certificate: anybody could ask for it. Leave out one of them.",
    );
  }
  return {
    protocolVersion: version === 5 ? 5 : 4,
    clean: !durable,
    // Brokers keep fewer messages under way for who does not name a number. This
    // is a third of the ids: one third may be acknowledged and not confirmed, one
    // acknowledged after that, one new. So none comes round too soon.
    properties: version === 5
      ? {
        receiveMaximum: 21_845,
        maximumPacketSize: maxPacket < LONGEST ? maxPacket : undefined,
        sessionExpiryInterval: durable ? SESSION_EXPIRY : 0,
      }
      : undefined,
    clientId: options.clientId ?? randomClientId(),
    username: options.username ?? broker.username,
    password,
    rejectUnauthorized: !options.insecure,
    ca: options.ca,
    cert: options.cert,
    key: options.key,
    keepalive: options.keepalive ?? 30,
    connectTimeout: CONNECT_TIMEOUT,
    reconnectPeriod: 0,
    resubscribe: false,
    // Its own one gathers the arguments of several calls a message, to no end.
    log: () => {},
  };
}

/** Within the 23 letters and digits that MQTT 3.1.1 promises (MQTT-3.1.3-5). */
function randomClientId(): string {
  return `weir${crypto.randomUUID().slice(0, 8)}`;
}
