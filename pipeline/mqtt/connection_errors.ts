import { WeirError } from "../error.ts";
import { escape } from "../escape.ts";

/** The broker answered, and said no. */
export class Refused extends WeirError {
  override name = "Refused";
  /** Whether it was the MQTT version that it refused. */
  readonly version: boolean;
  /** Whether another client with the same id is there now. */
  readonly takenOver: boolean;
  /** Makes an error of what the broker said. */
  constructor(message: string, { version = false, takenOver = false } = {}) {
    super("ERR_WEIR_REFUSED", message);
    this.version = version;
    this.takenOver = takenOver;
  }
}

/**
 * What a code in CONNACK or DISCONNECT means, and what to do about it (MQTT
 * 3.1.1, table 3.1; MQTT 5, tables 3-1 and 3-10).
 */
const CODES: Record<number, string> = {
  1: "it does not speak this MQTT version. Try: --mqtt 3",
  2: "it does not take this client id. Give another with --client-id",
  3: "it is not available now. Try again later",
  4: "wrong user name or password. Give them with --username and --password-file",
  5: "not authorized. Give --username and --password-file",
  0x80: "it gives no reason",
  0x82: "it found the protocol violated",
  0x84: "it does not speak this MQTT version. Try: --mqtt 3",
  0x85: "it does not take this client id. Give another with --client-id",
  0x86:
    "wrong user name or password. Give them with --username and --password-file",
  0x87: "not authorized. Give --username and --password-file",
  0x88: "it is not available now. Try again later",
  0x89: "it is busy. Try again later",
  0x8a: "this client is banned. Ask who runs it",
  0x8b: "it is shutting down",
  0x8d: "it heard nothing for too long",
  0x8e:
    "another client took over the client id. Give each its own with --client-id",
  0x97: "its quota is exceeded. Ask who runs it",
  0x9c: "it wants another server to be used. Ask who runs it",
  0x9d: "it has moved to another server. Ask who runs it",
};

/** What they mean where a user name or a password was given. */
const WITH_LOGIN: Record<number, string> = {
  4: "wrong user name or password",
  5: "not authorized: wrong user name or password, or no right to connect",
  0x86: "wrong user name or password",
  0x87: "not authorized: wrong user name or password, or no right to connect",
};

/**
 * The error for a code by which a broker refuses or ends a connection.
 *
 * @example
 * ```ts
 * import { refusal } from "./connection_errors.ts";
 *
 * const { message } = refusal("mqtt://pi:1883", 5);
 * if (!message.includes("not authorized")) throw message;
 * ```
 */
export function refusal(
  href: string,
  code: number,
  verb: "refused" | "ended" = "refused",
  login = false,
): Refused {
  const reason = (login ? WITH_LOGIN[code] : undefined) ?? CODES[code] ??
    `reason code 0x${code.toString(16)}`;
  return new Refused(`${href} ${verb} the connection: ${reason}.`, {
    version: code === 1 || code === 0x84,
    takenOver: code === 0x8e,
  });
}

/** What the network says, by its error code or text, and what to do. */
const CAUSES: [RegExp, string][] = [
  [
    /ECONNREFUSED/,
    "connection refused. Is the broker running? Try: weir broker",
  ],
  [/ENOTFOUND|EAI_|ENODATA/, "host not found. Is its name right?"],
  [
    /ETIMEDOUT|connack timeout/,
    "no answer. Are host and port right, and is it an MQTT broker?",
  ],
  [/EHOSTUNREACH|ENETUNREACH/, "no way to that host. Is the network up?"],
  [
    /UnknownIssuer|self.signed|UNABLE_TO_(VERIFY|GET)|SELF_SIGNED/,
    "its certificate is not signed by anybody known. Give its CA's certificate with --ca",
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
    "it wants a certificate of ours. Give one with --cert and --key",
  ],
  [
    /InvalidContentType|corrupt message|wrong version number|EPROTO/i,
    "it does not speak TLS there. Try mqtt:// or ws://, or another port",
  ],
  [
    /closed the connection|ECONNRESET|socket hang up|premature close/i,
    "it closed the connection without an answer. Is that an MQTT port, with TLS or without?",
  ],
  [
    /DecryptError|decrypt error/i,
    "key and certificate do not belong together. Is --key the key of --cert?",
  ],
  [
    /Invalid header flag/,
    "that is no plain MQTT port. Is it one for WebSockets? Try ws:// or wss://",
  ],
  [
    /Requires net access/,
    "Deno was started without the permission for it (--allow-net)",
  ],
];

/**
 * The error for a connection that did not come about.
 *
 * @example
 * ```ts
 * import { unreachable } from "./connection_errors.ts";
 *
 * const cause = Object.assign(new Error(), { code: "ECONNREFUSED" });
 * const { message } = unreachable("mqtt://pi:1883", 5, cause);
 * if (!message.endsWith("Try: weir broker")) throw message;
 * ```
 */
export function unreachable(
  href: string,
  version: 3 | 5,
  cause: Error & { code?: unknown },
  login = false,
): WeirError {
  if (cause instanceof Refused) return cause;
  // mqtt.js: the code of a CONNACK that refuses.
  if (typeof cause.code === "number") {
    return refusal(href, cause.code, "refused", login);
  }
  const said = `${cause.code ?? ""} ${cause.message}`;
  const known = CAUSES.find(([pattern]) => pattern.test(said))?.[1];
  const why = known ?? escape(cause.message);
  const message = `Cannot connect to ${href}: ${why}`;
  // Brokers before MQTT 5 may hang up on a CONNECT that they cannot read.
  if (version === 5 && /without an answer/.test(message)) {
    return new Refused(message, { version: true });
  }
  return new WeirError("ERR_WEIR_UNREACHABLE", message, { cause });
}
