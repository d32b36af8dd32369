import assert from "node:assert/strict";
import { live, pipe, type SensorEvent } from "../pipeline/mod.ts";
import { createHistory } from "../pipeline/history.ts";
import { createWholeHistory } from "../pipeline/whole_history.ts";

const START = 1_700_000_000;

function event(
  sensor_id: string,
  seconds: number,
  val: SensorEvent["val"],
  topic = "sensor-data",
): SensorEvent {
  return { sensor_id, ts: 7, val, time: START + seconds, topic };
}

async function* flow(...batches: SensorEvent[][]) {
  yield* batches;
}

Deno.test("live() knows each sensor's least, mean and greatest value", async () => {
  const latest = live();
  await pipe(
    flow([event("a", 0, 3), event("b", 0, "open")], [
      event("a", 1, -5),
      event("a", 2, 8),
    ]),
    latest,
  );
  const { events, sensors } = latest.snapshot();
  assert.equal(events, 4);
  const a = sensors.get("a")!;
  assert.deepEqual([a.min, a.mean, a.max, a.events], [-5, 2, 8, 3]);
  assert.equal(a.latest.val, 8);
  const b = sensors.get("b")!;
  assert.deepEqual([b.min, b.mean, b.max], [undefined, undefined, undefined]);
});

Deno.test("live() takes the mean of the greatest numbers there are", async () => {
  const latest = live();
  const events = [event("a", 0, 1.7e308), event("a", 1, 1.7e308)];
  await pipe(flow(events), latest);
  assert.equal(latest.snapshot().sensors.get("a")!.mean, 1.7e308);
});

Deno.test("live() knows how often a sensor usually reads, bursts or not", async () => {
  const latest = live();
  const events: SensorEvent[] = [];
  for (let n = 0; n < 20; n++) {
    events.push(event("steady", 5 * n, n));
    // Ten at once every minute, as after an outage.
    for (let k = 0; k < 10; k++) events.push(event("burst", 60 * n, k));
  }
  // One outage does not make it a slow sensor.
  events.push(event("steady", 600, 0));
  await pipe(flow(events), latest);
  const { sensors } = latest.snapshot();
  assert.equal(sensors.get("steady")!.interval, 5);
  assert.equal(sensors.get("steady")!.rate, 1 / 5);
  assert.equal(sensors.get("burst")!.interval, 60);
});

Deno.test("live() measures the rate of a fast sensor", async () => {
  const latest = live();
  const events = Array.from(
    { length: 4001 },
    (_, n) => event("fast", n / 400, n),
  );
  await pipe(flow(events), latest);
  assert.equal(latest.snapshot().sensors.get("fast")!.rate, 400);
});

Deno.test("live() measures the rate anew where the clock was set back", async () => {
  const latest = live();
  const at = (from: number, seconds: number) =>
    Array.from({ length: seconds * 10 }, (_, n) => from + n / 10);
  await pipe(
    (async function* () {
      for (const time of at(7200, 20)) yield [event("a", time, 1)];
      for (const time of at(3600, 1)) yield [event("a", time, 1)];
      yield [event("a", 3660, 1)];
    })(),
    latest,
  );
  assert.ok(latest.snapshot().sensors.get("a")!.rate < 1);
});

Deno.test("live() lists so many sensors, and counts the events of the others", async () => {
  const told: string[] = [];
  const latest = live({ maxSensors: 3, onSensor: (id) => told.push(id) });
  const events = Array.from({ length: 50 }, (_, n) => event(`${n % 5}`, n, n));
  await pipe(flow(events), latest);
  const { sensors, unlisted } = latest.snapshot();
  assert.deepEqual([...sensors.keys()], ["0", "1", "2"]);
  assert.equal(unlisted, 20);
  assert.deepEqual(told, ["0", "1", "2"]);
});

Deno.test("live() does not keep more than some megabytes of ids", async () => {
  const latest = live();
  const events = Array.from(
    { length: 200 },
    (_, n) => event(`${n}`.padEnd(65_000, "x"), n, n),
  );
  await pipe(flow(events), latest);
  const { sensors, unlisted } = latest.snapshot();
  const characters = [...sensors.keys()].join("").length;
  assert.ok(characters > 1_000_000 && characters <= 4_000_000);
  assert.equal(sensors.size + unlisted, 200);
});

Deno.test("live() keeps only the beginning of a long text", async () => {
  const latest = live();
  const long = "x".repeat(1_000_000);
  await pipe(flow([event("a", 0, long, long)]), latest);
  const { val, topic } = latest.snapshot().sensors.get("a")!.latest;
  assert.equal((val as string).length, 256);
  assert.equal(topic!.length, 256);
});

Deno.test("live() keeps histories and last events of the first sensors only", async () => {
  const latest = live({ maxHistories: 1 });
  const events: SensorEvent[] = [];
  for (let n = 0; n < 100; n++) events.push(event("a", n, n), event("b", n, n));
  await pipe(flow(events), latest);
  const { sensors } = latest.snapshot();
  assert.equal(sensors.get("b")!.history, undefined);
  const a = sensors.get("a")!;
  assert.deepEqual(a.last!.at(-1)!.val, 99);
  assert.ok(a.last!.length <= 32);
  assert.deepEqual(a.history!.latest(2).map(({ mean }) => mean), [98, 99]);
});

Deno.test("a history loses no peak, over a minute or over days", () => {
  const history = createHistory();
  const day = 86_400;
  for (let second = 0; second < 2 * day; second += 5) {
    history.add(START + second, second === 1000 ? 99 : Math.sin(second / 1000));
  }
  for (const [seconds, peak] of [[60, 1], [3600, 1], [2 * day, 99]]) {
    const buckets = history.window(seconds, START + 2 * day);
    assert.ok(buckets.length <= 257, `${buckets.length} buckets`);
    const max = Math.max(...buckets.map((bucket) => bucket.max));
    assert.ok(max <= peak && max > peak - 2, `${max} in ${seconds} s`);
    const [first] = buckets;
    assert.ok(first.time <= START + 2 * day - seconds + seconds / 16);
  }
});

Deno.test("a history counts every reading once at every scale", () => {
  const history = createHistory();
  for (let n = 0; n < 1000; n++) history.add(START + n / 10, n);
  for (const seconds of [200, 1000, 4000, 16_000, 60_000, 260_000]) {
    const buckets = history.window(seconds, START + 100);
    const count = buckets.reduce((sum, bucket) => sum + bucket.count, 0);
    assert.equal(count, 1000, `in ${seconds} s`);
    const mean = buckets.reduce((sum, b) => sum + b.mean * b.count, 0) / count;
    assert.ok(Math.abs(mean - 499.5) < 1e-6);
  }
});

Deno.test("a history keeps the least and the greatest of an hour, and the latest as it came", () => {
  const history = createHistory();
  for (let time = 0; time < 3600; time++) history.add(time, time % 60);
  const hour = history.window(3600, 3600);
  assert.ok(hour.length >= 200 && hour.length <= 260, `${hour.length} buckets`);
  assert.equal(Math.max(...hour.map(({ max }) => max)), 59);
  assert.equal(Math.min(...hour.map(({ min }) => min)), 0);
  assert.equal(history.latest(1)[0].mean, 59);
});

Deno.test("a history that ended days ago is as fine as it was then", () => {
  const history = createHistory();
  for (let second = 0; second < 3600; second++) history.add(START + second, 1);
  const end = START + 3600;
  const { length } = history.window(3600, end);
  assert.ok(length >= 200, `${length} buckets`);
  assert.deepEqual(history.window(60, end + 86_400), []);
});

Deno.test("a whole history is as fine at its beginning, and loses no peak", () => {
  const history = createWholeHistory();
  const count = 100_000;
  for (let n = 0; n < count; n++) history.add(START + n, n === 777 ? 99 : 1);
  // A reading of a clock that was set back stands where its time says.
  history.add(START + 10.5, -99);
  const all = history.window(2 * count, START + count);
  assert.ok(all.length <= 512 && all.length > 250, `${all.length} buckets`);
  assert.equal(Math.max(...all.map(({ max }) => max)), 99);
  assert.equal(Math.min(...all.map(({ min }) => min)), -99);
  const sum = all.reduce((sum, { count }) => sum + count, 0);
  assert.equal(sum, count + 1);
  const start = history.window(1000, START + 1000);
  assert.ok(start.length > 100, `${start.length} buckets of the first 1000 s`);
  const few = createWholeHistory();
  for (let n = 0; n < 9; n++) few.add(START + 3600 * n, n);
  assert.deepEqual(
    few.window(3600, START + 7200).map(({ mean }) => mean),
    [2],
  );
});

Deno.test("a history goes on where the clock was set back", () => {
  const history = createHistory();
  for (let n = 0; n < 100; n++) history.add(START + n, 1);
  for (let n = 0; n < 10; n++) history.add(START + 50 + n, 2);
  const buckets = history.window(60, START + 60);
  assert.equal(Math.max(...buckets.map(({ time }) => time)), START + 59);
  assert.equal(buckets.at(-1)!.mean, 2);
});
