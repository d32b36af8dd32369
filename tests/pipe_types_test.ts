/** What compiles, and what does not: these tests are passed by `deno check`. */
import assert from "node:assert/strict";
import {
  chunks,
  filter,
  type Flow,
  map,
  pipe,
  type SensorEvent,
  type Sink,
  type Stage,
  take,
  tap,
} from "../pipeline/mod.ts";

async function* source(): Flow<SensorEvent> {
  yield [1, 2, 3].map((val) => ({ sensor_id: "lux-1", ts: val, val }));
}

/** Puts all items into one list. */
async function collect<T>(flow: Flow<T>): Promise<T[]> {
  return (await Array.fromAsync(flow)).flat();
}

const events: Sink<SensorEvent, number> = async (flow) =>
  (await collect(flow)).length;

type Numeric = SensorEvent & { val: number };

const isNumeric = (event: SensorEvent): event is Numeric =>
  typeof event.val === "number";

Deno.test("filter() with a type predicate narrows what comes after it", async () => {
  const texts: string[] = await pipe(
    source(),
    filter(isNumeric),
    map((event) => event.val.toFixed(1)),
    collect,
  );
  assert.deepEqual(texts, ["1.0", "2.0", "3.0"]);
  const values: number[] = await pipe(
    source(),
    map((event) => event.val),
    filter((val) => typeof val === "number"),
    collect,
  );
  assert.deepEqual(values, [1, 2, 3]);
});

Deno.test("chunks() and take() need no annotation in a pipe", async () => {
  const ids: string[] = await pipe(
    source(),
    chunks(2),
    map((chunk) => chunk[0].sensor_id),
    collect,
  );
  assert.deepEqual(ids, ["lux-1", "lux-1"]);
  const first: SensorEvent[] = await pipe(source(), take(1), collect);
  assert.equal(first.length, 1);
  for await (const [chunk] of pipe(source(), chunks(3))) {
    assert.equal(chunk[2].sensor_id, "lux-1");
  }
});

Deno.test("a list of stages can be spread anywhere in a pipe", async () => {
  const small: Stage<SensorEvent, SensorEvent>[] = [
    filter((event) => Number(event.val) < 3),
    tap(() => {}),
  ];
  const values = map((event: SensorEvent) => Number(event.val));
  const none: Stage<number, number>[] = [];
  const numbers: number[] = await pipe(
    source(),
    ...small,
    filter((event) => event.val !== 1),
    ...small,
    collect,
  ).then((events) => events.map((event) => Number(event.val)));
  assert.deepEqual(numbers, [2]);
  const sums: number[] = await pipe(
    source(),
    map((event) => String(event.val)),
    map((text) => text.length),
    ...none,
    filter((n) => n.toFixed() === "1"),
    collect,
  );
  assert.deepEqual(sums, [1, 1, 1]);
  const flow: Flow<number> = pipe(pipe(source(), ...small), values);
  assert.deepEqual(await collect(flow), [1, 2]);
});

Deno.test("a pipe of a dozen parts compiles", async () => {
  const same = () => tap<SensorEvent>(() => {});
  const count: number = await pipe(
    source(),
    ...[same(), same(), same(), same()] as const,
    same(),
    same(),
    same(),
    same(),
    same(),
    same(),
    filter((event) => event.val !== 1),
    events,
  );
  assert.equal(count, 2);
});

Deno.test("what does not fit does not compile", () => {
  const list: Stage<SensorEvent, SensorEvent>[] = [];
  // Never called: it is there to be checked.
  const _unused = async () => {
    // @ts-expect-error: the sink takes events, not chunks of them.
    await pipe(source(), chunks(2), events);
    // @ts-expect-error: nor does it after a list.
    await pipe(source(), ...list, chunks(2), events);
    // @ts-expect-error: the list takes events, not numbers.
    await pipe(source(), map((event) => event.ts), ...list, events);
    // @ts-expect-error: only the last part can be a sink.
    await pipe(source(), events, events);
    // @ts-expect-error: a pipe without a sink cannot be awaited.
    await pipe(source(), map((event) => event.ts));
  };
  // @ts-expect-error: nor can an async function return one.
  const _returned = async () => await pipe(source());
});
