import assert from "node:assert/strict";
import { type Message, mqtt } from "../pipeline/mod.ts";
import { logged, logging } from "./helpers/broker_log.ts";
import { startMosquitto } from "./helpers/mosquitto.ts";
import { mosquittoTest } from "./helpers/needs.ts";
import { startProxy } from "./helpers/proxy.ts";

const LINES = Array.from({ length: 100 }, (_, n) => `${n}`);
const decoder = new TextDecoder();

/** A flow that a test pulls by hand; it says when it is subscribed. */
async function subscribe(url: string, qos: 1 | 2, version?: 3 | 5) {
  const stop = new AbortController();
  const subscribed = Promise.withResolvers<void>();
  const again = Promise.withResolvers<void>();
  const flow = mqtt(url, "t", {
    clientId: "weirtest",
    qos,
    version,
    signal: stop.signal,
    onStatus: (status) => {
      if (status.state !== "connected") return;
      if (status.reconnects === 0) subscribed.resolve();
      else again.resolve();
    },
  })[Symbol.asyncIterator]();
  const first = flow.next();
  await subscribed.promise;
  return { flow, first, stop, again: again.promise };
}

/** Takes the rest, until so many messages are there. */
async function take(
  flow: AsyncIterator<readonly Message[]>,
  batch: readonly Message[],
  count: number,
): Promise<string[]> {
  const all = [...batch];
  while (all.length < count) all.push(...(await flow.next()).value);
  return all.map(({ payload }) => decoder.decode(payload));
}

/** `Received PUBACK from weirtest (Mid: 7, RC:0)` → 7 */
const ids = (lines: string[]) =>
  lines.map((line) => Number(/\(.*?[Mm](?:id: )?(\d+)/.exec(line)![1]));

for (const [qos, answer] of [[1, "PUBACK"], [2, "PUBREC"]] as const) {
  mosquittoTest(
    `a message at QoS ${qos} is acknowledged when the flow is pulled again, in order`,
    async () => {
      await using mosquitto = await startMosquitto(logging);
      const { flow, first, stop } = await subscribe(mosquitto.url, qos);
      await mosquitto.publishLines("t", LINES, "-q", `${qos}`, "-V", "5");
      const { value: batch } = await first;
      // All of them are sent though none is acknowledged: over Mosquitto's 20.
      const sent = await logged(
        mosquitto.folder,
        /Sending PUBLISH to weirtest/,
        100,
      );
      assert.deepEqual(
        await logged(mosquitto.folder, /Received PUB\w+ from weirtest/, 0),
        [],
      );

      assert.deepEqual(await take(flow, batch, 100), LINES);
      const rest = flow.next();
      const received = await logged(
        mosquitto.folder,
        new RegExp(`Received ${answer} from weirtest`),
        100,
      );
      assert.deepEqual(ids(received), ids(sent));
      if (qos === 2) {
        await logged(mosquitto.folder, /Received PUBCOMP from weirtest/, 100);
      }
      stop.abort();
      assert.equal((await rest).done, true);
    },
  );
}

mosquittoTest(
  "with MQTT 3.1.1 the broker's limit of messages under way holds, and nothing is stuck",
  async () => {
    await using mosquitto = await startMosquitto(logging);
    const { flow, first, stop } = await subscribe(mosquitto.url, 1, 3);
    await mosquitto.publishLines("t", LINES, "-q", "1");
    assert.deepEqual(await take(flow, (await first).value, 100), LINES);
    const rest = flow.next();
    await logged(mosquitto.folder, /Received PUBACK from weirtest/, 100);
    stop.abort();
    assert.equal((await rest).done, true);
  },
);

mosquittoTest(
  "an acknowledgement is not sent on another connection than its message came on",
  async () => {
    await using mosquitto = await startMosquitto(logging);
    await using proxy = startProxy(mosquitto.port);
    const { flow, first, stop, again } = await subscribe(proxy.url, 1);
    await mosquitto.publish("-t", "t", "-m", "old", "-q", "1");
    const { value: [old] } = await first;
    assert.equal(decoder.decode(old.payload), "old");
    proxy.cut();
    await again;
    // The new message has the old one's id.
    await mosquitto.publish("-t", "t", "-m", "new", "-q", "1");
    const sent = await logged(
      mosquitto.folder,
      /Sending PUBLISH to weirtest/,
      2,
    );
    assert.deepEqual(ids(sent), [1, 1]);

    const { value: [fresh] } = await flow.next();
    assert.equal(decoder.decode(fresh.payload), "new");
    assert.deepEqual(
      await logged(mosquitto.folder, /Received PUBACK from weirtest/, 0),
      [],
    );
    const rest = flow.next();
    await logged(mosquitto.folder, /Received PUBACK from weirtest/, 1);
    stop.abort();
    assert.equal((await rest).done, true);
  },
);

mosquittoTest("a batch that is cut short is not acknowledged", async () => {
  await using mosquitto = await startMosquitto(logging);
  const { flow, first } = await subscribe(mosquitto.url, 1);
  await mosquitto.publish("-t", "t", "-m", "1", "-q", "1");
  await first;
  await flow.return?.();
  await logged(mosquitto.folder, /Received DISCONNECT from weirtest/, 1);
  assert.deepEqual(
    await logged(mosquitto.folder, /Received PUBACK from weirtest/, 0),
    [],
  );
});

mosquittoTest(
  "what was taken in before the end is acknowledged before the connection ends",
  async () => {
    await using mosquitto = await startMosquitto(logging);
    const { flow, first, stop } = await subscribe(mosquitto.url, 1);
    await mosquitto.publish("-t", "t", "-m", "1", "-q", "1");
    await first;
    stop.abort();
    assert.equal((await flow.next()).done, true);
    const log = await logged(mosquitto.folder, /from weirtest/, 1);
    const order = log.map((line) => /Received (\w+)/.exec(line)![1]);
    assert.deepEqual(order, ["SUBSCRIBE", "PUBACK", "DISCONNECT"]);
  },
);
