import assert from "node:assert/strict";
import {
  mqtt,
  openDurable,
  parse,
  pipe,
  type SensorEvent,
  stamp,
} from "../../pipeline/mod.ts";
import { cellsOf } from "../helpers/csv_rows.ts";
import { logged, logging } from "../helpers/broker_log.ts";
import { readLines } from "../helpers/lines.ts";
import { makeFolder } from "../helpers/folder.ts";
import { type Mosquitto, startMosquitto } from "../helpers/mosquitto.ts";
import { mosquittoTest } from "../helpers/needs.ts";
import { type Proxy, startProxy } from "../helpers/proxy.ts";
import { type Weir, weir } from "../helpers/weir.ts";

const UNLIMITED = "max_queued_messages 0\nmax_queued_bytes 0";

const numbers = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, n) => `${from + n}`);

/** A durable recording through a proxy, and what came of it. */
async function recordThrough(
  act: (mosquitto: Mosquitto, proxy: Proxy, recording: Weir) => Promise<number>,
): Promise<string[]> {
  await using mosquitto = await startMosquitto({ config: () => UNLIMITED });
  await using proxy = startProxy(mosquitto.port);
  await using folder = await makeFolder();
  await using recording = weir([
    ...["record", "t", folder.path("test.csv"), "-b", proxy.url],
    ...["--durable", "lab"],
  ]);
  await recording.stderr.match(/^Connected/);
  await recording.stdout.count(await act(mosquitto, proxy, recording));
  recording.kill("SIGINT");
  assert.equal(await recording.code, 0, recording.stderr.text());
  return cellsOf(await folder.read("test.csv"));
}

const send = (mosquitto: Mosquitto, from: number, to: number) =>
  mosquitto.publishLines("t", numbers(from, to), "-q", "1", "-V", "5");

mosquittoTest(
  "a connection of 1 kB/s that is cut in the middle of packets loses and doubles nothing",
  async () => {
    const recorded = await recordThrough(
      async (mosquitto, proxy, recording) => {
        proxy.limit(1000);
        await send(mosquitto, 0, 60);
        proxy.cut();
        await recording.stderr.match(/^Reconnected/);
        return 60;
      },
    );
    assert.deepEqual(recorded, numbers(0, 60));
  },
);

mosquittoTest(
  "bytes that changed on the way end that connection, not weir",
  async () => {
    const recorded = await recordThrough(
      async (mosquitto, proxy, recording) => {
        proxy.flip();
        await send(mosquitto, 0, 1);
        await recording.stderr.match(/^Reconnected/);
        await send(mosquitto, 1, 20);
        return 20;
      },
    );
    assert.deepEqual(recorded, numbers(0, 20));
  },
);

mosquittoTest(
  "a connection that is frozen for three times the keepalive is made anew",
  async () => {
    await using mosquitto = await startMosquitto();
    await using proxy = startProxy(mosquitto.port);
    const stop = new AbortController();
    const lost = Promise.withResolvers<void>();
    const states: string[] = [];
    const flow = mqtt(proxy.url, "t", {
      keepalive: 1,
      signal: stop.signal,
      onStatus: ({ state }) => {
        states.push(state);
        if (state === "connected" && states.length === 2) proxy.freeze();
        if (state === "reconnecting") lost.resolve();
        if (state === "connected" && states.length > 3) stop.abort();
      },
    });
    const ended = Array.fromAsync(flow);
    await lost.promise;
    proxy.thaw();
    await ended;
    assert.deepEqual(
      states,
      ["connecting", "connected", "reconnecting", "connected"],
    );
  },
);

mosquittoTest(
  "a slow sink makes the broker wait: memory is bounded, nothing is lost at QoS 1, and the connection holds",
  async () => {
    const count = 40_000;
    await using mosquitto = await startMosquitto({ config: () => UNLIMITED });
    const script =
      new URL("../torture/slow_consumer.ts", import.meta.url).pathname;
    await using child = new Deno.Command(Deno.execPath(), {
      args: ["run", "-q", "-A", script, mosquitto.url, `${count}`, "6"],
      stdout: "piped",
    }).spawn();
    const stdout = readLines(child.stdout);
    await stdout.match(/^connected$/);
    // 200 MB in all, faster than the sink takes them.
    const long = "x".repeat(5000);
    await mosquitto.publishLines(
      "t",
      numbers(0, count).map((n) => `${n} ${long}`),
      ...["-q", "1", "-V", "5"],
    );
    const result = JSON.parse(await stdout.match(/^\{/));
    await child.status;
    const { grown, ...rest } = result;
    assert.deepEqual(rest, { taken: count, inOrder: true, connections: 1 });
    // In megabytes. What waits in weir is a batch and the next one.
    assert.ok(grown < 130, `${grown}`);
  },
);

mosquittoTest(
  "a connection that is lost while weir holds more than it can take loses and doubles nothing",
  async () => {
    // More than the inbox takes, so that some wait within the MQTT client.
    const count = 6000;
    await using mosquitto = await startMosquitto(logging);
    await using proxy = startProxy(mosquitto.port);
    await using folder = await makeFolder();
    const options = { clientId: "lab", url: proxy.url, log: () => {} };
    const path = folder.path("test.csv");
    await using durable = await openDurable(path, options);
    const stop = new AbortController();
    let connections = 0;
    const again = Promise.withResolvers<void>();
    const flow = mqtt(proxy.url, "t", {
      session: durable.session,
      // What is not read tells nothing of its end: a ping that fails does.
      keepalive: 1,
      signal: stop.signal,
      onStatus({ state }) {
        if (state !== "connected") return;
        if (++connections === 1) send(mosquitto, 0, count);
        else again.resolve();
      },
    });
    let taken = 0;
    const slow = async function* (flow: AsyncIterable<readonly SensorEvent[]>) {
      for await (const events of flow) {
        if (taken === 0) {
          await logged(mosquitto.folder, /Sending PUBLISH to lab/, count);
          proxy.cut();
          await again.promise;
        }
        taken += events.length;
        yield events;
        if (taken >= count) stop.abort();
      }
    };
    await pipe(flow, parse(), stamp(), slow, durable.collect);
    const found = cellsOf(await folder.read("test.csv")).map(Number);
    assert.equal(found.find((n, at) => n !== at), undefined);
    assert.equal(found.length, count);
  },
);
