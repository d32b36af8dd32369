import assert from "node:assert/strict";
import { every, limit } from "../run/timer.ts";
import { until } from "./helpers/until.ts";

const WEEKS = 6 * 7 * 86_400;

/** What would be called too early is called within this time, in ms. */
const pause = () => new Promise((resolve) => setTimeout(resolve, 50));

Deno.test("every() acts again and again until it is disposed of", async () => {
  let acts = 0;
  const started = performance.now();
  {
    using _timer = every(0.02, () => acts++);
    await until("three times", () => acts >= 3);
  }
  assert.ok(performance.now() - started >= 60);
  const before = acts;
  await pause();
  assert.equal(acts, before);
});

Deno.test("every() that is disposed of by its own act does not act again", async () => {
  let acts = 0;
  const timer = every(0.01, () => {
    acts++;
    timer[Symbol.dispose]();
  });
  await until("once", () => acts > 0);
  await pause();
  assert.equal(acts, 1);
});

Deno.test("limit() aborts its time after it was started, and not before", async () => {
  using limited = limit(new AbortController().signal, 0.01);
  await pause();
  assert.equal(limited.signal.aborted, false);
  limited.start();
  await until("it is aborted", () => limited.signal.aborted);
});

Deno.test("limit() and every() can wait for weeks", async () => {
  // setTimeout() would act at once: it takes 2^31 - 1 ms at the most.
  using _timer = every(WEEKS, () => assert.fail("it acted"));
  using limited = limit(new AbortController().signal, WEEKS);
  limited.start();
  await pause();
  assert.equal(limited.signal.aborted, false);
});

Deno.test("limit() aborts with the other signal, started or not, limited or not", () => {
  for (const seconds of [undefined, WEEKS]) {
    const other = new AbortController();
    using limited = limit(other.signal, seconds);
    limited.start();
    assert.equal(limited.signal.aborted, false);
    other.abort();
    assert.equal(limited.signal.aborted, true);
  }
});

Deno.test("limit() that is disposed of aborts no more by itself", async () => {
  const limited = limit(new AbortController().signal, 0.01);
  limited.start();
  limited[Symbol.dispose]();
  await pause();
  assert.equal(limited.signal.aborted, false);
});
