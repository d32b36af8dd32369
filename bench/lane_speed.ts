import { Buffer } from "node:buffer";
import { Duplex } from "node:stream";
import { MqttClient } from "mqtt";
import { generate } from "mqtt-packet";
import { openLane } from "../pipeline/mqtt/lane.ts";
import { print } from "./printed.ts";
import { payload } from "./readings.ts";
import { align, median, withRange } from "./table.ts";

/** How many bytes come from a socket at a time. */
const CHUNK = 65_536;

/**
 * Measures how fast messages are read from a stream in memory: by mqtt.js, and
 * by the lane before it, which only counts them.
 */
export async function benchLane(
  messages: number,
  runs: number,
): Promise<void> {
  const bytes = Buffer.concat(Array.from(
    { length: messages },
    (_, n) =>
      generate({
        ...{ cmd: "publish", topic: "sensor-data", payload: payload(n) },
        ...{ qos: 0, retain: false, dup: false },
      }),
  ));
  const rates = { lane: [] as number[], "bare mqtt.js": [] as number[] };
  for (let run = 0; run < runs; run++) {
    rates.lane.push(await measure(bytes, messages, true));
    rates["bare mqtt.js"].push(await measure(bytes, messages, false));
  }
  const bare = rates["bare mqtt.js"];
  print(align([
    ["", "1,000 messages/s", "× bare mqtt.js"],
    ...Object.entries(rates).map(([name, all]) => [
      name,
      withRange(all.map((rate) => rate / 1000)),
      median(all.map((rate, run) => rate / bare[run])).toFixed(2),
    ]),
  ]));
}

/** Messages a second. */
async function measure(
  bytes: Buffer,
  messages: number,
  withLane: boolean,
): Promise<number> {
  const all = Promise.withResolvers<void>();
  let left = messages;
  const count = (more: number) => {
    left -= more;
    if (left === 0) all.resolve();
  };
  const client = new MqttClient(() => {
    const stream = brokerIn(bytes);
    if (withLane) {
      openLane(stream, {
        version: 3,
        take(messages) {
          count(messages.length);
          return undefined;
        },
      });
    }
    return stream;
  }, { protocolVersion: 4, keepalive: 0, reconnectPeriod: 0 });
  client.on("message", () => count(1));
  const started = performance.now();
  await all.promise;
  const seconds = (performance.now() - started) / 1000;
  await client.endAsync(true);
  return messages / seconds;
}

/** The stream of a broker that answers CONNECT, and then sends these bytes. */
function brokerIn(bytes: Buffer): Duplex {
  let connected = false;
  let sent = 0;
  const stream = new Duplex({
    write(_packet, _encoding, done) {
      if (!connected) {
        connected = true;
        stream.push(
          generate({ cmd: "connack", returnCode: 0, sessionPresent: false }),
        );
      }
      done();
    },
    read() {
      if (!connected || sent >= bytes.length) return;
      stream.push(bytes.subarray(sent, sent += CHUNK));
    },
  });
  return stream;
}
