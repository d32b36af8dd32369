import assert from "node:assert/strict";
import { backoff, backoffInTurn, sleep } from "../pipeline/backoff.ts";
import { createTurns } from "../pipeline/recording/turns.ts";

Deno.test("backoff doubles from the first pause to the longest, with jitter", () => {
  for (
    const [failures, first, longest, from, to] of [
      [0, 1, 30, 1, 1.25],
      [2, 1, 30, 3, 5],
      [9, 1, 30, 30, 30],
      [0, 0.1, 5, 0.1, 0.125],
      [50, 0.1, 5, 5, 5],
    ]
  ) {
    const seconds = backoff(failures, first, longest);
    assert.ok(seconds >= from && seconds <= to, `${failures}: ${seconds}`);
  }
  assert.ok(backoff(0) >= 1 && backoff(0) <= 1.25);
  assert.equal(backoff(9), 30);
});

Deno.test("sleep() ends when its signal aborts", async () => {
  await sleep(1000, AbortSignal.abort());
});

Deno.test("acts in turn wait for those before them, also if they fail", async () => {
  const turn = createTurns();
  const { promise, resolve } = Promise.withResolvers<void>();
  let text = "";
  const first = turn(async () => {
    await promise;
    text += "a";
    throw new Error("failed");
  });
  const second = turn(() => Promise.resolve(text += "b"));
  resolve();
  await assert.rejects(first, /failed/);
  await second;
  assert.equal(text, "ab");
});

Deno.test("the addresses of a broker are tried one after the other, and then comes the long pause", () => {
  const expect = (addresses: number, expected: number[]) =>
    expected.forEach((seconds, failures) => {
      const pause = backoffInTurn(failures, addresses);
      assert.ok(pause >= seconds * 0.75 && pause <= seconds * 1.25);
    });
  expect(3, [1, 1, 1, 1, 1, 2, 1, 1, 4]);
  expect(1, [1, 2, 4, 8, 16]);
});
