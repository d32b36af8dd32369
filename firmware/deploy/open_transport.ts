import { WeirError } from "../../pipeline/error.ts";
import { reopenable } from "./reopen.ts";
import type { Transport } from "./transport.ts";
import { openTty } from "./tty.ts";

/**
 * Opens the way to a board: the path of a serial port, or `tcp://host:port` for a virtual board.
 *
 * @throws {WeirError} where it cannot be opened; the message says what to do.
 *
 * @example
 * ```ts ignore
 * await using transport = await openTransport("/dev/ttyUSB0");
 * ```
 */
export function openTransport(port: string): Promise<Transport> {
  return reopenable(() =>
    port.startsWith("tcp://") ? openTcp(port) : openTty(port)
  );
}

async function openTcp(port: string): Promise<Transport> {
  const url = URL.parse(port);
  if (!url?.hostname || !url.port) {
    throw new WeirError(
      "ERR_WEIR_PORT",
      `${port} is no port. Write it like tcp://localhost:2323.`,
    );
  }
  let connection: Deno.TcpConn;
  try {
    const hostname = url.hostname.replace(/^\[|\]$/g, "");
    connection = await Deno.connect({ hostname, port: Number(url.port) });
  } catch (error) {
    const reason = error instanceof Deno.errors.ConnectionRefused
      ? "connection refused"
      : (error as Error).message;
    throw new WeirError(
      "ERR_WEIR_PORT",
      `Cannot connect to ${port}: ${reason}. Is a virtual board running there?`,
      { cause: error, facts: { port: url.port, help: "simulate-board" } },
    );
  }
  const writer = connection.writable.getWriter();
  return {
    name: port,
    write: (bytes) => writer.write(bytes as Uint8Array<ArrayBuffer>),
    readable: connection.readable,
    [Symbol.asyncDispose]() {
      try {
        connection.close();
      } catch {
        // The other side was faster.
      }
      return Promise.resolve();
    },
  };
}
