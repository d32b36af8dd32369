/**
 * A broker that hides no client's speed behind its own: whoever subscribes gets
 * so many messages, made beforehand, as fast as TCP takes them or at so many a
 * second. It speaks just enough MQTT for that, 3.1.1 or 5 as the client asks.
 *
 *     deno run bench/bench_broker.ts MESSAGES [RATE [PAYLOADS [CERT KEY]]]
 *
 * The first line on stdout is its port. Then comes one line for each
 * subscriber: when its first message was written, in milliseconds since 1970.
 * Who subscribes to other topics gets none, and no line. PAYLOADS is a name in
 * `readings.ts`. With a certificate and its key it speaks TLS.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { generate, type Packet, parser } from "mqtt-packet";
import { PAYLOADS } from "./readings.ts";

const TOPIC = "sensor-data";
const [messages, perSecond = "Infinity", kind = "readings", cert, key] =
  Deno.args;
const count = Number(messages);
const rate = Number(perSecond);
const { payload } = PAYLOADS[kind as keyof typeof PAYLOADS];

/** How often a flood at a rate goes on, in milliseconds. */
const INTERVAL = 5;

const encode = (packet: Packet, protocolVersion: 4 | 5) =>
  generate(packet, { protocolVersion }) as Uint8Array<ArrayBuffer>;

/** All messages, and where each of them ends. */
function publishes(
  version: 4 | 5,
): { bytes: Uint8Array<ArrayBuffer>; ends: number[] } {
  const packets = Array.from({ length: count }, (_, n) =>
    encode({
      cmd: "publish",
      topic: TOPIC,
      payload: payload(n),
      qos: 0,
      retain: false,
      dup: false,
    }, version));
  let end = 0;
  const ends = packets.map(({ length }) => end += length);
  return { bytes: Buffer.concat(packets), ends };
}

const floods = { 4: publishes(4), 5: publishes(5) };

async function serve(connection: Deno.TcpConn | Deno.TlsConn): Promise<void> {
  if ("setNoDelay" in connection) connection.setNoDelay();
  const writer = connection.writable.getWriter();
  // A client that leaves early is none of the broker's concern.
  const send = (bytes: Uint8Array<ArrayBuffer>) =>
    writer.write(bytes).catch(() => {});
  const flood = async ({ bytes, ends }: typeof floods[4]) => {
    const start = performance.now();
    for (let sent = 0; sent < count;) {
      const seconds = (performance.now() - start) / 1000;
      const due = Math.min(count, 1 + Math.floor(seconds * rate));
      if (due > sent) {
        await writer.write(bytes.subarray(ends[sent - 1] ?? 0, ends[due - 1]));
      }
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
      if (rate === Infinity) send(floods[version].bytes);
      else flood(floods[version]).catch(() => {});
    } else if (packet.cmd === "pingreq") {
      send(encode({ cmd: "pingresp" }, version));
    }
  });
  for await (const chunk of connection.readable) {
    packets.parse(Buffer.from(chunk));
  }
}

const address = { hostname: "127.0.0.1", port: 0 };
const listener = cert === undefined ? Deno.listen(address) : Deno.listenTls({
  ...address,
  cert: await Deno.readTextFile(cert),
  key: await Deno.readTextFile(key),
});
console.log(listener.addr.port);
for await (const connection of listener) serve(connection).catch(() => {});
