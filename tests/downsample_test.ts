/** One event for each sensor and interval, whatever comes, and in what order. */
import assert from "node:assert/strict";
import {
  type Aggregate,
  downsample,
  type Flow,
  keepingAll,
  pipe,
  type SensorEvent,
} from "../pipeline/mod.ts";

type Reading = [ts: number, val: SensorEvent["val"], sensor_id?: string];

async function* batches(...given: Reading[][]): Flow<SensorEvent> {
  for (const readings of given) {
    yield readings.map(([ts, val, sensor_id = "lux-1"]) => ({
      sensor_id,
      ts,
      val,
      topic: "sensor-data",
    }));
  }
}

/** What comes out, as `ts: val`. */
async function downsampled(
  seconds: number,
  aggregate: Aggregate,
  ...given: Reading[][]
): Promise<string[]> {
  const out = pipe(batches(...given), downsample(seconds, aggregate));
  return (await Array.fromAsync(out)).flat()
    .map(({ sensor_id, ts, val }) =>
      `${sensor_id === "lux-1" ? "" : `${sensor_id} `}${ts}: ${val}`
    );
}

Deno.test("downsample() makes one value of an interval, by each aggregate", async () => {
  const readings: Reading[] = [[11, 3], [13, 8], [19, 1], [20, 5]];
  const results: Record<Aggregate, string> = {
    mean: "10: 4",
    min: "10: 1",
    max: "10: 8",
    first: "10: 3",
    last: "10: 1",
    count: "10: 3",
  };
  for (const [aggregate, result] of Object.entries(results)) {
    const [first] = await downsampled(10, aggregate as Aggregate, readings);
    assert.equal(first, result, aggregate);
  }
});

Deno.test("downsample() puts an event on a boundary into the later interval, to the millisecond", async () => {
  assert.deepEqual(
    await downsampled(0.1, "count", [[0.299, 1], [0.3, 1], [0.399, 1], [
      0.4,
      1,
    ]]),
    ["0.2: 1", "0.3: 2", "0.4: 1"],
  );
  // Before 1970, too.
  assert.deepEqual(
    await downsampled(10, "count", [[-10, 1], [-0.001, 1], [0, 1]]),
    ["-10: 2", "0: 1"],
  );
});

Deno.test("downsample() keeps an interval open over batches, and ends it with the next event or the flow", async () => {
  const passed: string[] = [];
  async function* source(): Flow<SensorEvent> {
    for await (const batch of batches([[1, 1]], [[2, 3]], [[12, 5]])) {
      yield batch;
      passed.push(`acknowledged ${batch[0].ts}`);
    }
  }
  await pipe(source(), downsample(10, "mean"), async (flow) => {
    for await (const [{ ts, val }] of flow) passed.push(`${ts}: ${val}`);
  });
  assert.deepEqual(passed, [
    "acknowledged 1",
    "acknowledged 2",
    "0: 2",
    "acknowledged 12",
    "10: 5",
  ]);
});

Deno.test("downsample() keeps sensors apart, each by its own clock", async () => {
  assert.deepEqual(
    await downsampled(
      10,
      "last",
      [[1, 1], [1001, 2, "lux-2"], [2, 3]],
      [[1011, 4, "lux-2"], [3, 5]],
    ),
    ["lux-2 1000: 2", "0: 5", "lux-2 1010: 4"],
  );
});

Deno.test("downsample() takes the first and the last by event time, not by arrival", async () => {
  const disordered: Reading[] = [[5, "b"], [1, "a"], [9, "c"], [4, "x"]];
  assert.deepEqual(await downsampled(10, "first", disordered), ["0: a"]);
  assert.deepEqual(await downsampled(10, "last", disordered), ["0: c"]);
  // Of one time, the first and the last to come.
  const same: Reading[] = [[5, "a"], [5, "b"], [5, "c"]];
  assert.deepEqual(await downsampled(10, "first", same), ["0: a"]);
  assert.deepEqual(await downsampled(10, "last", same), ["0: c"]);
});

Deno.test("downsample() begins an interval again for a late event, and loses none", async () => {
  const late: Reading[] = [[9, 1], [10, 2], [9.5, 3], [11, 4]];
  assert.deepEqual(await downsampled(10, "last", late), [
    "0: 1",
    "10: 2",
    "0: 3",
    "10: 4",
  ]);
  const counts = await downsampled(10, "count", late);
  assert.equal(
    counts.reduce((sum, text) => sum + Number(text.split(": ")[1]), 0),
    late.length,
  );
});

Deno.test("downsample() goes on after a clock was set back", async () => {
  assert.deepEqual(
    await downsampled(10, "count", [[1000, 1], [1, 1], [2, 1], [11, 1]]),
    ["1000: 1", "0: 2", "10: 1"],
  );
});

Deno.test("downsample() takes mean, min and max of the numbers, and the last value if there is none", async () => {
  const mixed: Reading[] = [[1, "off"], [2, 4], [3, true], [4, 8], [5, "on"]];
  assert.deepEqual(await downsampled(10, "mean", mixed), ["0: 6"]);
  assert.deepEqual(await downsampled(10, "min", mixed), ["0: 4"]);
  assert.deepEqual(await downsampled(10, "max", mixed), ["0: 8"]);
  assert.deepEqual(await downsampled(10, "last", mixed), ["0: on"]);
  assert.deepEqual(await downsampled(10, "count", mixed), ["0: 5"]);
  const texts: Reading[] = [[1, "off"], [2, "on"], [11, false], [12, true]];
  for (const aggregate of ["mean", "min", "max"] as const) {
    assert.deepEqual(await downsampled(10, aggregate, texts), [
      "0: on",
      "10: true",
    ]);
  }
});

Deno.test("downsample() ends the interval that is open the longest if there are too many sensors", async () => {
  const many = Array.from(
    { length: 10_001 },
    (_, index): Reading => [1, index, `s${index}`],
  );
  const results = await downsampled(10, "last", many, [[2, -1, "s0"]]);
  // Two are ended for the two that came beyond 10,000; all of them came out.
  assert.deepEqual(results.slice(0, 2), ["s0 0: 0", "s1 0: 1"]);
  assert.equal(results.length, 10_002);
  assert.equal(results.at(-1), "s0 0: -1");
});

Deno.test("downsample() makes nothing of nothing, and refuses an interval that is none", async () => {
  assert.deepEqual(await downsampled(10, "mean"), []);
  for (const seconds of [0, -1, NaN, Infinity, 0.0001]) {
    assert.throws(() => downsample(seconds, "mean"), RangeError);
  }
});

Deno.test("downsample() is refused before a sink that keeps all", () => {
  const durable = keepingAll(async (flow: Flow<SensorEvent>) => {
    for await (const _ of flow);
  });
  assert.throws(
    () => pipe(batches(), downsample(10, "mean"), durable),
    /keeps readings back/,
  );
});
