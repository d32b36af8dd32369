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

Deno.test("pipe() refuses a sink that is not the last part", () => {
  assert.throws(
    () => pipe(source(), drain as never, drain),
    refused(/Only the last part of a pipe can be a sink/),
  );
});

Deno.test("pipe() rejects, and runs nothing, if a pipe without a sink is awaited", async () => {
  let pulled = false;
  async function* watched(): Flow<number> {
    pulled = true;
    yield [1];
  }
  const flow: unknown = pipe(watched(), map((n) => n));
  await assert.rejects(async () => await flow, refused(/without a sink/));
  // deno-lint-ignore require-await
  await assert.rejects(async () => flow, refused(/An async function/));
  assert.ok(!pulled);
});

/** What a script says on stderr, and its exit code. */
async function run(script: string): Promise<[string, number]> {
  const kit = JSON.stringify(import.meta.resolve("../pipeline/mod.ts"));
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      ...["eval", "--ext=ts"],
      `import { map, mqtt, parse, pipe, print, tee, merge } from ${kit};
       async function* source() { yield [1]; }
       ${script}`,
    ],
  });
  const { code, stderr } = await child.output();
  return [new TextDecoder().decode(stderr), code];
}

Deno.test("a script that forgets the sink fails with an error that says so", async () => {
  const [said, code] = await run(
    `await pipe(mqtt("mqtt://localhost", "x"), parse(), tee(print()));`,
  );
  assert.match(said, /End it with a sink, such as csv\(\)/);
  assert.equal(code, 1);
});

Deno.test("a program says at its end which pipe nobody iterated", async () => {
  const [said, code] = await run(`
    pipe(source(), map((n) => n), map((n) => n));`);
  assert.match(said, /^A pipe without a sink was never iterated/);
  assert.match(said, /\n +at .*\$deno\$eval.*:4:5\n$/);
  assert.equal(code, 0);
});

Deno.test("a pipe inside of another one is not missed by itself", async () => {
  const [said] = await run(`
    const inner = (flow) => pipe(flow, map((n) => n));
    pipe(pipe(source(), inner), map((n) => n));`);
  assert.equal(said.match(/never iterated/g)?.length, 1, said);
});

Deno.test("a pipe that is iterated, has a sink, or stands in a program that fails is not missed", async () => {
  const drain = `async (flow) => { for await (const _ of flow); }`;
  for (
    const script of [
      `for await (const _ of pipe(source(), map((n) => n)));`,
      `await Array.fromAsync(merge(pipe(source()), pipe(source())));`,
      `await pipe(pipe(source(), (flow) => pipe(flow)), ${drain});`,
      `const flow = pipe(source()); Deno.exit(3);`,
    ]
  ) {
    const [said] = await run(script);
    assert.equal(said, "", script);
  }
  const [said] = await run(`pipe(source()); throw new Error("of its own");`);
  assert.match(said, /of its own/);
  assert.doesNotMatch(said, /iterated/);
});
