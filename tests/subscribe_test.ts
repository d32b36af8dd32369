import assert from "node:assert/strict";
import { broker, mqtt } from "../pipeline/mod.ts";
import { answered } from "../pipeline/mqtt/answered.ts";
import { connect, disconnect } from "../pipeline/mqtt/connect.ts";
import type { DurableSession } from "../pipeline/mqtt/session.ts";
import { subscribe, subscribeSession } from "../pipeline/mqtt/subscribe.ts";

Deno.test("a subscription resolves with the QoS that the broker granted", async () => {
  await using local = await broker({ port: 0 });
  const connection = await connect(local.url);
  // The embedded broker speaks 3.1.1.
  assert.equal(connection.version, 3);
  assert.equal(await subscribe(connection, ["sensors/#", "lab"], 1), 1);
  assert.equal(await subscribe(connection, ["lab"], 0), 0);
  await disconnect(connection);
  await connection.closed;
});

Deno.test("an answer that is waited for is the broker's, or the reason why none comes", async () => {
  await using local = await broker({ port: 0 });
  const connection = await connect(local.url);
  const { client } = connection;
  const sent = client.publishAsync("t", "1", { qos: 1 }).then(() => "sent");
  assert.equal(await answered(connection, "a message", sent), "sent");
  const never = new Promise<never>(() => {});
  const waiting = answered(connection, "a message", never);
  client.stream.destroy();
  await assert.rejects(waiting, /closed the connection/);
});

Deno.test("taking a topic away does not wait for a connection that is gone", async () => {
  await using local = await broker({ port: 0 });
  const connection = await connect(local.url);
  connection.client.stream.destroy();
  await connection.closed;
  const session = {
    subscription: {
      resume: () => Promise.resolve({ topics: ["old", "both"], sure: true }),
    },
  } as unknown as DurableSession;
  await assert.rejects(
    subscribeSession({ ...connection, present: true }, ["both"], session),
    /closed the connection/,
  );
});

Deno.test("what onStatus throws ends the flow with it", async () => {
  await using local = await broker({ port: 0 });
  const failing = new Error("a mistake");
  const flow = mqtt(local.url, "t", {
    wait: true,
    onStatus({ state }) {
      if (state === "connected") throw failing;
    },
  });
  await assert.rejects(Array.fromAsync(flow), failing);
});
