import assert from "node:assert/strict";
import {
  csv,
  live,
  type Message,
  parse,
  pipe,
  stamp,
  tee,
} from "../pipeline/mod.ts";
import { makeFolder } from "./helpers/folder.ts";
import { fuzz } from "./torture/fuzz.ts";

Deno.test("a malicious publisher and a malicious broker crash nothing, and no row is no reading", async () => {
  const { cases, events, rejects, ended } = await fuzz(3000, 1);
  assert.equal(cases, 3000);
  // It got that far.
  assert.ok(events > 500 && rejects > 500 && ended > 10);
});

Deno.test("a million sensor ids take no more memory than a bound", async () => {
  await using folder = await makeFolder();
  const encoder = new TextEncoder();
  const used: number[] = [];
  async function* source(): AsyncGenerator<Message[]> {
    for (let from = 0; from < 1_000_000; from += 2000) {
      yield Array.from({ length: 2000 }, (_, n) => ({
        topic: `sensors/${from + n}`,
        payload: encoder.encode("1"),
        time: 1484535480.613,
        qos: 0 as const,
        retain: false,
        dup: false,
      }));
      used.push(Deno.memoryUsage().heapUsed);
    }
  }
  const { rows, moreSensors } = await pipe(
    source(),
    parse(),
    stamp(),
    tee(live()),
    csv(folder.path("test.csv")),
  );
  assert.equal(rows, 1_000_000);
  assert.ok(moreSensors);
  // What is left right after a collection, when nearly all have come.
  const kept = Math.min(...used.slice(-100));
  assert.ok(kept < 200e6, `${kept} bytes`);
});
