import assert from "node:assert/strict";
import { createInbox } from "../pipeline/mqtt/next_batch.ts";

Deno.test("an inbox hands out what is there as one batch, and then its end", async () => {
  const inbox = createInbox<string>();
  inbox.put(["a"], 1);
  inbox.put(["b"], 1);
  inbox.end();
  assert.deepEqual(await inbox.take(), ["a", "b"]);
  assert.equal(await inbox.take(), undefined);
});

Deno.test("an inbox that failed hands out what is there before its error", async () => {
  const inbox = createInbox<string>();
  const taken = inbox.take();
  inbox.put(["a"], 1);
  assert.deepEqual(await taken, ["a"]);
  inbox.put(["b"], 1);
  inbox.end(new Error("gone"));
  assert.deepEqual(await inbox.take(), ["b"]);
  await assert.rejects(inbox.take(), /gone/);
});

for (
  const [what, items, bytes] of [
    ["items", 256, 1],
    ["bytes", 1, 4 * 1_048_576],
  ] as const
) {
  Deno.test(`an inbox full of ${what} makes its filler wait until it is taken from`, async () => {
    const inbox = createInbox<number>();
    assert.equal(inbox.put([1], 1), undefined);
    assert.equal(inbox.full, false);
    const room = inbox.put(Array<number>(items).fill(2), bytes);
    assert.equal(inbox.full, true);
    assert.equal((await inbox.take())?.length, items + 1);
    await room;
    assert.equal(inbox.full, false);
  });
}

Deno.test("an inbox whose batches are synced waits for larger ones", () => {
  const inbox = createInbox<number>({ synced: true });
  assert.equal(inbox.put(Array<number>(2_000).fill(1), 1), undefined);
  assert.ok(inbox.put(Array<number>(100).fill(1), 1));
});
