import { WeirError } from "../error.ts";
import { jsonLine } from "../escape.ts";

/** The ports that IANA gives each scheme; browsers' ports for WebSockets. */
const PORTS: Record<string, string> = {
  "mqtt:": "1883",
  "mqtts:": "8883",
  "ws:": "80",
  "wss:": "443",
};

/** A broker's address and who to be there. */
export interface BrokerUrl {
  /** With its port, and without what may be secret: fit to be shown. */
  href: string;
  /** The same with the path and query of a WebSocket, which may hold a token. */
  address: string;
  /** `mqtt:`, `mqtts:`, `ws:` or `wss:`. */
  protocol: string;
  /** The host alone; an IPv6 address without brackets. */
  hostname: string;
  /** The port. */
  port: number;
  /** The user name in the URL. */
  username?: string;
  /** The password in the URL. */
  password?: string;
}

/**
 * Reads the URL of a broker: `mqtt`, `mqtts`, `ws` or `wss`, host, and where it
 * is not the usual one the port; user and password may be in it.
 *
 * @throws {WeirError} if it is none. The message masks what may be a
 * password.
 *
 * @example
 * ```ts
 * import { readBrokerUrl } from "../mod.ts";
 *
 * const url = readBrokerUrl("mqtt://ada:secret@pi");
 * if (url.href !== "mqtt://pi:1883" || url.password !== "secret") throw url;
 * ```
 */
export function readBrokerUrl(text: string): BrokerUrl {
  const url = URL.parse(text);
  if (!url || !PORTS[url.protocol] || !url.hostname) {
    throw new WeirError(
      "ERR_WEIR_ARGUMENT",
      `${
        mask(text)
      } is not the URL of a broker. Write it like mqtt://localhost:1883 (or mqtts, ws, wss).`,
    );
  }
  const port = url.port || PORTS[url.protocol];
  const webSocket = url.protocol.startsWith("ws");
  if (!webSocket && (url.pathname + url.search).length > 1) {
    throw new WeirError(
      "ERR_WEIR_ARGUMENT",
      `${
        mask(text)
      } has a path, which only ws:// and wss:// have. Leave it out.`,
    );
  }
  const path = webSocket && url.pathname !== "/" ? url.pathname : "";
  const host = `${url.protocol}//${url.hostname}:${port}`;
  return {
    href: host + maskPath(path),
    address: webSocket ? host + path + url.search : host,
    protocol: url.protocol,
    hostname: url.hostname.replace(/^\[|\]$/g, ""),
    port: Number(port),
    username: decode(url.username),
    password: decode(url.password),
  };
}

/**
 * Whatever stands before the last `@` may hold a password, and a path or a query
 * a token.
 */
function mask(text: string): string {
  const [, host, path, query] = /^([a-z]*:\/\/[^/?#]*)?([^?#]*)(.*)$/is.exec(
    text.replace(/^([a-z]*:\/\/)?.*@/is, "$1***@"),
  )!;
  const [first, ...rest] = path.split("/");
  const shown = [
    host === undefined ? first : maskPath(first),
    ...rest.map(maskPath),
  ];
  return jsonLine((host ?? "") + shown.join("/") + (query && "?***"));
}

/** What brokers call the path of their WebSocket. */
const KNOWN = /^(|api|broker|mqtts?|sockets?|v\d+|websockets?|wss?)$/i;

/** A path in which each part that is not a usual one may be a token. */
function maskPath(path: string): string {
  return path.split("/").map((part) => KNOWN.test(part) ? part : "***")
    .join("/");
}

function decode(text: string): string | undefined {
  if (text === "") return undefined;
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
