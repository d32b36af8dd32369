/** The time at which a board took a sample, from its own clock and the host's. */
import assert from "node:assert/strict";
import { boardClocks, type SensorEvent, tap } from "../pipeline/mod.ts";
import { makeFolder } from "./helpers/folder.ts";
import { message } from "./helpers/message.ts";
import { startMosquitto } from "./helpers/mosquitto.ts";
import { brokerFault } from "./helpers/station_tests.ts";
import { until } from "./helpers/until.ts";
import { startViewed } from "./helpers/viewed_run.ts";
import { startStation } from "./helpers/virtual_boards.ts";

const status = (boot: number, clock: number, time: number) =>
  message(
    JSON.stringify({
      ...{ state: "online", boot, time: clock.toFixed(3), sent: 0, dropped: 0 },
      ...{ topic: "sensor-data", names: ["lux-1"] },
    }),
    "weir/lux-1/status",
    time,
  );
const event = (device_ts: number, time: number): SensorEvent => ({
  ...{ sensor_id: "lux-1", ts: device_ts, val: 1, device_ts, time },
});

/** Numbers from 0 to 1 that are the same in each run. */
function numbers(seed: number) {
  return () => (seed = seed * 48_271 % 2_147_483_647) / 2_147_483_647;
}

Deno.test("samples that waited through outages of 4 minutes are 0.08 s off at most", () => {
  const random = numbers(17);
  const clocks = boardClocks();
  const START = 1_800_000_000;
  // 20 ppm slow, as a crystal is in the heat, and switched on long before.
  const clockOf = (t: number) =>
    Math.round((t - START + 5000) * 0.99998e3) / 1e3;
  const errors: number[] = [];
  const hostErrors: number[] = [];
  let waiting: number[] = [];
  let sayAt = 0;
  for (let t = 0; t < 6 * 3600; t += 5) {
    const taken = START + t + random() * 0.001;
    waiting.push(taken);
    // Eight minutes with a network, four without.
    if (t % 720 >= 480) {
      sayAt = 0;
      continue;
    }
    let at = taken;
    const delay = () => 0.01 + 0.04 * random() + (random() < 0.02 ? 0.5 : 0);
    if (t >= sayAt) {
      clocks.status(status(1, clockOf(at), at + delay()));
      sayAt = t + 60;
    }
    for (const sample of waiting) {
      const time = at + delay();
      const ts = clocks.timeOf(event(clockOf(sample), time))!;
      assert.ok(ts <= time, "no time is later than the arrival");
      errors.push(Math.abs(ts - sample));
      if (at - sample > 1) hostErrors.push(time - sample);
      at += 0.05;
    }
    waiting = [];
  }
  assert.ok(Math.max(...errors) <= 0.08, `${Math.max(...errors)}`);
  hostErrors.sort((a, b) => a - b);
  assert.ok(hostErrors[hostErrors.length >> 1] > 100, "nothing waited");
});

Deno.test("a board that started anew has another clock", () => {
  const clocks = boardClocks();
  clocks.status(status(1, 100, 10_100));
  assert.equal(clocks.timeOf(event(100, 10_100)), 10_100);
  // An hour without power. The first sample waited for 30 s.
  clocks.status(status(2, 150, 13_850));
  assert.equal(clocks.timeOf(event(120, 13_851)), 13_820);
});

Deno.test("what no status tells of has the host's time", () => {
  const clocks = boardClocks();
  assert.equal(clocks.timeOf(event(100, 10_100)), undefined);
  clocks.status(status(1, 100, 10_100));
  assert.equal(clocks.timeOf(event(101, 10_101)), 10_101);
  // The clock goes back: a restart that was not seen.
  assert.equal(clocks.timeOf(event(3, 10_200)), undefined);
  assert.equal(clocks.timeOf(event(90, 10_290)), undefined);
  clocks.status(status(2, 100, 10_300));
  assert.equal(clocks.timeOf(event(99, 10_301)), 10_299);
});

Deno.test("a sample of another clock moves no other one", () => {
  const clocks = boardClocks();
  clocks.status(status(1, 5, 10_000));
  // Kept on the flash from before the power went.
  assert.equal(clocks.timeOf(event(9000, 10_001)), undefined);
  clocks.status(status(1, 8, 10_003));
  assert.equal(clocks.timeOf(event(8, 10_003)), 10_003);
});

Deno.test("a clock that was set is followed after three statuses", () => {
  const clocks = boardClocks();
  clocks.status(status(1, 100, 10_100));
  // The host's clock was set ahead by an hour.
  for (const later of [60, 120, 180]) {
    clocks.status(status(1, 100 + later, 13_700 + later));
  }
  assert.equal(clocks.timeOf(event(290, 13_890)), 13_890);
});

brokerFault(
  "corrected times keep the distances of a board's clock through an outage",
  async () => {
    await using mosquitto = await startMosquitto();
    await using folder = await makeFolder();
    const events: SensorEvent[] = [];
    await using run = await startViewed(mosquitto.url, {
      topics: ["sensor-data"],
      file: folder.path("test.csv"),
      timestamps: "corrected",
      branches: () => [
        async (flow) => {
          for await (const _ of tap((e: SensorEvent) => events.push(e))(flow));
        },
      ],
    });
    await run.shows(/^connected/);
    await using board = await startStation(mosquitto.port, {
      SLEEP_TIME: 0.5,
      MAX_FAILURES: 10_000,
    }, { clock: "real" });
    await until("some events", () => events.length >= 4);
    board.faults.wifi(true);
    await board.waitFor(/E_WIFI_AP/);
    board.faults.broker("refuses");
    board.faults.wifi(false);
    // It tries again after 1 s, 2 s, 4 s, or half of that.
    await board.waitFor(/(E_MQTT_CONN[^]*){2}/);
    board.faults.broker(undefined);
    const before = events.length;
    await until("what waited", () => {
      const late = events.filter(({ ts, time }) => time! - ts > 0.6);
      return late.length >= 2 && events.length > before + 4;
    });
    const ahead = events.map(({ ts, device_ts }) => ts - device_ts!);
    // The first messages may have been slow on a busy machine.
    const spread = Math.max(...ahead) - Math.min(...ahead);
    assert.ok(spread < 1, `${ahead}`);
    assert.ok(events.every(({ ts, time }) => ts <= time!));
  },
);
