/** The lane against mqtt-packet: the same messages in the same order, and all else byte for byte. */
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { PassThrough, Writable } from "node:stream";
import mqttPacket, { type Packet } from "mqtt-packet";
import type { Message } from "../pipeline/mod.ts";
import { longestPacket } from "../pipeline/mqtt/cut_packet.ts";
import { createLane, openLane } from "../pipeline/mqtt/lane.ts";
import { createRandom } from "./model/random.ts";

/** What came out of a lane, in its order. */
type Out = { message: Message; id: number } | { bytes: Buffer };

type Version = 3 | 5;

/** How many random streams are tried; `deno task fuzz` tries 100,000. */
const STREAMS = Number(Deno.env.get("WEIR_LANE_STREAMS") ?? 1000);

/** Sends chunks through a lane. */
async function through(version: Version, chunks: Buffer[]): Promise<Out[]> {
  const out: Out[] = [];
  const read = createLane({
    destroyed: false,
    write(bytes: Buffer, done: () => void) {
      out.push({ bytes: Buffer.from(bytes) });
      queueMicrotask(done);
      return true;
    },
  } as unknown as Writable, {
    version,
    maxMessages: 3,
    take(messages, ids) {
      assert.ok(messages.length <= 3, `${messages.length} messages at a time`);
      messages.forEach((message, index) =>
        out.push({ message, id: ids[index] })
      );
      return undefined;
    },
  });
  for (const chunk of chunks) await read(chunk);
  return out;
}

/** Holds what came out against the packets that went in. */
function compare(version: Version, packets: Buffer[], out: Out[]): void {
  const found = [...out];
  let bytes = Buffer.alloc(0);
  const parser = mqttPacket.parser({ protocolVersion: version === 5 ? 5 : 4 });
  let parsed: Packet | undefined;
  parser.on("packet", (packet) => parsed = packet);
  for (const raw of packets) {
    parser.parse(raw);
    const packet = parsed!;
    const next = found[0];
    if (bytes.length === 0 && next && "message" in next) {
      found.shift();
      assert.ok(packet.cmd === "publish");
      const { topic, payload, qos, retain, dup } = next.message;
      assert.ok((packet.payload as Buffer).equals(payload), "another payload");
      assert.ok(
        topic === packet.topic && qos === packet.qos &&
          retain === packet.retain && dup === packet.dup,
        JSON.stringify(next.message),
      );
      assert.equal(next.id, packet.messageId ?? 0);
      continue;
    }
    assert.ok(!isEasy(packet), `went to mqtt.js: ${JSON.stringify(packet)}`);
    while (bytes.length < raw.length) {
      const part = found.shift();
      assert.ok(part && "bytes" in part, "bytes are missing");
      bytes = Buffer.concat([bytes, part.bytes]);
    }
    assert.ok(bytes.subarray(0, raw.length).equals(raw), "other bytes");
    bytes = bytes.subarray(raw.length);
  }
  assert.equal(found.length + bytes.length, 0, "more came out than went in");
}

/** Whether a packet is one that the lane is there for. */
function isEasy(packet: Packet): boolean {
  return packet.cmd === "publish" && packet.qos < 2 && packet.topic !== "" &&
    packet.payload.length < 60_000 &&
    Object.keys(packet.properties ?? {}).length === 0;
}

const encode = (version: Version, packet: Packet): Buffer =>
  mqttPacket.generate(packet, { protocolVersion: version === 5 ? 5 : 4 });

/** Some packet that a broker sends. */
function somePacket(version: Version, random: () => number): Buffer {
  const below = (limit: number) => Math.floor(random() * limit);
  const kind = below(12);
  const messageId = 1 + below(65_535);
  if (kind === 0) return encode(version, { cmd: "pingresp" });
  if (kind === 1) {
    const granted = [below(3)];
    return encode(version, { cmd: "suback", messageId, granted } as Packet);
  }
  if (kind === 2) return encode(version, { cmd: "pubrel", messageId });
  const qos = (kind === 3 ? 2 : below(2)) as 0 | 1 | 2;
  const long = below(60) === 0;
  return encode(version, {
    cmd: "publish",
    topic:
      ["t", "sensor-data", "zigbee2mqtt/Küche/°C", "a/".repeat(70)][below(4)],
    payload: Buffer.alloc(
      long ? 100 + below(90_000) : below(40),
      97 + below(26),
    ),
    qos,
    messageId: qos > 0 ? messageId : undefined,
    retain: below(2) === 1,
    dup: qos > 0 && below(2) === 1,
    properties: version === 5 && below(5) === 0
      ? { contentType: "text/plain", userProperties: { a: "b" } }
      : undefined,
  });
}

/** Cuts bytes at random places. */
function cut(bytes: Buffer, random: () => number): Buffer[] {
  const chunks: Buffer[] = [];
  const most = bytes.length < 2000 && random() < 0.3
    ? 8
    : random() < 0.5
    ? 5000
    : 70_000;
  for (let at = 0; at < bytes.length;) {
    const end = at + 1 + Math.floor(random() * most);
    chunks.push(bytes.subarray(at, end));
    at = end;
  }
  return chunks;
}

for (const version of [3, 5] as const) {
  Deno.test(`a stream of MQTT ${version} may be cut at every byte`, async () => {
    const random = createRandom(version);
    const packets = Array.from(
      { length: 24 },
      () => somePacket(version, random),
    )
      .filter(({ length }) => length < 500);
    const bytes = Buffer.concat(packets);
    for (let at = 0; at <= bytes.length; at++) {
      const chunks = [bytes.subarray(0, at), bytes.subarray(at)];
      compare(version, packets, await through(version, chunks));
    }
    const single = Array.from(bytes, (_, at) => bytes.subarray(at, at + 1));
    compare(version, packets, await through(version, single));
  });

  Deno.test(`the lane reads what mqtt-packet reads (MQTT ${version})`, async () => {
    for (let seed = 1; seed <= STREAMS; seed++) {
      const random = createRandom(seed);
      const count = 1 + Math.floor(random() * 8);
      const packets = Array.from(
        { length: count },
        () => somePacket(version, random),
      );
      const chunks = cut(Buffer.concat(packets), random);
      try {
        compare(version, packets, await through(version, chunks));
      } catch (error) {
        throw new Error(`seed ${seed}`, { cause: error });
      }
    }
  });
}

Deno.test("malformed bytes go to mqtt.js, and all that follows them", async () => {
  const good = encode(3, {
    cmd: "publish",
    topic: "t",
    payload: "1",
    qos: 0,
    dup: false,
    retain: false,
  });
  const bad = Buffer.from([0x30, 0xff, 0xff, 0xff, 0xff, 0x01]);
  const out = await through(3, [Buffer.concat([good, bad, good]), good]);
  assert.ok("message" in out[0]);
  const rest = out.slice(1).map((part) => "bytes" in part ? part.bytes : null);
  assert.deepEqual(
    Buffer.concat(rest.map((bytes) => bytes!)),
    Buffer.concat([bad, good, good]),
  );
});

Deno.test("random bytes become messages or go to mqtt.js, and nothing is left out", async () => {
  const random = createRandom(7);
  for (let run = 0; run < 20_000; run++) {
    const bytes = Buffer.from(
      Array.from(
        { length: 1 + Math.floor(random() * 60) },
        () => random() * 256,
      ),
    );
    const out = await through(run % 2 ? 3 : 5, cut(bytes, random));
    const handed = out.reduce(
      (sum, part) => sum + ("bytes" in part ? part.bytes.length : 0),
      0,
    );
    assert.ok(handed <= bytes.length);
  }
});

Deno.test("the stream waits while what was taken is not done with", async () => {
  const stream = new PassThrough();
  const taken: string[] = [];
  const first = Promise.withResolvers<void>();
  const got = Promise.withResolvers<void>();
  openLane(stream, {
    version: 3,
    take(messages) {
      taken.push(...messages.map(({ topic }) => topic));
      if (taken.length === 2) got.resolve();
      return taken.length === 1 ? first.promise : undefined;
    },
  });
  const ended = Promise.withResolvers<void>();
  stream.pipe(
    new Writable({
      write: (_chunk, _encoding, done) => done(),
      final(done) {
        ended.resolve();
        done();
      },
    }),
  );
  const packet = (topic: string) =>
    encode(3, {
      cmd: "publish",
      topic,
      payload: "1",
      qos: 0,
      dup: false,
      retain: false,
    });
  stream.write(packet("a"));
  stream.write(packet("b"));
  stream.end();
  await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(taken, ["a"]);
  first.resolve();
  await got.promise;
  await ended.promise;
});

for (const version of [3, 5] as const) {
  Deno.test(`of a message over the size only the beginning is taken in, and all others whole (MQTT ${version})`, async () => {
    const random = createRandom(version);
    const payload = Buffer.alloc(longestPacket(0), "0123456789");
    const packets = ([0, 1, 2] as const).flatMap((qos) =>
      [{}, { contentType: "image/jpeg" }].map((properties) =>
        encode(version, {
          cmd: "publish",
          topic: "camera",
          payload,
          qos,
          messageId: qos > 0 ? 7 : undefined,
          retain: false,
          dup: false,
          properties: version === 5 ? properties : undefined,
        })
      )
    );
    const ping = encode(version, { cmd: "pingresp" });
    const bytes = Buffer.concat(packets.flatMap((packet) => [packet, ping]));
    for (let turn = 0; turn < 5; turn++) {
      const got: Packet[] = [];
      const sizes: (number | undefined)[] = [];
      let size: number | undefined;
      const parser = mqttPacket.parser({
        protocolVersion: version === 5 ? 5 : 4,
      });
      parser.on("packet", (packet) => {
        got.push(packet);
        sizes.push(size);
      });
      const read = createLane({
        destroyed: false,
        write(bytes: Buffer, done: () => void) {
          parser.parse(bytes);
          done();
          return true;
        },
      } as unknown as Writable, {
        version,
        maxPayload: 1000,
        take: () => assert.fail("whole"),
        onCut: (now) => size = now,
      });
      for (const chunk of cut(bytes, random)) await read(chunk);
      assert.deepEqual(
        got.map(({ cmd }) => cmd),
        packets.flatMap(() => ["publish", "pingresp"]),
      );
      for (const [index, packet] of got.entries()) {
        if (packet.cmd !== "publish") {
          assert.equal(sizes[index], undefined);
          continue;
        }
        assert.equal(sizes[index], payload.length);
        assert.deepEqual(packet.payload, payload.subarray(0, 4096));
        assert.equal(packet.qos, Math.floor(index / 4));
      }
    }
  });
}

Deno.test("a packet that is too long and no message, or all properties, ends the connection", async () => {
  const length = [0xff, 0xff, 0xff, 0x7f];
  const properties = [0x30, ...length, 0, 1, 0x74, ...length];
  for (const head of [[0x90, ...length], properties]) {
    const bytes = Buffer.alloc(longestPacket(0) + 100);
    bytes.set(head);
    const read = createLane({
      destroyed: false,
      write: () => assert.fail("handed on"),
    } as unknown as Writable, { version: 5, maxPayload: 1000 });
    await assert.rejects(read(bytes), /a packet that is too long/);
  }
});
