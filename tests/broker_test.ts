import assert from "node:assert/strict";
import client from "mqtt";
import { broker, mqtt, publish } from "../pipeline/mod.ts";
import { run } from "./helpers/run.ts";
import { until } from "./helpers/until.ts";

Deno.test("broker() delivers messages of a megabyte", async () => {
  await using local = await broker({ port: 0 });
  const text = "x".repeat(1_000_000);
  const messages = mqtt(local.url, "large", {
    onStatus: ({ state }) =>
      state === "connected" && publish(local.url, "large", [text]),
  });
  for await (const [{ payload }] of messages) {
    assert.equal(payload.length, text.length);
    break;
  }
});

Deno.test("broker() ends also where a client never said CONNECT", async () => {
  const local = await broker({ port: 0 });
  const idle = await Deno.connect({ hostname: "127.0.0.1", port: local.port });
  await local[Symbol.asyncDispose]();
  assert.equal(await idle.read(new Uint8Array(1)), null);
  idle.close();
});

Deno.test("broker() says what to do where it cannot listen", async () => {
  await using local = await broker({ port: 0 });
  await assert.rejects(broker({ port: local.port }), /listens there already/);
  await assert.rejects(
    broker({ host: "nosuch.invalid", port: 0 }),
    /nosuch\.invalid:0: host not found/,
  );
  await assert.rejects(
    broker({ host: "192.0.2.1" }),
    /does not have that address/,
  );
});

Deno.test("weir broker ends at a SIGTERM that comes while it starts", async () => {
  const script = `
    const listen = Deno.addSignalListener;
    Deno.addSignalListener = (signal, listener) => {
      listen(signal, listener);
      if (signal === "SIGTERM") listener();
    };
    const { command } = await import(${
    JSON.stringify(import.meta.resolve("../commands/broker.ts"))
  });
    await command.action({ port: 0, host: "127.0.0.1" });
    console.log("ended");
    Deno.exit();`;
  assert.equal(await run(Deno.execPath(), ["eval", script]), "ended\n");
});

Deno.test("broker() sets DUP on a message that it sends again, and only there", async () => {
  await using local = await broker({ port: 0 });
  /** Connects under one id, and leaves the last message unacknowledged. */
  const receive = async (count: number) => {
    const connection = client.connect(local.url, {
      clientId: "away",
      clean: false,
      reconnectPeriod: 0,
    });
    const got: [text: string, dup: boolean][] = [];
    connection.handleMessage = ({ payload, dup }, callback) => {
      got.push([`${payload}`, dup]);
      if (got.length < count) callback();
    };
    if (count === 1) {
      await connection.subscribeAsync("t", { qos: 1 });
      await publish(local.url, "t", ["first"], { qos: 1 });
    }
    await until(`${count} messages`, () => got.length === count);
    connection.stream.destroy();
    await connection.endAsync(true);
    return got;
  };
  assert.deepEqual(await receive(1), [["first", false]]);
  await publish(local.url, "t", ["second"], { qos: 1 });
  assert.deepEqual(await receive(2), [["first", true], ["second", false]]);
});
