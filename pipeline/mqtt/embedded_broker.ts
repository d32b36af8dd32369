import { Buffer } from "node:buffer";
import { createServer, type Server, type Socket } from "node:net";
import { Readable } from "node:stream";
import { createHash, timingSafeEqual } from "node:crypto";
import { WeirError } from "../error.ts";

/** Options of {@linkcode broker}. */
export interface BrokerOptions {
  /** Where to listen; 0 for any port that is free. Default: 1883. */
  port?: number;
  /** The address to listen on. Default: `127.0.0.1`, this machine only. */
  host?: string;
  /** Who may connect, with `password`. Default: anybody. */
  username?: string;
  /** The password of `username`. */
  password?: string;
}

/** A running broker. */
export interface Broker extends AsyncDisposable {
  /** Its address for clients on this machine. */
  url: string;
  /** The port it listens on. */
  port: number;
}

/**
 * Starts a broker inside this process (aedes: MQTT 3.1.1, QoS 0 to 2, retained
 * messages; what it keeps is gone when it ends). By default only this
 * machine can reach it, and anybody there.
 *
 * @throws {WeirError} if it cannot listen there.
 *
 * @example
 * ```ts
 * import { broker } from "../mod.ts";
 *
 * await using local = await broker({ port: 0 });
 * if (local.url !== `mqtt://127.0.0.1:${local.port}`) throw local.url;
 * ```
 */
export async function broker(
  { port = 1883, host = "127.0.0.1", username, password }: BrokerOptions = {},
): Promise<Broker> {
  if ((username === undefined) !== (password === undefined)) {
    throw new WeirError(
      "ERR_WEIR_ARGUMENT",
      "A login is a user name and a password: give both.",
    );
  }
  const { Aedes } = await import("aedes");
  const aedes = await Aedes.createBroker();
  markRepeats(aedes as unknown as Parameters<typeof markRepeats>[0]);
  if (username !== undefined && password !== undefined) {
    const login = digest(username, password);
    aedes.authenticate = (_client, name = "", secret, done) => {
      const given = digest(name, secret?.toString() ?? "");
      if (timingSafeEqual(given, login)) return done(null, true);
      // 4: bad user name or password (MQTT 3.1.1, table 3.1).
      done(Object.assign(new Error("refused"), { returnCode: 4 }), false);
    };
  }
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    readAll(socket);
    aedes.handle(socket);
  });
  try {
    await listen(server, port, host);
  } catch (error) {
    aedes.close();
    throw cannotListen(error as Error & { code?: string }, port, host);
  }
  const address = server.address() as { port: number };
  const local = host === "0.0.0.0" || host === "::" ? "127.0.0.1" : host;
  return {
    url: `mqtt://${local.includes(":") ? `[${local}]` : local}:${address.port}`,
    port: address.port,
    async [Symbol.asyncDispose]() {
      server.close();
      await new Promise<void>((resolve) => aedes.close(resolve));
      // Also those who never said CONNECT.
      for (const socket of sockets) socket.destroy();
    },
  };
}

/** A packet that aedes keeps; it has an id once it has been sent. */
interface KeptPacket {
  cmd: string;
  messageId?: number;
  dup?: boolean;
}

/**
 * Sets DUP on what is sent again, as MQTT-3.3.1-1 asks; aedes leaves it out. By
 * it a client tells a repetition from a new message with the same payload.
 */
function markRepeats({ persistence }: {
  persistence: { outgoingStream(client: unknown): AsyncIterable<KeptPacket> };
}): void {
  const kept = persistence.outgoingStream.bind(persistence);
  const marked = async function* (client: unknown) {
    for await (const packet of kept(client)) {
      if (packet.cmd === "publish" && packet.messageId) packet.dup = true;
      yield packet;
    }
  };
  persistence.outgoingStream = (client) => Readable.from(marked(client));
}

/**
 * Makes `read()` return all there is. aedes reads once for each `readable` event,
 * and Deno's sockets may leave something behind without another event: a message
 * of some 300 kB stopped there for ever.
 */
function readAll(socket: Socket): void {
  const read = socket.read.bind(socket);
  socket.read = (size?: number) => {
    if (size === 0) return read(0);
    const chunks: Uint8Array[] = [];
    for (let chunk; (chunk = read()) !== null;) chunks.push(chunk);
    return chunks.length > 0 ? Buffer.concat(chunks) : null;
  };
}

function listen(server: Server, port: number, host: string): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once("error", reject);
  server.listen(port, host, resolve);
  return promise;
}

function cannotListen(
  error: Error & { code?: string },
  port: number,
  host: string,
): WeirError {
  const freePort = { EADDRINUSE: port + 1, EACCES: 1883 }[error.code ?? ""];
  const reason = error.code === "EADDRINUSE"
    ? "something listens there already, a broker perhaps. Use that one, or another port"
    : error.code === "EACCES"
    ? "ports below 1024 belong to root. Use another one"
    : error.code === "EADDRNOTAVAIL" || error.code === "EINVAL"
    ? "this machine does not have that address. Use 127.0.0.1 or 0.0.0.0"
    : /ENOTFOUND|EAI_|ENODATA/.test(error.code ?? "")
    ? "host not found. Use 127.0.0.1 or 0.0.0.0"
    : error.message;
  return new WeirError(
    "ERR_WEIR_LISTEN",
    `Cannot listen on ${host}:${port}: ${reason}`,
    {
      cause: error,
      facts: { host, port, freePort, help: freePort && "listen-port" },
    },
  );
}

/** Of a fixed length, as a comparison in constant time needs it. */
function digest(username: string, password: string): Uint8Array {
  const text = JSON.stringify([username, password]);
  return createHash("sha256").update(text).digest();
}
