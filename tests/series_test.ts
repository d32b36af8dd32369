/** Recordings as series to draw. */
import assert from "node:assert/strict";
import { readSeries } from "../pipeline/mod.ts";
import { makeFolder } from "./helpers/folder.ts";
import {
  BEGIN,
  type Reading,
  writeRecording,
} from "./helpers/write_recording.ts";

/** The series of these readings, by the id of their sensor. */
async function seriesOf(readings: readonly Reading[], maxPoints?: number) {
  await using folder = await makeFolder();
  const path = folder.path("lab.csv");
  await writeRecording(path, readings);
  const { series, ...rest } = await readSeries([path], {
    maxPoints,
    folder: folder.path("."),
  });
  const left = [];
  for await (const { name } of Deno.readDir(folder.path("."))) left.push(name);
  assert.deepEqual(left, ["lab.csv"]);
  return { ...rest, of: (id: string) => series.find((one) => one.id === id)! };
}

/** A reading a second of one sensor, but for some seconds. */
const steady = (seconds: number, id: string, without: number[] = []) =>
  Array.from({ length: seconds }, (_, second): Reading => [second, id, second])
    .filter(([second]) => !without.includes(second));

Deno.test("a series has its readings, and what they come to", async () => {
  const { of, from, to, events } = await seriesOf(steady(10, "a"));
  assert.deepEqual([from, to, events], [BEGIN, BEGIN + 9, 10]);
  const { times, values, count, min, mean, max, kind, resolution } = of("a");
  assert.deepEqual([...times], [...values].map((value) => BEGIN + value));
  assert.deepEqual(
    [count, min, mean, max, kind, resolution],
    [10, 0, 4.5, 9, "numbers", 0],
  );
});

Deno.test("data capture is the share of usual intervals that have a reading", async () => {
  const capture = async (readings: Reading[]) =>
    (await seriesOf(readings)).of("a").capture;
  assert.equal(await capture(steady(100, "a")), 1);
  assert.equal(await capture(steady(100, "a", [20, 21, 70])), 0.97);
  // Readings that come a little early or late are not missing.
  const jitter = steady(100, "a").map(([second, id, value]) =>
    [second + (second % 3) * 0.1, id, value] as const
  );
  assert.equal(await capture(jitter), 1);
  // Two readings in one interval do not make up for none in another.
  const twice: Reading = [30.4, "a", 1];
  const doubled = [...steady(100, "a", [50]), twice]
    .sort(([a], [b]) => a - b);
  assert.equal(await capture(doubled), 0.99);
  // There is no usual interval of one reading.
  assert.equal(await capture([[0, "a", 1]]), undefined);
});

Deno.test("a sensor that begins late or ends early misses what others sent meanwhile", async () => {
  const { of } = await seriesOf([
    ...steady(100, "a"),
    ...steady(100, "late").slice(50),
    ...steady(100, "early").slice(0, 25),
  ]);
  assert.equal(of("a").capture, 1);
  assert.equal(of("late").capture, 0.5);
  assert.equal(of("early").capture, 0.25);
});

Deno.test("a gap is longer than what is usual, and its length is known", async () => {
  const { of } = await seriesOf(steady(100, "a", [50, 51, 52, 53, 54, 55]));
  const { gap, longest, usual } = of("a");
  assert.equal(usual, 1);
  assert.equal(longest, 7);
  assert.ok(gap > 1 && gap < longest, `${gap}`);
});

Deno.test("readings that are not in order of time are sorted", async () => {
  const { of } = await seriesOf(steady(50, "a").reverse());
  assert.deepEqual([...of("a").values], steady(50, "a").map(([s]) => s));
  assert.equal(of("a").capture, 1);
});

Deno.test("of more readings than there may be points, every peak is kept", async () => {
  const readings = steady(20_000, "a").map(([second, id], at): Reading => [
    second,
    id,
    at === 7777 ? 1000 : at === 12_345 ? -1000 : at % 10,
  ]);
  const { of } = await seriesOf([...readings, [1, "b", 1]], 1000);
  const { times, values, count, resolution, min, max } = of("a");
  assert.equal(count, 20_000);
  assert.ok(times.length <= 1100, `${times.length}`);
  assert.ok(resolution > 1);
  assert.deepEqual([min, max], [-1000, 1000]);
  assert.equal(times[values.indexOf(1000)], BEGIN + 7777);
  assert.equal(times[values.indexOf(-1000)], BEGIN + 12_345);
  assert.deepEqual([...times], [...times].sort((a, b) => a - b));
  // What has few readings keeps all of them.
  assert.equal(of("b").resolution, 0);
});

Deno.test("texts and booleans are states, and a text among numbers is none of them", async () => {
  const { of } = await seriesOf([
    [0, "lamp", true],
    [1, "lamp", false],
    [2, "lamp", true],
    [0, "attic", 20.5],
    [1, "attic", "unavailable"],
    [2, "attic", 21],
  ]);
  const { kind, states, values } = of("lamp");
  assert.deepEqual([kind, states, [...values]], [
    "states",
    ["true", "false"],
    [0, 1, 0],
  ]);
  const attic = of("attic");
  assert.deepEqual([attic.kind, [...attic.values]], ["numbers", [
    20.5,
    NaN,
    21,
  ]]);
  assert.equal(attic.mean, 20.75);
});

Deno.test("more texts than can be told apart share a state, and many changes a point", async () => {
  const texts = Array.from(
    { length: 100 },
    (_, n): Reading => [n, "t", `${n}!`],
  );
  const { states } = (await seriesOf(texts)).of("t");
  assert.equal(states.length, 25);
  assert.equal(states.at(-1), "…");
  const flips = Array.from(
    { length: 5000 },
    (_, n): Reading => [n, "f", n % 2 === 0],
  );
  const { times, values } = (await seriesOf(flips, 200)).of("f");
  assert.ok(times.length <= 220, `${times.length}`);
  assert.ok(values.every((state) => state === -1));
});
