/** A branch that may lag, by how much, and what comes of it at the end. */
import assert from "node:assert/strict";
import {
  buffered,
  type Flow,
  keepingAll,
  pipe,
  type Sink,
  tee,
} from "../pipeline/mod.ts";

const failing = new Error("out of paper");

/** A sink that takes a batch when it is let, and keeps what it has taken. */
function held(): {
  sink: Sink<number>;
  taken: number[];
  release: () => void;
} {
  const { promise, resolve: release } = Promise.withResolvers<void>();
  const taken: number[] = [];
  return {
    taken,
    release,
    sink: async (flow) => {
      for await (const batch of flow) {
        await promise;
        taken.push(...batch);
      }
    },
  };
}

async function* count(to: number): Flow<number> {
  for (let n = 1; n <= to; n++) yield [n];
}

Deno.test("buffered() lags by its number of batches and then holds up the flow", async () => {
  const { sink, taken, release } = held();
  const branch = buffered(3, sink);
  const seen: number[] = [];
  const full = Promise.withResolvers<void>();
  async function* source(): Flow<number> {
    for await (const batch of count(10)) {
      // The fourth is the one that has to wait in the branch.
      if (batch[0] === 4) full.resolve();
      yield batch;
    }
  }
  const done = pipe(source(), tee(branch), async (flow) => {
    for await (const batch of flow) seen.push(...batch);
  });
  await full.promise;
  // Whatever could go on has gone on after many turns of the event loop.
  for (let turn = 0; turn < 20; turn++) {
    await new Promise((resolve) => setTimeout(resolve));
  }
  assert.deepEqual(seen, [1, 2, 3]);
  assert.equal(branch.behind(), 4);
  assert.deepEqual(taken, []);
  release();
  await done;
  assert.deepEqual(taken, seen);
  assert.equal(taken.length, 10);
  assert.equal(branch.behind(), 0);
});

Deno.test("buffered() finishes what it holds before the pipe resolves", async () => {
  const { sink, taken, release } = held();
  const ended = Promise.withResolvers<void>();
  async function* source(): Flow<number> {
    yield* count(2);
    ended.resolve();
  }
  const done = pipe(source(), buffered(5, sink));
  await ended.promise;
  assert.deepEqual(taken, []);
  release();
  await done;
  assert.deepEqual(taken, [1, 2]);
});

Deno.test("buffered() ends the pipe with the error of its sink", async () => {
  const seen: number[] = [];
  await assert.rejects(
    pipe(
      count(1000),
      tee(buffered(5, async (flow: Flow<number>) => {
        for await (const [n] of flow) if (n === 2) throw failing;
      })),
      async (flow) => {
        for await (const batch of flow) seen.push(...batch);
      },
    ),
    failing,
  );
  assert.ok(seen.length < 10, `${seen}`);
});

Deno.test("buffered() passes an error of the flow on to its sink, after what came before it", async () => {
  const taken: number[] = [];
  let caught: unknown;
  async function* source(): Flow<number> {
    yield* count(3);
    throw failing;
  }
  await assert.rejects(
    pipe(
      source(),
      buffered(5, async (flow: Flow<number>) => {
        try {
          for await (const batch of flow) taken.push(...batch);
        } catch (error) {
          caught = error;
        }
      }),
    ),
    failing,
  );
  assert.deepEqual(taken, [1, 2, 3]);
  assert.equal(caught, failing);
});

Deno.test("buffered() refuses a durable recording", () => {
  const durable = keepingAll(held().sink);
  assert.throws(() => buffered(5, durable), { code: "ERR_WEIR_PIPE" });
});
