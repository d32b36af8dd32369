import assert from "node:assert/strict";
import { broker, mqtt } from "../pipeline/mod.ts";
import { connect } from "../pipeline/mqtt/connect.ts";
import type { DurableSession } from "../pipeline/mqtt/session.ts";
import { subscribeSession } from "../pipeline/mqtt/subscribe.ts";

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
