import assert from "node:assert/strict";
import { pipe, type SensorEvent, watchTimes } from "../pipeline/mod.ts";
import { whyOdd } from "../pipeline/odd_times.ts";

Deno.test("a time from 2010 to the end of next year can be, and no other", () => {
  const year = new Date().getUTCFullYear();
  for (
    const [date, why] of [
      [0, "it is before 2010"],
      [Date.UTC(2010) - 1, "it is before 2010"],
      [Date.UTC(2010), undefined],
      [Date.now(), undefined],
      [Date.UTC(year + 2) - 1, undefined],
      [Date.UTC(year + 2), "it is after next year"],
      [Date.now() * 1000, "it is in milliseconds, not in seconds"],
      [Date.now() * 1e6, "it is after next year"],
    ] as const
  ) {
    assert.equal(whyOdd(date / 1000), why, `${date}`);
  }
});

Deno.test("watchTimes() reports each kind once, of the host and of devices, and lets all by", async () => {
  const now = Date.now() / 1000;
  const event = (sensor_id: string, ts: number, time = now): SensorEvent => ({
    sensor_id,
    ts,
    val: 1,
    time,
  });
  const batches = [
    [event("ok", now, now), event("a", 624), event("a", 625)],
    [event("b\x1b", 624), event("c", now * 1000)],
    [event("d", 12, 12), event("e", 13, 13), event("f", 1e12)],
  ];
  const told: string[] = [];
  const out = await Array.fromAsync(pipe(
    (async function* () {
      yield* batches;
    })(),
    watchTimes((text) => told.push(text)),
  ));
  assert.deepEqual(out, batches);
  const rest = "Such times are recorded as they are.";
  assert.deepEqual(told, [
    `a says that it is 1970-01-01T00:10:24.000Z. That cannot be: it is before 2010. ${rest}`,
    `c says that it is ${
      new Date(now * 1e6).toISOString()
    }. That cannot be: it is in milliseconds, not in seconds. ${rest}`,
    `The clock of this computer says that it is 1970-01-01T00:00:12.000Z. That cannot be: it is before 2010. ${rest}`,
    `f says that it is +033658-09-27T01:46:40.000Z. That cannot be: it is after next year. ${rest}`,
  ]);
});
