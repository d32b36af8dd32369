import assert from "node:assert/strict";
import { type Message, mqtt } from "../../pipeline/mod.ts";
import { valuesOf } from "../helpers/csv_rows.ts";
import { makeFolder } from "../helpers/folder.ts";
import { startMosquitto } from "../helpers/mosquitto.ts";
import { mosquittoTest } from "../helpers/needs.ts";
import { startProxy } from "../helpers/proxy.ts";
import { weir } from "../helpers/weir.ts";

const numbers = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, index) => `["n",0,${from + index}]`);

for (const version of ["3", "5"]) {
  for (const qos of ["0", "1", "2"]) {
    mosquittoTest(
      `record takes every message with MQTT ${version} at QoS ${qos}`,
      async () => {
        await using mosquitto = await startMosquitto({
          // A publisher may send at once more than Mosquitto queues by default.
          config: () => "max_queued_messages 0\nmax_inflight_messages 20",
        });
        await using folder = await makeFolder();
        const file = folder.path("test.csv");
        const args = ["-b", mosquitto.url, "--mqtt", version, "--qos", qos];
        await using recording = weir(
          ["record", "n", file, "--quiet", "--count", "500", ...args],
        );
        const connected = await recording.stderr.match(/^Connected/);
        assert.match(
          connected,
          version === "5" ? /\(MQTT 5\)/ : /\(MQTT 3\.1\.1\)/,
        );
        assert.ok(connected.includes(`(QoS ${qos})`), connected);
        await mosquitto.publishLines("n", numbers(0, 500), "-q", qos);
        assert.equal(await recording.code, 0);
        assert.deepEqual(
          valuesOf(await folder.read("test.csv")),
          Array.from({ length: 500 }, (_, index) => index),
        );
        assert.equal(recording.stdout.text(), "");
      },
    );
  }
}

mosquittoTest(
  "record goes on when its broker was killed and is back",
  async () => {
    await using mosquitto = await startMosquitto();
    await using folder = await makeFolder();
    const file = folder.path("test.csv");
    await using recording = weir(["record", "n", file, "-b", mosquitto.url]);
    await recording.stderr.match(/^Connected/);
    await mosquitto.publishLines("n", numbers(0, 3));
    await recording.stdout.count(3);

    await mosquitto.stop();
    assert.match(
      await recording.stderr.match(/^Lost/),
      /^Lost the connection to mqtt:\S+: .*\. Trying again …$/,
    );
    await mosquitto.start();
    assert.match(
      await recording.stderr.match(/^Reconnected/),
      /^Reconnected to mqtt:\S+ after .* \(MQTT 5\), subscribed to n \(QoS 0\)/,
    );
    await mosquitto.publishLines("n", numbers(3, 6));
    await recording.stdout.count(6);
    recording.kill("SIGTERM");
    assert.equal(await recording.code, 0);
    assert.deepEqual(valuesOf(await folder.read("test.csv")), [
      0,
      1,
      2,
      3,
      4,
      5,
    ]);
    const lines = recording.stderr.text().split("\n");
    assert.equal(
      lines.filter((line) => line.includes("Trying again")).length,
      1,
    );
  },
);

mosquittoTest(
  "record goes on when its connection was cut",
  async () => {
    await using mosquitto = await startMosquitto();
    await using proxy = startProxy(mosquitto.port);
    await using folder = await makeFolder();
    const file = folder.path("test.csv");
    await using recording = weir([
      "record",
      "n",
      file,
      "--qos",
      "1",
      "-b",
      proxy.url,
    ]);
    await recording.stderr.match(/^Connected/);
    await mosquitto.publishLines("n", numbers(0, 3));
    await recording.stdout.count(3);
    proxy.cut();
    await recording.stderr.match(/^Reconnected/);
    await mosquitto.publishLines("n", numbers(3, 6));
    await recording.stdout.count(6);
    recording.kill("SIGINT");
    assert.equal(await recording.code, 0);
    assert.deepEqual(valuesOf(await folder.read("test.csv")), [
      0,
      1,
      2,
      3,
      4,
      5,
    ]);
  },
);

mosquittoTest(
  "record --wait waits for its broker, and says so once",
  async () => {
    await using mosquitto = await startMosquitto();
    await using folder = await makeFolder();
    const file = folder.path("test.csv");
    await mosquitto.stop();
    await using recording = weir(
      ["record", "n", file, "--wait", "--count", "1", "-b", mosquitto.url],
    );
    await recording.stderr.match(
      /^Cannot connect .*connection refused.* Trying again …$/,
    );
    await mosquitto.start();
    await recording.stderr.match(/^Connected/);
    await mosquitto.publishLines("n", numbers(7, 8));
    assert.equal(await recording.code, 0);
    assert.deepEqual(valuesOf(await folder.read("test.csv")), [7]);
  },
);

mosquittoTest(
  "a slow sink slows the socket: memory is bounded, and nothing is lost at QoS 1",
  async () => {
    await using mosquitto = await startMosquitto({
      config: () => "max_queued_messages 0\nmax_inflight_messages 0",
    });
    const stop = new AbortController();
    const connected = Promise.withResolvers<void>();
    const flow = mqtt(mosquitto.url, "n", {
      qos: 1,
      signal: stop.signal,
      onStatus: ({ state }) => state === "connected" && connected.resolve(),
    });
    const published = Promise.withResolvers<void>();
    const taken: Message[] = [];
    let largest = 0;
    const total = 60_000;
    const taking = (async () => {
      for await (const batch of flow) {
        largest = Math.max(largest, batch.length);
        taken.push(...batch);
        if (taken.length >= total) stop.abort();
        // Until all are published nothing more is pulled.
        await published.promise;
      }
    })();
    await connected.promise;
    await mosquitto.publishLines("n", numbers(0, total), "-q", "1");
    published.resolve();
    await taking;
    assert.equal(taken.length, total);
    assert.ok(largest <= 16_384, `${largest}`);
    const last = new TextDecoder().decode(taken.at(-1)!.payload);
    assert.equal(last, `["n",0,${total - 1}]`);
  },
);

mosquittoTest(
  "a slow sink does not look like a dead broker",
  async () => {
    await using mosquitto = await startMosquitto({
      config: () => "max_queued_messages 0\nmax_inflight_messages 0",
    });
    const total = 40_000;
    const stop = new AbortController();
    const states: string[] = [];
    const connected = Promise.withResolvers<void>();
    const flow = mqtt(mosquitto.url, "n", {
      qos: 1,
      keepalive: 1,
      signal: stop.signal,
      onStatus: ({ state }) => {
        states.push(state);
        if (state === "connected") connected.resolve();
        if (state === "reconnecting") stop.abort();
      },
    });
    const publishing = connected.promise.then(() =>
      mosquitto.publishLines("n", numbers(0, total), "-q", "1")
    );
    let taken = 0;
    for await (const batch of flow) {
      // What comes meanwhile fills the inbox, and nobody takes it for longer
      // than a broker may be silent.
      if (taken === 0) {
        await new Promise((resolve) => setTimeout(resolve, 4000));
      }
      taken += batch.length;
      if (taken >= total) stop.abort();
    }
    await publishing;
    assert.deepEqual(states, ["connecting", "connected"]);
    assert.equal(taken, total);
  },
);

mosquittoTest(
  "law 5: what was taken in flows through to the end when the signal aborts",
  async () => {
    await using mosquitto = await startMosquitto();
    const stop = new AbortController();
    const connected = Promise.withResolvers<void>();
    const taken: number[] = [];
    const firstTaken = Promise.withResolvers<void>();
    const goOn = Promise.withResolvers<void>();
    const taking = (async () => {
      const flow = mqtt(mosquitto.url, "n", {
        signal: stop.signal,
        onStatus: ({ state }) => state === "connected" && connected.resolve(),
      });
      for await (const batch of flow) {
        for (const { payload } of batch) {
          taken.push(JSON.parse(new TextDecoder().decode(payload))[2]);
        }
        firstTaken.resolve();
        await goOn.promise;
      }
    })();
    await connected.promise;
    await mosquitto.publishLines("n", numbers(0, 1));
    await firstTaken.promise;
    // These arrive while the first batch is being worked on. Their arrival shows
    // by that of a message that comes after them on another connection.
    const marker = mqtt(mosquitto.url, "n", {
      onStatus: async ({ state }) => {
        if (state !== "connected") return;
        await mosquitto.publishLines("n", numbers(1, 100));
      },
    });
    let seen = 0;
    for await (const batch of marker) if ((seen += batch.length) === 99) break;
    stop.abort();
    goOn.resolve();
    await taking;
    // In order and without a gap from the first on, and not only the first.
    assert.deepEqual(taken, taken.map((_, index) => index));
    assert.ok(taken.length > 1, `${taken.length}`);
  },
);

mosquittoTest(
  "a QoS that the broker does not grant is said once, not at each reconnect",
  async () => {
    await using mosquitto = await startMosquitto({ config: () => "max_qos 0" });
    await using folder = await makeFolder();
    await using recording = weir([
      ...["record", "t", folder.path("lab.csv"), "-b", mosquitto.url],
      ...["--qos", "1"],
    ]);
    const connected = await recording.stderr.match(/^Connected/);
    assert.match(connected, /\(QoS 0: the broker does not grant 1\)/);
    await mosquitto.stop();
    await mosquitto.start();
    const reconnected = await recording.stderr.match(/^Reconnected/);
    assert.match(reconnected, /\(QoS 0\)/);
  },
);
