/**
 * A broker that hides no client's speed behind its own: whoever subscribes gets
 * so many messages, made beforehand, as fast as TCP takes them or at so many a
 * second. It speaks just enough MQTT for that, 3.1.1 or 5 as the client asks.
 *
 *     deno run bench/bench_broker.ts MESSAGES [RATE]
 *
 * The first line on stdout is its port. Then comes one line for each
 * subscriber: when its first message was written, in milliseconds since 1970.
 * Who subscribes to other topics gets none, and no line.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { generate, type Packet, parser } from "mqtt-packet";
import { payload } from "./readings.ts";

const TOPIC = "sensor-data";
const count = Number(Deno.args[0]);
const rate = Number(Deno.args[1] ?? Infinity);

/** How often a flood at a rate goes on, in milliseconds. */
const INTERVAL = 5;

const encode = (packet: Packet, protocolVersion: 4 | 5) =>
  generate(packet, { protocolVersion }) as Uint8Array<ArrayBuffer>;

function publishes(version: 4 | 5): Uint8Array<ArrayBuffer> {
  const packets = Array.from({ length: count }, (_, n) =>
    encode({
      cmd: "publish",
      topic: TOPIC,
      payload: payload(n),
      qos: 0,
      retain: false,
      dup: false,
    }, version));
  return Buffer.concat(packets);
}

const messages = { 4: publishes(4), 5: publishes(5) };

async function serve(connection: Deno.TcpConn): Promise<void> {
  connection.setNoDelay();
  const writer = connection.writable.getWriter();
  // A client that leaves early is none of the broker's concern.
  const send = (bytes: Uint8Array<ArrayBuffer>) =>
    writer.write(bytes).catch(() => {});
  const flood = async (bytes: Uint8Array<ArrayBuffer>) => {
    const start = performance.now();
    for (let sent = 0; sent < bytes.length;) {
      const share = (performance.now() - start) / 1000 * rate / count;
      // Messages are about equally long, and TCP knows of none.
      const due = Math.min(bytes.length, Math.floor(bytes.length * share));
      await writer.write(bytes.subarray(sent, due));
      sent = due;
      await new Promise((resolve) => setTimeout(resolve, INTERVAL));
    }
  };
  let version: 4 | 5 = 4;
  const packets = parser();
  packets.on("packet", async (packet: Packet) => {
    if (packet.cmd === "connect") {
      version = packet.protocolVersion === 5 ? 5 : 4;
      const success = version === 5 ? { reasonCode: 0 } : { returnCode: 0 };
      const connack = { cmd: "connack", sessionPresent: false } as const;
      send(encode({ ...connack, ...success }, version));
    } else if (packet.cmd === "subscribe") {
      const { messageId, subscriptions } = packet;
      const granted = subscriptions.map(() => 0);
      await send(encode({ cmd: "suback", messageId, granted }, version));
      if (!subscriptions.some(({ topic }) => topic === TOPIC)) return;
      console.log(Date.now());
      if (rate === Infinity) send(messages[version]);
      else flood(messages[version]).catch(() => {});
    } else if (packet.cmd === "pingreq") {
      send(encode({ cmd: "pingresp" }, version));
    }
  });
  for await (const chunk of connection.readable) {
    packets.parse(Buffer.from(chunk));
  }
}

const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
console.log(listener.addr.port);
for await (const connection of listener) serve(connection).catch(() => {});
