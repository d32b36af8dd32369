import assert from "node:assert/strict";
import { type Flow, merge, mqtt } from "../pipeline/mod.ts";
import { broker, publish } from "../pipeline/mod.ts";
import { run } from "./helpers/run.ts";

const failing = new Error("out of paper");

Deno.test("merge() keeps the order of each flow, and starves none", async () => {
  async function* count(name: string): Flow<string> {
    for (let index = 0; index < 50; index++) yield [`${name}${index}`];
  }
  const all = (await Array.fromAsync(merge(count("a"), count("b")))).flat();
  for (const name of ["a", "b"]) {
    assert.deepEqual(
      all.filter((item) => item.startsWith(name)),
      Array.from({ length: 50 }, (_, index) => `${name}${index}`),
    );
  }
  assert.ok(all.indexOf("b0") < 10 && all.indexOf("a0") < 10, all.join());
});

Deno.test("merge() passes an error on and returns the other flows", async () => {
  const { promise: returned, resolve } = Promise.withResolvers<void>();
  async function* other(): Flow<number> {
    try {
      while (true) yield [0];
    } finally {
      resolve();
    }
  }
  async function* failed(): Flow<number> {
    yield [1];
    throw failing;
  }
  await assert.rejects(Array.fromAsync(merge(failed(), other())), failing);
  await returned;
});

Deno.test({
  name: "merge() returns a subscription that waits for a message",
  // A connection that is left open fails the test.
  sanitizeOps: true,
  sanitizeResources: true,
  async fn() {
    await using local = await broker({ port: 0 });
    const silent = mqtt(local.url, "silent", {
      // Not before it waits.
      onStatus: async ({ state }) => {
        if (state === "connected") {
          await publish(local.url, "busy", ["1"], { retain: true });
        }
      },
    });
    for await (const [message] of merge(silent, mqtt(local.url, "busy"))) {
      assert.equal(message.topic, "busy");
      break;
    }
  },
});

Deno.test("merge() remembers nothing of a flow that has nothing to say", async () => {
  // What one round would leave behind is more than 64 MB after so many.
  const script = `
    import { merge } from ${
    JSON.stringify(import.meta.resolve("../pipeline/merge.ts"))
  };
    async function* silent() { await new Promise(() => {}); }
    async function* busy() { for (let n = 0; n < 500_000; n++) yield [n]; throw "over"; }
    let seen = 0;
    try {
      for await (const batch of merge(silent(), busy())) seen += batch.length;
    } catch (error) {
      console.log(seen, error);
      Deno.exit();
    }`;
  const flags = "--v8-flags=--max-old-space-size=64";
  const output = await run(Deno.execPath(), ["eval", flags, script]);
  assert.equal(output, "500000 over\n");
});
