import assert from "node:assert/strict";
import { followTraffic } from "../run/follow_traffic.ts";
import type { Message } from "../pipeline/mod.ts";

const now = () => Date.now() / 1000;

function message(time: number): Message {
  const payload = new Uint8Array(4);
  return { topic: "test", payload, time, qos: 0, retain: false, dup: false };
}

Deno.test("a flow is behind while each batch was there before it was pulled", async () => {
  const { stage, snapshot } = followTraffic({ changed() {} });
  const start = now() - 10;
  const caughtUp = Promise.withResolvers<void>();
  const flow = stage(async function* () {
    // Three that came while the first was at work, then one that comes later.
    for (const seconds of [0, 1, 2]) yield [message(start + seconds)];
    await caughtUp.promise;
    yield [message(now() + 1)];
  }())[Symbol.asyncIterator]();
  for (let n = 0; n < 3; n++) {
    await flow.next();
    assert.equal(snapshot(start + 9).behind, 9);
  }
  const last = flow.next();
  assert.equal(snapshot(now() + 5).behind, 0, "it waits for the next one");
  caughtUp.resolve();
  await last;
  assert.ok(snapshot(now() + 2).behind < 2, "that one was waited for");
});
