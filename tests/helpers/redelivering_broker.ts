/**
 * A broker of MQTT 3.1.1 with one session that sends again in a way of its own, as
 * RabbitMQ and NATS do. It publishes what a test says, at QoS 1.
 */
export interface RedeliveringBroker extends AsyncDisposable {
  /** `mqtt://127.0.0.1:PORT` */
  url: string;
  /** Publishes messages on the topic `t`. */
  publish(texts: readonly string[]): void;
  /** From now on reads neither acknowledgements nor pings, or reads them again. */
  setDeaf(deaf: boolean): void;
  /** Sends again now what a late broker has not. */
  sendLate(): void;
  /** Closes the connection. */
  cut(): void;
  /** Whether somebody is connected. */
  readonly connected: boolean;
  /** How many messages are not acknowledged. */
  readonly unacknowledged: number;
  /** How many acknowledgements it has not read. */
  readonly unheard: number;
}

/** How it sends again. */
export interface RedeliveringOptions {
  /** Whether old messages come first on a connection, or when `sendLate()` says. */
  late: boolean;
}

interface Pending {
  text: string;
  /** The connection that it was sent on, and its id there. */
  link?: Deno.TcpConn;
  id: number;
}

/** Starts one on loopback. On each connection its ids begin at 1. */
export function startRedeliveringBroker(
  { late }: RedeliveringOptions,
): RedeliveringBroker {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  let pending: Pending[] = [];
  let link: Deno.TcpConn | undefined;
  let present = false;
  let subscribed = false;
  let lastId = 0;
  let deaf = false;
  let unheard = 0;
  let writing = Promise.resolve();

  const write = (bytes: readonly number[]) => {
    const to = link;
    writing = writing.then(async () => {
      let rest = Uint8Array.from(bytes);
      while (rest.length > 0) rest = rest.subarray(await to!.write(rest));
    }).catch(() => {});
  };
  const send = (message: Pending, dup: boolean) => {
    // As NATS does if nothing is pending.
    if (late && !pending.some((other) => other.link === link)) lastId = 0;
    message.link = link;
    message.id = ++lastId;
    const payload = new TextEncoder().encode(message.text);
    const body = [0, 1, 0x74, message.id >> 8, message.id & 0xff, ...payload];
    if (body.length > 127) throw new Error("too long for this broker");
    write([0x32 | (dup ? 8 : 0), body.length, ...body]);
  };
  const sendNew = () => {
    if (!link || !subscribed) return;
    for (const message of pending) if (message.id === 0) send(message, false);
  };
  const sendOld = () => {
    for (const message of pending) {
      if (message.id > 0 && message.link !== link) send(message, true);
    }
  };
  const take = (first: number, body: Uint8Array) => {
    switch (first >> 4) {
      case 1: { // CONNECT; its level follows the name of the protocol.
        if (body[6] !== 4) return write([0x20, 2, 0, 1]);
        write([0x20, 2, present ? 1 : 0, 0]);
        present = true;
        lastId = 0;
        if (!late) sendOld();
        return sendNew();
      }
      case 4: { // PUBACK
        if (deaf) return unheard++;
        const id = body[0] << 8 | body[1];
        pending = pending.filter((one) => one.link !== link || one.id !== id);
        return;
      }
      case 8: // SUBSCRIBE
        subscribed = true;
        write([0x90, 3, body[0], body[1], 1]);
        return sendNew();
      case 12: // PINGREQ
        if (!deaf) write([0xd0, 0]);
    }
  };
  const serve = async (connection: Deno.TcpConn) => {
    link = connection;
    let rest = new Uint8Array();
    try {
      for await (const chunk of connection.readable) {
        rest = Uint8Array.from([...rest, ...chunk]);
        // CONNECT and SUBSCRIBE of these tests are shorter than 128 bytes.
        while (rest.length >= 2 && rest.length >= 2 + rest[1]) {
          const end = 2 + rest[1];
          if (connection === link) take(rest[0], rest.slice(2, end));
          rest = rest.slice(end);
        }
      }
    } catch {
      // Cut, or the client was killed.
    }
    if (link === connection) link = undefined;
  };
  const close = () => {
    try {
      link?.close();
    } catch {
      // Gone already.
    }
    link = undefined;
  };
  const accepting = (async () => {
    for await (const connection of listener) serve(connection);
  })();
  return {
    url: `mqtt://127.0.0.1:${listener.addr.port}`,
    publish(texts) {
      for (const text of texts) pending.push({ text, id: 0 });
      sendNew();
    },
    setDeaf(now) {
      deaf = now;
      unheard = 0;
    },
    sendLate: sendOld,
    cut: close,
    get connected() {
      return link !== undefined;
    },
    get unacknowledged() {
      return pending.length;
    },
    get unheard() {
      return unheard;
    },
    async [Symbol.asyncDispose]() {
      listener.close();
      close();
      await accepting;
    },
  };
}
