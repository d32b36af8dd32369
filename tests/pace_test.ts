import assert from "node:assert/strict";
import { createPace } from "../pipeline/recording/pace.ts";

Deno.test("a pace acts at once if that is due, and else once for all that ask", async () => {
  let count = 0;
  const due = createPace(0, () => count++);
  due.ask();
  due.ask();
  assert.equal(count, 2, "each was due");

  const acted = Promise.withResolvers<void>();
  count = 0;
  const early = createPace(0.05, () => {
    count++;
    acted.resolve();
  });
  early.ask();
  early.ask();
  assert.equal(count, 0, "none was due");
  await acted.promise;
  assert.equal(count, 1);
});

Deno.test("a pace that was stopped leaves no timer, and can be asked again", async () => {
  const acted = Promise.withResolvers<void>();
  let count = 0;
  const pace = createPace(0.05, () => {
    count++;
    acted.resolve();
  });
  // The test runner fails a test that leaves a timer.
  pace.ask();
  pace.stop();
  pace.ask();
  await acted.promise;
  assert.equal(count, 1);
});

Deno.test("a pace that nobody asks holds no timer", () => {
  createPace(0.001, () => assert.fail("nobody asked"));
});
