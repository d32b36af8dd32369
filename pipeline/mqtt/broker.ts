import { createServer, type Server } from "node:net";
import { WeirError } from "../error.ts";

/** Options of {@linkcode broker}. */
export interface BrokerOptions {
  /** Where to listen; 0 for any port that is free. Default: 1883. */
  port?: number;
  /** The address to listen on. Default: `127.0.0.1`, this machine only. */
  host?: string;
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
 * messages; what it keeps is gone when it ends). It has no login, so by default
 * only this machine can reach it.
 *
 * @throws {WeirError} where it cannot listen there.
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
  { port = 1883, host = "127.0.0.1" }: BrokerOptions = {},
): Promise<Broker> {
  const { Aedes } = await import("aedes");
  const aedes = await Aedes.createBroker();
  const server = createServer(aedes.handle);
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
    },
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
  const reason = error.code === "EADDRINUSE"
    ? `something listens there already, a broker perhaps. Use that one, or another port: --port ${
      port + 1
    }`
    : error.code === "EACCES"
    ? "ports below 1024 belong to root. Use another one: --port 1883"
    : error.code === "EADDRNOTAVAIL"
    ? "this machine does not have that address. Use 127.0.0.1 or 0.0.0.0"
    : error.message;
  return new WeirError(`Cannot listen on ${host}:${port}: ${reason}`);
}
