/** What each stage does with its items. */
import assert from "node:assert/strict";
import { chunks, pipe, tap } from "../pipeline/mod.ts";

Deno.test("tap() awaits a promise before the source is pulled again", async () => {
  const log: string[] = [];
  async function* source() {
    yield [1, 2];
    log.push("acknowledged");
  }
  await pipe(
    source(),
    tap(async (n) => {
      log.push(`begins ${n}`);
      await new Promise((resolve) => setTimeout(resolve));
      log.push(`ends ${n}`);
    }),
    async (flow) => {
      for await (const batch of flow) log.push(`sink takes ${batch}`);
    },
  );
  assert.deepEqual(log, [
    "begins 1",
    "ends 1",
    "begins 2",
    "ends 2",
    "sink takes 1,2",
    "acknowledged",
  ]);
});

Deno.test("tap() ends the pipe when its promise rejects", async () => {
  async function* source() {
    yield [1];
  }
  await assert.rejects(
    pipe(
      source(),
      tap(() => Promise.reject(new Error("out of paper"))),
      async (flow) => {
        for await (const _ of flow) assert.fail("the batch went on");
      },
    ),
    /out of paper/,
  );
});

Deno.test("chunks() puts what is left into a last chunk, and makes none of nothing", async () => {
  async function* source() {
    yield [1, 2, 3];
    yield [4, 5];
  }
  async function* nothing() {}
  const batches = await Array.fromAsync(pipe(source(), chunks(2)));
  assert.deepEqual(batches.flat(), [[1, 2], [3, 4], [5]]);
  assert.deepEqual(await Array.fromAsync(pipe(nothing(), chunks(2))), []);
});
