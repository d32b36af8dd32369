/** What `weir deploy` advises, and what it would write on a board. */
import assert from "node:assert/strict";
import { silent } from "../firmware/deploy/advice.ts";
import { makePlan } from "../firmware/deploy/upload.ts";

Deno.test("a board that publishes nothing is reported with what it prints, and advice on that", () => {
  const text = silent("E_MQTT_CONN: no PUBACK\n", 60);
  assert.match(text, /no sample within 60 s\. It says:\n {2}E_MQTT_CONN: no/);
  assert.match(text, /\nIs the broker running, /);
});

Deno.test("a module is written in one form, and its other form removed", async () => {
  const there = new Map([["ring.py", "…"], ["loop.py", "…"]]);
  const plan = await makePlan({ "ring.mpy": new Uint8Array(8) }, there);
  assert.deepEqual(plan.write.map(({ name }) => name), ["ring.mpy"]);
  assert.deepEqual(plan.remove, ["ring.py"]);
});
