/** A TCP proxy whose connections a test can disturb. */
export interface Proxy extends AsyncDisposable {
  /** Where it listens, on loopback. */
  port: number;
  /** `mqtt://127.0.0.1:PORT` */
  url: string;
  /** Closes the connections there are; new ones are let through. */
  cut(): void;
  /** From now on passes nothing on, and takes new connections all the same. */
  freeze(): void;
  /** From now on passes nothing on of what the clients send. */
  muffle(): void;
  /** Passes everything on again. */
  thaw(): void;
  /** Passes on no more than so many bytes a second, each way. */
  limit(bytesPerSecond: number): void;
  /** Changes one byte of what comes next from the target. */
  flip(): void;
  /** How many connections there were in all. */
  connections(): number;
}

/** Starts a proxy to a port on loopback, on a port of its own or this one. */
export function startProxy(target: number, own = 0): Proxy {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: own });
  const { port } = listener.addr;
  const open = new Set<Deno.TcpConn>();
  let count = 0;
  let rate = Infinity;
  let flipping = false;
  let gate = Promise.withResolvers<void>();
  let fromClients = Promise.withResolvers<void>();
  gate.resolve();
  fromClients.resolve();

  const close = (connection: Deno.TcpConn) => {
    open.delete(connection);
    try {
      connection.close();
    } catch {
      // The other side was first.
    }
  };
  const copy = async (
    from: Deno.TcpConn,
    to: Deno.TcpConn,
    toClient: boolean,
  ) => {
    const buffer = new Uint8Array(65_536);
    try {
      for (let read; (read = await from.read(buffer)) !== null;) {
        await gate.promise;
        if (!toClient) await fromClients.promise;
        if (flipping && toClient) {
          flipping = false;
          buffer[0] ^= 0xff;
        }
        if (rate < Infinity) {
          await new Promise((resolve) =>
            setTimeout(resolve, 1000 * read! / rate)
          );
        }
        for (let bytes = buffer.subarray(0, read); bytes.length > 0;) {
          bytes = bytes.subarray(await to.write(bytes));
        }
      }
    } catch {
      // Cut, here or there: both ends are closed below.
    }
    close(from);
    close(to);
  };
  const accepting = (async () => {
    for await (const client of listener) {
      count++;
      open.add(client);
      try {
        const server = await Deno.connect({
          hostname: "127.0.0.1",
          port: target,
        });
        open.add(server);
        copy(client, server, false);
        copy(server, client, true);
      } catch {
        close(client);
      }
    }
  })();
  const cut = () => open.forEach(close);
  return {
    port,
    url: `mqtt://127.0.0.1:${port}`,
    cut,
    freeze() {
      gate = Promise.withResolvers();
    },
    muffle() {
      fromClients = Promise.withResolvers();
    },
    thaw() {
      gate.resolve();
      fromClients.resolve();
    },
    limit(bytesPerSecond) {
      rate = bytesPerSecond;
    },
    flip() {
      flipping = true;
    },
    connections: () => count,
    async [Symbol.asyncDispose]() {
      listener.close();
      gate.resolve();
      fromClients.resolve();
      cut();
      await accepting;
    },
  };
}
