import assert from "node:assert/strict";
import { makeFolder } from "../helpers/folder.ts";
import { startMosquitto } from "../helpers/mosquitto.ts";
import { mosquittoTest } from "../helpers/needs.ts";
import { createRandom } from "../model/random.ts";
import { connect, disconnect } from "../../pipeline/mqtt/connect.ts";
import { escape } from "../../pipeline/escape.ts";
import {
  remainingLength,
  startRogueBroker,
  write,
} from "../helpers/rogue_broker.ts";
import { until } from "../helpers/until.ts";
import { weir } from "../helpers/weir.ts";

const encode = (text: string) => new TextEncoder().encode(text);

/** Payloads of which none is a reading, one each by a rule, some by chance. */
function hostilePayloads(seed: number): Uint8Array[] {
  const random = createRandom(seed);
  const good = encode('["lux-1",624,284.1312]');
  const fixed = [
    "{}",
    "[]",
    "[[]]",
    '["x",1]',
    '["x",1,2,3]',
    '["x",1,{}]',
    '[1,"x",2]',
    '{"a":[]}',
    '{"__proto__":{},"constructor":{"prototype":[]}}',
    "[".repeat(100_000),
    "[".repeat(100_000) + "]".repeat(100_000),
    '{"a":'.repeat(100_000) + "1" + "}".repeat(100_000),
    '"\\ud800',
    "\x1b]0;owned\x07\x1b[2J",
    "timestamp,datetime,sensor_id,value\r\n1,1,1,1\r\n",
    "x".repeat(1_048_577),
  ].map(encode);
  const truncated = Array.from(
    { length: good.length - 1 },
    (_, length) => good.slice(0, length + 1),
  );
  const invalid = [[0xff], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xf5, 0, 0, 0]]
    .map((bytes) => new Uint8Array([0x22, ...bytes, 0x22]));
  const chance = Array.from({ length: 160 }, () => {
    const bytes = new Uint8Array(1 + random.below(64));
    for (let index = 0; index < bytes.length; index++) {
      bytes[index] = random.below(256);
    }
    // Not by chance a number: a digit alone would be a reading.
    bytes[0] = 0x80 + random.below(64);
    return bytes;
  });
  return [...fixed, ...truncated, ...invalid, ...chance];
}

/** Topics that a broker lets through, and a file or a terminal might not. */
const TOPICS = [
  "sensor-data",
  "a/../../etc/passwd",
  "=cmd",
  'quote"comma,',
  "\u202egnirts",
  "weir",
  "Ünï/光/🌡️",
  " ",
  "/",
  "x".repeat(60_000),
];

mosquittoTest(
  "record keeps every good reading among hostile ones, and every bad one in the rejects",
  async () => {
    const hostile = hostilePayloads(20_261_122);
    assert.ok(hostile.length >= 200, `${hostile.length}`);
    await using mosquitto = await startMosquitto({
      config: () => "max_queued_messages 0",
    });
    await using folder = await makeFolder();
    const file = folder.path("test.csv");
    await using recording = weir([
      "record",
      "#",
      file,
      "--qos",
      "1",
      "--count",
      `${hostile.length}`,
      "-b",
      mosquitto.url,
    ]);
    await recording.stderr.match(/^Connected/);
    const connection = await connect(mosquitto.url);
    const gone = connection.closed.then((error) => Promise.reject(error));
    const send = (topic: string, payload: Uint8Array) =>
      Promise.race([
        connection.client.publishAsync(topic, payload as never, { qos: 1 }),
        gone,
      ]);
    gone.catch(() => {});
    for (const [index, payload] of hostile.entries()) {
      await send(TOPICS[index % TOPICS.length], payload);
      await send("good", encode(`["good",0,${index}]`));
    }
    await disconnect(connection);
    assert.equal(await recording.code, 0);

    const rows = (await folder.read("test.csv")).split("\r\n").slice(1, -1);
    assert.deepEqual(
      rows.map((row) => row.split(",").slice(2).join()),
      hostile.map((_, index) => `good,${index}`),
    );
    const rejects = (await folder.read("test.csv.rejects.jsonl")).trimEnd()
      .split("\n").map((line) => JSON.parse(line));
    assert.deepEqual(
      rejects.map(({ topic, payload }) => ({ topic, payload })),
      hostile.map((payload, index) => ({
        topic: TOPICS[index % TOPICS.length],
        payload: payload.slice(0, 4096).toBase64(),
      })),
    );
    assert.ok(rejects.every(({ reason, time }) => reason && time > 1.7e9));
    assert.match(
      recording.stderr.text(),
      new RegExp(`\\(${hostile.length} rejected\\)\n$`),
    );
  },
);

mosquittoTest(
  "record writes ids and values as they are, and prints them escaped",
  async () => {
    const ids = [
      "\x1b[31mred",
      "line\nbreak",
      "a,b",
      'say "hi"',
      "bare\rreturn",
      "=1+1",
      "__proto__",
      "\u202egnirts",
      "🌡️",
      "",
    ];
    await using mosquitto = await startMosquitto();
    await using folder = await makeFolder();
    const file = folder.path("test.csv");
    const count = ["--count", `${ids.length}`];
    await using recording = weir(
      ["record", "n", file, ...count, "-b", mosquitto.url],
    );
    await recording.stderr.match(/^Connected/);
    await mosquitto.publishLines(
      "n",
      ids.map((id) => JSON.stringify([id, 0, id])),
    );
    assert.equal(await recording.code, 0);
    const cell = (text: string) =>
      /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
    const text = await folder.read("test.csv");
    const [, ...rows] = text.split(/\d{10}\.\d{3},[^,]{24},/);
    assert.deepEqual(rows, ids.map((id) => `${cell(id)},${cell(id)}\r\n`));
    const printed = recording.stdout.text().trimEnd().split("\n");
    assert.deepEqual(printed, printed.map(escape));
    assert.equal(printed.length, ids.length);
  },
);

/** The bytes that this file's own isolate holds, buffers included. */
function held(): number {
  const { heapTotal, external } = Deno.memoryUsage();
  return heapTotal + external;
}

/** Connects to a broker that sends what is given; why and how that ended. */
async function receive(bytes: Uint8Array) {
  await using broker = startRogueBroker(async (connection) => {
    await write(connection, bytes);
    await connection.closeWrite();
  });
  let messages = 0;
  const { client, closed } = await connect(broker.url, { version: 5 }, {
    onMessage(_packet, resume) {
      messages++;
      resume();
    },
  });
  const before = held();
  client.subscribe("t", { qos: 1 });
  const { message } = await closed;
  const grown = (held() - before) / 1e6;
  return { messages, message, grown };
}

Deno.test("a broker that uses topic aliases, all 65,535 of them, is left at the first", async () => {
  const publish = (alias: number) => {
    const body = [0, 1, 0x74, 3, 0x23, alias >> 8, alias & 0xff, 0x31];
    return [0x30, ...remainingLength(body.length), ...body];
  };
  const all = Array.from({ length: 65_535 }, (_, n) => publish(n + 1));
  const { messages, message } = await receive(Uint8Array.from(all.flat()));
  assert.equal(messages, 0);
  assert.match(message, /Topic Alias/);
});

Deno.test("a broker that announces 256 MB gets no memory for what does not come", async () => {
  const announced = Uint8Array.from([0x30, ...remainingLength(268_435_455)]);
  const bytes = new Uint8Array(announced.length + 100_000);
  bytes.set(announced);
  const { messages, grown } = await receive(bytes);
  assert.equal(messages, 0);
  assert.ok(grown < 100, `${grown}`);
});

/** The most memory that a process has taken so far, in bytes. */
async function peak(pid: number): Promise<number> {
  const status = await Deno.readTextFile(`/proc/${pid}/status`);
  return Number(/VmHWM:\s*(\d+) kB/.exec(status)![1]) * 1024;
}

for (const version of [3, 5] as const) {
  Deno.test({
    name:
      `a message of 256 MB is rejected while it comes in, and what follows is recorded (MQTT ${version})`,
    ignore: Deno.build.os !== "linux",
    fn: async () => {
      const size = 256_000_000;
      await using folder = await makeFolder();
      const begin = Promise.withResolvers<void>();
      await using broker = startRogueBroker(async (connection) => {
        await begin.promise;
        // QoS 1, packet id 7.
        const head = [0, 1, 0x74, 0, 7, ...version === 5 ? [0] : []];
        const packet = (
          size: number,
        ) => [0x32, ...remainingLength(head.length + size), ...head];
        await write(connection, packet(size));
        const part = new Uint8Array(1_000_000).fill(0x7b);
        for (let sent = 0; sent < size; sent += part.length) {
          await write(connection, part);
        }
        await write(connection, [...packet(1), 0x31]);
      });
      await using recording = weir([
        ...["record", "t", folder.path("test.csv"), "-b", broker.url],
        ...["--mqtt", `${version}`, "-q", "1", "--count", "1"],
      ]);
      await recording.stderr.match(/^Connected/);
      // Also to what boards say of themselves: an answer must not stand in a message.
      await until("two subscriptions", () => broker.subscriptions() === 2);
      const before = await peak(recording.pid);
      begin.resolve();
      await recording.stderr.match(
        /^Rejected a message on t: 256000000 bytes are over the 1048576 allowed\. Limit the size of messages at the broker: \{{40}…\. Kept in /,
      );
      // What is let go of waits for V8 to collect it, which it does late.
      const grown = await peak(recording.pid) - before;
      assert.equal(await recording.code, 0);
      assert.ok(grown < 200_000_000, `${grown}`);
      assert.match(await folder.read("test.csv"), /,t,1\r\n$/);
      const { payload, bytes } = JSON.parse(
        await folder.read("test.csv.rejects.jsonl"),
      );
      assert.equal(bytes, size);
      assert.equal(atob(payload), "{".repeat(4096));
    },
  });
}

mosquittoTest(
  "a broker of MQTT 5 is told not to send what is over the size",
  async () => {
    await using mosquitto = await startMosquitto();
    await using folder = await makeFolder();
    await Deno.writeTextFile(folder.path("large"), `"${"x".repeat(2e6)}"`);
    await using recording = weir([
      ...["record", "t", folder.path("test.csv"), "-b", mosquitto.url],
      ...["-q", "1", "--count", "2"],
    ]);
    await recording.stderr.match(/^Connected/);
    const qos = ["-q", "1"];
    await mosquitto.publish("-t", "t", "-m", "1", ...qos);
    await mosquitto.publish("-t", "t", "-f", folder.path("large"), ...qos);
    await mosquitto.publish("-t", "t", "-m", "2", ...qos);
    assert.equal(await recording.code, 0);
    assert.match(recording.stderr.text(), /\(0 rejected\)\n$/);
  },
);
