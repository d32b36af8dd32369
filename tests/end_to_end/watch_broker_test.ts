import assert from "node:assert/strict";
import {
  broker,
  type BrokerWatch,
  watchBroker,
  WeirError,
} from "../../pipeline/mod.ts";
import { startMosquitto } from "../helpers/mosquitto.ts";
import { mosquittoTest } from "../helpers/needs.ts";
import { weir } from "../helpers/weir.ts";
import { until } from "../helpers/until.ts";

/** Resolves when a snapshot is as it should be. */
function shows(
  { snapshot }: BrokerWatch,
  found: (now: ReturnType<BrokerWatch["snapshot"]>) => unknown,
): Promise<void> {
  return until(`a snapshot with ${found}`, () => Boolean(found(snapshot())));
}

mosquittoTest(
  "watchBroker() measures the round trip and reads $SYS",
  async () => {
    await using mosquitto = await startMosquitto({
      config: () => "sys_interval 1",
    });
    await using second = watchBroker(mosquitto.url);
    await shows(second, ({ roundTrip }) => roundTrip !== undefined);
    await shows(second, ({ broker }) => broker.clients !== undefined);
    const { roundTrip, broker } = second.snapshot();
    assert.ok(roundTrip! > 0 && roundTrip! < 5);
    assert.match(broker.version!, /^mosquitto version \d/);
    assert.match(broker.uptime!, /^\d+ seconds$/);
  },
);

mosquittoTest("watchBroker() knows which boards are offline", async () => {
  await using mosquitto = await startMosquitto();
  const publish = (id: string, text: string) =>
    mosquitto.publish("-r", "-t", `weir/${id}/status`, "-m", text);
  await publish("lux-1", '{"state":"online","version":"1.0"}');
  await publish("lux-2", '{"state":"offline"}');
  await publish("lux-3", "not JSON");
  await using second = watchBroker(mosquitto.url);
  const { boards } = await (async () => {
    await shows(second, ({ boards }) => boards.size === 2);
    return second.snapshot();
  })();
  assert.equal(boards.get("lux-1")!.state, "online");
  assert.equal(boards.get("lux-2")!.state, "offline");
  const before = Date.now() / 1000;
  await publish("lux-1", '{"state":"offline"}');
  await shows(second, ({ boards }) => boards.get("lux-1")?.state === "offline");
  const { time } = second.snapshot().boards.get("lux-1")!;
  assert.ok(time >= before && boards.get("lux-2")!.time <= before);
  // An empty retained message takes it away.
  await publish("lux-2", "");
  await shows(second, ({ boards }) => !boards.has("lux-2"));
});

mosquittoTest("watchBroker() publishes, and says where it cannot", async () => {
  await using mosquitto = await startMosquitto();
  await using sub = weir(["sub", "test", "-b", mosquitto.url]);
  await sub.stderr.match(/Connected/);
  await using second = watchBroker(mosquitto.url);
  await shows(second, ({ connected }) => connected);
  await second.publish("test", "hello");
  await sub.stdout.match(/^hello$/);
  await assert.rejects(second.publish("a/#", "x"), WeirError);
  await mosquitto.stop();
  await shows(second, ({ connected }) => !connected);
  await assert.rejects(second.publish("test", "x"), /no connection/);
  await mosquitto.start();
  await shows(second, ({ connected }) => connected);
});

Deno.test("watchBroker() does without $SYS where a broker has none", async () => {
  await using local = await broker({ port: 0 });
  await using second = watchBroker(local.url);
  await shows(second, ({ roundTrip }) => roundTrip !== undefined);
  assert.deepEqual(second.snapshot().broker, {});
});

Deno.test("watchBroker() and its flow may have the same client id", async () => {
  await using local = await broker({ port: 0 });
  const options = { clientId: "desk" };
  await using first = watchBroker(local.url, options);
  await shows(first, ({ connected }) => connected);
  await using sub = weir(["sub", "x", "-b", local.url, "--client-id", "desk"]);
  await sub.stderr.match(/Connected/);
  await first.publish("x", "still here");
  await sub.stdout.match(/still here/);
  assert.ok(first.snapshot().connected);
});
