import assert from "node:assert/strict";
import {
  csvFormat,
  jsonlFormat,
  mqtt,
  replayMessages,
  type SensorEvent,
} from "../../pipeline/mod.ts";
import { type Folder, makeFolder } from "../helpers/folder.ts";
import { type Mosquitto, startMosquitto } from "../helpers/mosquitto.ts";
import { mosquittoTest } from "../helpers/needs.ts";
import { weir } from "../helpers/weir.ts";

const EVENTS: SensorEvent[] = [0, 0.4, 0.8].map((seconds, n) => ({
  sensor_id: `lux-${n}`,
  ts: 1_700_000_000 + seconds,
  val: n === 1 ? "on" : n,
  topic: `lab/${n}`,
  device_ts: n === 2 ? undefined : 10 + n,
}));

/** Replays a file to somebody who waits for so many messages. */
async function replayed(
  mosquitto: Mosquitto,
  count: number,
  args: string[],
): Promise<{ lines: string[]; stderr: string }> {
  const { url } = mosquitto;
  await using sub = weir(["sub", "#", "-v", "-b", url, "--count", `${count}`]);
  await sub.stderr.match(/^Connected/);
  await using replay = weir(["replay", ...args, "-b", url]);
  assert.equal(await replay.code, 0, replay.stderr.text());
  assert.equal(await sub.code, 0);
  return {
    lines: sub.stdout.text().trimEnd().split("\n"),
    stderr: replay.stderr.text(),
  };
}

async function write(folder: Folder, name: string): Promise<string> {
  const { header, rows } = name.endsWith(".csv") ? csvFormat() : jsonlFormat();
  await Deno.writeTextFile(folder.path(name), header + rows(EVENTS));
  return folder.path(name);
}

mosquittoTest(
  "JSON lines are published on their topics, in order, with the device's time",
  async () => {
    await using mosquitto = await startMosquitto();
    await using folder = await makeFolder();
    const path = await write(folder, "lab.jsonl");
    const { lines, stderr } = await replayed(mosquitto, 3, [
      path,
      "--speed",
      "max",
    ]);
    assert.deepEqual(lines, [
      'lab/0 ["lux-0",10,0]',
      'lab/1 ["lux-1",11,"on"]',
      'lab/2 ["lux-2",1700000000.8,2]',
    ]);
    assert.match(stderr, /^Published 3 messages$/m);
  },
);

mosquittoTest(
  "a CSV takes a topic for each sensor from a template, and is refused without one",
  async () => {
    await using mosquitto = await startMosquitto();
    await using folder = await makeFolder();
    const path = await write(folder, "lab.csv");
    const { lines } = await replayed(mosquitto, 2, [
      path,
      ...["--topic", "again/{sensor_id}", "--speed", "max", "--qos", "1"],
      ...["--from", "2023-11-14T22:13:20.3Z"],
    ]);
    assert.deepEqual(lines, [
      'again/lux-1 ["lux-1",1700000000.4,"on"]',
      'again/lux-2 ["lux-2",1700000000.8,2]',
    ]);
    await using without = weir(["replay", path, "-b", mosquitto.url]);
    assert.equal(await without.code, 1);
    assert.match(
      without.stderr.text(),
      /on which topic .* --topic sensor-data/,
    );
  },
);

mosquittoTest(
  "a recording is replayed in its own time, and no earlier",
  async () => {
    await using mosquitto = await startMosquitto();
    await using folder = await makeFolder();
    const path = await write(folder, "lab.jsonl");
    const started = performance.now();
    await replayed(mosquitto, 3, [path]);
    assert.ok(performance.now() - started >= 800);
  },
);

mosquittoTest(
  "rejects are published as they came, without those that were cut",
  async () => {
    await using mosquitto = await startMosquitto();
    await using folder = await makeFolder();
    const path = folder.path("lab.csv.rejects.jsonl");
    const line = (facts: Record<string, unknown>) =>
      JSON.stringify({ time: 1, topic: "lab", reason: "?", ...facts }) + "\n";
    await Deno.writeTextFile(
      path,
      line({ payload: btoa('["a",') }) + line({ payload: "", bytes: 9999 }) +
        "torn",
    );
    const { lines, stderr } = await replayed(mosquitto, 1, [path]);
    assert.deepEqual(lines, ['lab ["a",']);
    assert.match(stderr, /^Published 1 message \(2 lines left out\)$/m);
  },
);

mosquittoTest(
  "a loop goes on until Ctrl-C, which ends it in order",
  async () => {
    await using mosquitto = await startMosquitto();
    await using folder = await makeFolder();
    const path = await write(folder, "lab.jsonl");
    const { url } = mosquitto;
    await using sub = weir(["sub", "lab/0", "-b", url, "--count", "3"]);
    await sub.stderr.match(/^Connected/);
    await using replay = weir(
      ["replay", path, "--loop", "--speed", "20", "-b", url],
    );
    assert.equal(await sub.code, 0);
    replay.kill("SIGINT");
    assert.equal(await replay.code, 0, replay.stderr.text());
    assert.match(replay.stderr.text(), /^Published \d+ messages$/m);
  },
);

/** The payloads that a subscriber gets until it has so many, in their order. */
async function subscribed(
  url: string,
  count: number,
  publish: () => Promise<unknown>,
): Promise<string[]> {
  const connected = Promise.withResolvers<void>();
  const payloads: string[] = [];
  const listening = (async () => {
    const flow = mqtt(url, "#", {
      signal: AbortSignal.timeout(200_000),
      onStatus: ({ state }) => state === "connected" && connected.resolve(),
    });
    for await (const batch of flow) {
      for (const { payload } of batch) {
        payloads.push(new TextDecoder().decode(payload));
      }
      if (payloads.length >= count) return;
    }
    throw new Error(`${payloads.length} of ${count} messages came`);
  })();
  await Promise.race([connected.promise, listening]);
  await Promise.all([publish(), listening]);
  return payloads;
}

mosquittoTest(
  "at full speed nothing is lost, doubled or changed, and the order is kept",
  async () => {
    await using mosquitto = await startMosquitto({
      config: () => "max_queued_messages 0\nmax_queued_bytes 0",
    });
    await using folder = await makeFolder();
    const path = folder.path("raw.jsonl");
    const payloads = Array.from({ length: 50_000 }, (_, n) => {
      if (n % 100 === 7) return `${n} \u00e4 \u{1f600} "\\`;
      // More than is written at a time: 4 MB in one batch.
      if (n >= 30_000 && n < 30_100) return `${n}`.padEnd(40_000, ".");
      // Too long for a plain packet.
      if (n === 40_000) return `${n}`.padEnd(100_000, ".");
      return `["lux-1",${n},0]`;
    });
    const lines = payloads.map((payload, n) =>
      JSON.stringify({
        time: 1_700_000_000 + n / 1000,
        topic: `lab/${n % 3}`,
        payload,
        ...{ qos: 0, retain: false },
        // Not plain either: mqtt.js publishes it.
        properties: n % 1000 === 13 ? { contentType: "a" } : undefined,
      }) + "\n"
    );
    await Deno.writeTextFile(path, lines.join(""));
    let published;
    const came = await subscribed(mosquitto.url, payloads.length, async () => {
      published = await replayMessages(mosquitto.url, [path], {
        speed: Infinity,
      });
    });
    assert.deepEqual(published, { messages: 50_000, faults: 0 });
    assert.equal(came.length, payloads.length);
    const wrong = payloads.findIndex((payload, n) => payload !== came[n]);
    assert.equal(wrong, -1, `Message ${wrong}: ${came[wrong]?.slice(0, 99)}`);
  },
);
