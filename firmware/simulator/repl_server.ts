/** A virtual board's console on a TCP port, as a real one's is on a serial port. */
import { WeirError } from "../../pipeline/error.ts";
import type { Board } from "./board.ts";

/** A port on which a board's console can be reached. */
export interface ReplServer extends AsyncDisposable {
  /** The port on loopback. */
  port: number;
}

/** What asks for raw-paste mode, and the answer of a board that does not have it (MicroPython documentation, "Raw-paste mode"). */
const RAW_PASTE = "\x05A\x01";
const NOT_SUPPORTED = new Uint8Array([0x52, 0x00]);

/**
 * Serves a board's console on loopback, to one client at a time: the latest. The console needs no password: whoever reaches it owns
 * the board, virtual as it is.
 *
 * @throws {WeirError} where the port is taken.
 *
 * @example
 * ```ts
 * import { serveRepl, startBoard } from "./mod.ts";
 *
 * await using board = await startBoard();
 * await using repl = serveRepl(board);
 * if (repl.port === 0) throw repl;
 * ```
 */
export function serveRepl(board: Board, port = 0): ReplServer {
  let listener: Deno.TcpListener;
  try {
    listener = Deno.listen({ hostname: "127.0.0.1", port });
  } catch (error) {
    throw new WeirError(
      "ERR_WEIR_PORT",
      `Cannot serve a board's prompt on port ${port}: ${
        (error as Error).message
      }.`,
      { cause: error, facts: { port: port + 1, help: "repl-port" } },
    );
  }
  let current: Deno.TcpConn | undefined;
  const close = (client: Deno.TcpConn) => {
    try {
      client.close();
    } catch {
      // Gone already.
    }
  };
  const print = async (client: Deno.TcpConn) => {
    const encoder = new TextEncoder();
    for (let at = board.output.length;;) {
      await board.waitFor(() => board.output.length > at || client !== current);
      if (client !== current) return;
      const text = board.output.slice(at);
      at += text.length;
      await writeAll(client, encoder.encode(text));
    }
  };
  const serve = async (client: Deno.TcpConn) => {
    print(client).catch(() => close(client));
    const decoder = new TextDecoder();
    try {
      for await (const bytes of client.readable) {
        const text = decoder.decode(bytes, { stream: true });
        const parts = text.split(RAW_PASTE);
        for (const [index, part] of parts.entries()) {
          if (index > 0) await writeAll(client, NOT_SUPPORTED);
          if (part !== "") board.type(part);
        }
      }
    } catch {
      // It hung up.
    }
    close(client);
    if (current === client) current = undefined;
  };
  const accepting = (async () => {
    for await (const client of listener) {
      if (current) close(current);
      serve(current = client);
    }
  })().catch(() => {});
  board.off.catch(() => {}).finally(() => {
    if (current) close(current);
  });
  return {
    port: listener.addr.port,
    async [Symbol.asyncDispose]() {
      listener.close();
      if (current) close(current);
      current = undefined;
      await accepting;
    },
  };
}

async function writeAll(
  client: Deno.TcpConn,
  bytes: Uint8Array,
): Promise<void> {
  while (bytes.length > 0) {
    bytes = bytes.subarray(await client.write(bytes));
  }
}
