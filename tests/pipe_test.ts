/** What pipe() lets through, and what it refuses. */
import assert from "node:assert/strict";
import {
  chunks,
  endingEarly,
  type Flow,
  holdingBack,
  keepingAll,
  map,
  pipe,
  type Sink,
  type Stage,
  take,
  tee,
} from "../pipeline/mod.ts";

const refused = (how: RegExp) => ({ code: "ERR_WEIR_PIPE", message: how });
const BACK = refused(/keeps readings back/);
const EARLY = refused(/ends the flow/);

async function* source(): Flow<number> {
  yield [1, 2, 3];
}

const drain: Sink<unknown> = async (flow) => {
  for await (const _ of flow);
};

/** A sink of its own, since a mark stays. */
const durable = (): Sink<unknown> => keepingAll((flow) => drain(flow));

Deno.test("pipe() refuses a marked stage before a sink that keeps all, and no other", async () => {
  const same: Stage<number, number> = (flow) => flow;
  const back: Stage<number, number> = holdingBack((flow) => flow);
  const early: Stage<number, number> = endingEarly((flow) => flow);
  assert.throws(() => pipe(source(), back, durable()), BACK);
  assert.throws(() => pipe(source(), early, durable()), EARLY);
  await pipe(source(), same, durable());
  await pipe(source(), back, early, drain);
});

Deno.test("pipe() sees the marks of a pipe that is its source", () => {
  assert.throws(() => pipe(pipe(source(), chunks(2)), durable()), BACK);
  assert.throws(
    () => pipe(pipe(pipe(source(), take(1)), map((n) => n)), durable()),
    EARLY,
  );
});

Deno.test("pipe() sees the marks of a pipe that a stage or the sink is made of", () => {
  const pairs = (flow: Flow<number>) => pipe(flow, chunks(2), map(String));
  assert.throws(() => pipe(source(), pairs, durable()), BACK);
  assert.throws(
    () => pipe(source(), (flow) => pipe(flow, chunks(2), durable())),
    BACK,
  );
});

Deno.test("pipe() sees the promise of a sink that is a branch", () => {
  assert.throws(() => pipe(source(), chunks(2), tee(durable()), drain), BACK);
  assert.throws(() => pipe(source(), tee(durable()), take(1), drain), EARLY);
});
