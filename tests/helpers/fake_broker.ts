/** A packet as it came from a client. */
export interface Packet {
  /** The first byte: type and flags (MQTT 3.1.1, 2.2). */
  first: number;
  body: Uint8Array;
}

/** A broker that answers what a test wants it to. */
export interface FakeBroker extends AsyncDisposable {
  port: number;
  /** All packets that came, of all connections. */
  packets: Packet[];
  /** How many connections there were. */
  connections(): number;
  /** The payloads that were published on a topic. */
  published(topic: string): string[];
  /** Resolves as soon as that is so. */
  until(wanted: () => boolean): Promise<void>;
  /** Closes the connections there are. */
  cut(): void;
  /** Sends bytes to every connected client. */
  send(bytes: Uint8Array): Promise<void>;
  /** What it does from now on. */
  behave: Behaviour;
}

/** What a broker leaves undone. */
export interface Behaviour {
  /** CONNACK's return code; undefined: it never answers. */
  connack?: number;
  /** Whether it answers PINGREQ. */
  pingresp: boolean;
  /** Whether it answers a PUBLISH of QoS 1. */
  puback: boolean;
}

/** Starts one on loopback that does all it should, unless told otherwise. */
export function startFakeBroker(
  behaviour: Partial<Behaviour> = {},
): FakeBroker {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const open = new Set<Deno.TcpConn>();
  const packets: Packet[] = [];
  const waiting = new Set<() => void>();
  let connections = 0;
  const behave = { connack: 0, pingresp: true, puback: true, ...behaviour };

  const reply = ({ first, body }: Packet): number[] | undefined => {
    switch (first >> 4) {
      case 1:
        return behave.connack === undefined
          ? undefined
          : [0x20, 2, 0, behave.connack];
      case 3: {
        if (!(first & 2) || !behave.puback) return;
        const at = 2 + (body[0] << 8 | body[1]);
        return [0x40, 2, body[at], body[at + 1]];
      }
      case 8: // SUBSCRIBE to the board's three topics
        return behave.connack === 0
          ? [0x90, 5, body[0], body[1], 0, 0, 0]
          : undefined;
      case 12:
        return behave.pingresp ? [0xd0, 0] : undefined;
    }
  };
  const serve = async (client: Deno.TcpConn) => {
    let rest = new Uint8Array();
    try {
      for await (const chunk of client.readable) {
        rest = new Uint8Array([...rest, ...chunk]);
        for (;;) {
          const packet = takePacket(rest);
          if (!packet) break;
          rest = rest.slice(packet.length);
          packets.push(packet);
          const answer = reply(packet);
          if (answer) await client.write(new Uint8Array(answer));
        }
        for (const look of waiting) look();
      }
    } catch {
      // Cut.
    }
    open.delete(client);
  };
  const accepting = (async () => {
    for await (const client of listener) {
      connections++;
      open.add(client);
      serve(client);
      for (const look of waiting) look();
    }
  })();
  const cut = () => {
    for (const client of open) {
      try {
        client.close();
      } catch {
        // Gone already.
      }
    }
    open.clear();
  };
  return {
    port: listener.addr.port,
    packets,
    behave,
    connections: () => connections,
    published: (topic) =>
      packets.filter(({ first }) => first >> 4 === 3).flatMap(
        ({ first, body }) => {
          const end = 2 + (body[0] << 8 | body[1]);
          const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
          const start = end + (first & 6 ? 2 : 0);
          return decode(body.subarray(2, end)) === topic
            ? [decode(body.subarray(start))]
            : [];
        },
      ),
    until: (wanted) =>
      new Promise((resolve) => {
        const look = () => {
          if (!wanted()) return;
          waiting.delete(look);
          resolve();
        };
        waiting.add(look);
        look();
      }),
    cut,
    async send(bytes) {
      for (const client of open) await client.write(bytes);
    },
    async [Symbol.asyncDispose]() {
      listener.close();
      cut();
      await accepting;
    },
  };
}

function takePacket(
  bytes: Uint8Array,
): Packet & { length: number } | undefined {
  let length = 0;
  for (let at = 1; at < Math.min(5, bytes.length); at++) {
    length |= (bytes[at] & 127) << (7 * (at - 1));
    if (bytes[at] & 128) continue;
    const end = at + 1 + length;
    if (bytes.length < end) return;
    return { first: bytes[0], body: bytes.slice(at + 1, end), length: end };
  }
}
