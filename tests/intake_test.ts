import assert from "node:assert/strict";
import type { Message } from "../pipeline/mod.ts";
import { createIntake } from "../pipeline/mqtt/intake.ts";
import { createInbox } from "../pipeline/mqtt/next_batch.ts";
import { message } from "./helpers/message.ts";

const { signal } = new AbortController();

Deno.test("a connection is kept if something was just heard on it, or if its messages wait to be taken", async () => {
  const inbox = createInbox<Message>();
  const { isHeld } = createIntake(undefined, inbox, signal).taker();
  assert.equal(isHeld?.(60_000), true);
  assert.equal(isHeld?.(0), false);
  inbox.put(Array<Message>(2_048).fill(message("1")), 1);
  assert.equal(isHeld?.(0), true);
  await inbox.take();
  assert.equal(isHeld?.(0), false);
});
