/** A broker of a test's own making, packet by packet. */
export interface RogueBroker extends AsyncDisposable {
  /** `mqtt://127.0.0.1:PORT` */
  url: string;
  /** How many connections there were. */
  connections(): number;
  /** How many subscriptions it has granted. */
  subscriptions(): number;
}

/** CONNACK of MQTT 5: success, no properties, session not present. */
const CONNACK = [0x20, 3, 0, 0, 0];

/** The same, with a Session Expiry Interval under 256 s (MQTT 5, 3.2.2.3.2). */
export const keeping = (
  seconds: number,
) => [0x20, 8, 0, 0, 5, 0x11, 0, 0, 0, seconds];

/** The same of MQTT 3.1.1. */
const CONNACK_3 = [0x20, 2, 0, 0];

/** A CONNECT names the protocol and its level (MQTT 3.1.1, section 3.1.2). */
const isVersion3 = (connect: Uint8Array) =>
  new TextDecoder("latin1").decode(connect.subarray(0, 12)).includes(
    "MQTT\x04",
  );

/** DISCONNECT of MQTT 5 with a reason code. */
export const disconnect = (code: number) => [0xe0, 2, code, 0];

/** A length as MQTT writes it (MQTT 5, section 1.5.5). */
export function remainingLength(length: number): number[] {
  const bytes = [];
  do {
    bytes.push(length % 128 + (length >= 128 ? 128 : 0));
    length = Math.floor(length / 128);
  } while (length > 0);
  return bytes;
}

/**
 * Starts a broker that answers CONNECT and SUBSCRIBE, and after that does with
 * the connection what the test says. It grants that QoS, at most.
 */
export function startRogueBroker(
  serve: (connection: Deno.TcpConn, index: number) => Promise<unknown>,
  granted: 0 | 1 = 1,
  connack: number[] = CONNACK,
): RogueBroker {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const open = new Set<Deno.TcpConn>();
  let count = 0;
  let subscriptions = 0;
  const handle = async (connection: Deno.TcpConn) => {
    const index = count++;
    open.add(connection);
    const buffer = new Uint8Array(65_536);
    let served: Promise<unknown> | undefined;
    let version3 = false;
    try {
      for (let read; (read = await connection.read(buffer)) !== null;) {
        if (read === 0) continue;
        const type = buffer[0] >> 4;
        if (type === 1) {
          version3 = isVersion3(buffer);
          await write(connection, version3 ? CONNACK_3 : connack);
        }
        if (type !== 8) continue;
        const body = [buffer[2], buffer[3], ...version3 ? [] : [0], granted];
        await write(connection, [0x90, body.length, ...body]);
        subscriptions++;
        served ??= serve(connection, index).catch(() => {});
      }
    } catch {
      // The client, or the end of the test, has closed it.
    }
    await served;
    open.delete(connection);
    try {
      connection.close();
    } catch {
      // The test was first.
    }
  };
  const accepting = (async () => {
    const handled = [];
    for await (const connection of listener) handled.push(handle(connection));
    await Promise.all(handled);
  })();
  return {
    url: `mqtt://127.0.0.1:${listener.addr.port}`,
    connections: () => count,
    subscriptions: () => subscriptions,
    async [Symbol.asyncDispose]() {
      listener.close();
      for (const connection of open) {
        try {
          connection.close();
        } catch {
          // It is closed already.
        }
      }
      await accepting;
    },
  };
}

/** Writes all bytes. */
export async function write(
  connection: Deno.TcpConn,
  bytes: readonly number[] | Uint8Array,
): Promise<void> {
  let rest = Uint8Array.from(bytes);
  while (rest.length > 0) rest = rest.subarray(await connection.write(rest));
}
