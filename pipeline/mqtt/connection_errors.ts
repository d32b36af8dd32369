import { WeirError } from "../error.ts";
import { escape } from "../escape.ts";

/** Why, in words for a person, and the key of what would help. */
type Why = readonly [reason: string, help?: string];

const VERSION: Why = ["it does not speak this MQTT version", "mqtt-version"];
const CLIENT_ID: Why = ["it does not take this client id", "client-id"];
const UNAVAILABLE: Why = ["it is not available now. Try again later"];
const WRONG_LOGIN: Why = ["wrong user name or password", "login"];
const NOT_AUTHORIZED: Why = ["not authorized", "login"];

/**
 * The codes in CONNACK and DISCONNECT (MQTT 3.1.1, table 3.1; MQTT 5, tables
 * 3-1 and 3-10).
 */
const CODES: Record<number, Why> = {
  0: ["it gives no reason"],
  1: VERSION,
  2: CLIENT_ID,
  3: UNAVAILABLE,
  4: WRONG_LOGIN,
  5: NOT_AUTHORIZED,
  0x80: ["it gives no reason"],
  0x82: ["it found the protocol violated"],
  0x84: VERSION,
  0x85: CLIENT_ID,
  0x86: WRONG_LOGIN,
  0x87: NOT_AUTHORIZED,
  0x88: UNAVAILABLE,
  0x89: ["it is busy. Try again later"],
  0x8a: ["this client is banned. Ask who runs it"],
  0x8b: ["it is shutting down"],
  0x8d: ["it heard nothing for too long"],
  0x8e: ["another client took over the client id", "own-client-id"],
  0x97: ["its quota is exceeded. Ask who runs it"],
  0x9c: ["it wants another server to be used. Ask who runs it"],
  0x9d: ["it has moved to another server. Ask who runs it"],
};

/** The same codes, if a user name or a password was given. */
const WITH_LOGIN: Record<number, Why> = {
  4: ["wrong user name or password"],
  5: ["not authorized: wrong user name or password, or no right to connect"],
  0x86: ["wrong user name or password"],
  0x87: ["not authorized: wrong user name or password, or no right to connect"],
};

/**
 * The error for a code by which a broker refuses or ends a connection. Its
 * facts: `url`, `reason`, `reasonCode`, `ended` (there was a connection).
 */
export function refusal(
  url: string,
  reasonCode: number,
  { ended = false, login = false } = {},
): WeirError {
  const [reason, help] = (login ? WITH_LOGIN[reasonCode] : undefined) ??
    CODES[reasonCode] ?? [`reason code 0x${reasonCode.toString(16)}`];
  return new WeirError(
    "ERR_WEIR_REFUSED",
    `${url} ${ended ? "ended" : "refused"} the connection: ${reason}.`,
    { facts: { url, reason, reasonCode, ended, help } },
  );
}

/** A broker before MQTT 5 may hang up on a CONNECT that it cannot read. */
const HUNG_UP =
  /closed the connection|ECONNRESET|socket hang up|premature close/i;

/** What mqtt.js and the lane say of bytes that are no packet. */
const NO_MQTT =
  /Invalid header flag|Cannot parse|Malformed|Unknown property|Not supported|Invalid \w+ reason|that is too long/;

/** What the system, TLS or mqtt.js says of a failure, by its code or text. */
const CAUSES: [RegExp, ...Why][] = [
  [
    /ECONNREFUSED/,
    "connection refused. Is the broker running?",
    "start-broker",
  ],
  [/ENOTFOUND|EAI_|ENODATA/, "host not found. Is its name right?"],
  [
    /ETIMEDOUT|connack timeout/,
    "no answer. Are host and port right, and is it an MQTT broker?",
  ],
  [/EHOSTUNREACH|ENETUNREACH/, "no way to that host. Is the network up?"],
  [
    /UnknownIssuer|self.signed|UNABLE_TO_(VERIFY|GET)|SELF_SIGNED/,
    "its certificate is not signed by anybody known",
    "ca",
  ],
  [
    /NotValidForName|ALTNAME/,
    "its certificate is for another host. Use the name that is in it",
  ],
  [
    /Expired|CERT_HAS_EXPIRED/,
    "its certificate has expired. Renew it at the broker",
  ],
  [
    /CertificateRequired|certificate required|HandshakeFailure|handshake failure/i,
    "it wants a certificate of ours",
    "client-certificate",
  ],
  [
    /InvalidContentType|corrupt message|wrong version number|EPROTO/i,
    "it does not speak TLS there. Try mqtt:// or ws://, or another port",
  ],
  [
    HUNG_UP,
    "it closed the connection without an answer. Is that an MQTT port, with TLS or without?",
  ],
  [
    /DecryptError|decrypt error/i,
    "key and certificate do not belong together",
    "client-key",
  ],
  [
    NO_MQTT,
    "what it sent is no MQTT. Are host and port right, and is it an MQTT broker?",
  ],
  [
    /Requires net access/,
    "Deno was started without the permission for it",
    "net-permission",
  ],
];

/**
 * The error for a connection that could not be made. Its facts: `url`,
 * `reason`, `hungUp`.
 */
export function unreachable(
  url: string,
  cause: Error & { code?: unknown },
  login = false,
): WeirError {
  if (cause instanceof WeirError) return cause;
  // mqtt.js: the code of a CONNACK that refuses.
  if (typeof cause.code === "number") {
    return refusal(url, cause.code, { login });
  }
  const said = `${cause.code ?? ""} ${cause.message}`;
  const [pattern, reason, help] =
    CAUSES.find(([pattern]) => pattern.test(said)) ??
      [undefined, escape(cause.message)];
  return new WeirError(
    "ERR_WEIR_UNREACHABLE",
    `Cannot connect to ${url}: ${reason}`,
    { cause, facts: { url, reason, help, hungUp: pattern === HUNG_UP } },
  );
}

/** What a connection begins with that is no answer to CONNECT. */
const BEGINNINGS: [beginning: string, reason: string][] = [
  [
    "HTTP/",
    "that is no plain MQTT port. Is it one for WebSockets? Try ws:// or wss://",
  ],
  ["\x15\x03", "it speaks TLS there. Try mqtts:// or wss://"],
  ["\xf0", "it asks for an authentication (AUTH) that weir does not know"],
  ["", "what answers there does not speak MQTT. Are host and port right?"],
];

/** The first bytes of CONNACK, and of DISCONNECT, with which some refuse. */
const ANSWERS = [0x20, 0xe0];

/** The error for what is no answer to CONNECT, by its first bytes. */
export function noAnswer(
  url: string,
  bytes: Uint8Array,
): WeirError | undefined {
  if (ANSWERS.includes(bytes[0])) return undefined;
  const text = new TextDecoder("latin1").decode(bytes.subarray(0, 8));
  const [, reason] = BEGINNINGS.find(([start]) => text.startsWith(start))!;
  return new WeirError(
    "ERR_WEIR_UNREACHABLE",
    `Cannot connect to ${url}: ${reason}`,
    { facts: { url, reason, hungUp: false } },
  );
}

/** The error for a connection that is lost. Its facts: `url`, `reason`. */
export function connectionLost(url: string, cause: Error): WeirError {
  if (cause instanceof WeirError) return cause;
  const message = escape(cause.message);
  const reason = NO_MQTT.test(message)
    ? `it sent what is no MQTT (${message})`
    : message;
  return new WeirError(
    "ERR_WEIR_CONNECTION_LOST",
    `Lost the connection to ${url}: ${reason}`,
    { cause, facts: { url, reason } },
  );
}

/** Whether the broker refused MQTT 5, perhaps without an answer. */
export function refusesVersion(error: unknown): boolean {
  if (!(error instanceof WeirError)) return false;
  const { reasonCode, hungUp } = error.facts;
  return reasonCode === 1 || reasonCode === 0x84 || hungUp === true;
}

/** Whether another client with the same id took the session over. */
export function isTakenOver(error: unknown): boolean {
  return error instanceof WeirError && error.facts.reasonCode === 0x8e;
}
