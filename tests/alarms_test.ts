/** Alarms: limits as they are typed, when they go off, and what a command gets. */
import assert from "node:assert/strict";
import { readLimit } from "../cli/alarm_options.ts";
import { pipe, type SensorEvent } from "../pipeline/mod.ts";
import { watchLimits } from "../run/alarms.ts";
import type { RunEvent } from "../run/run_event.ts";
import { rowsOf } from "./helpers/draw_screen.ts";
import { makeFolder } from "./helpers/folder.ts";
import { mosquittoTest } from "./helpers/needs.ts";
import { startMosquitto } from "./helpers/mosquitto.ts";
import { minuteOf, snapshotOf } from "./helpers/snapshot.ts";
import { until } from "./helpers/until.ts";
import { weir } from "./helpers/weir.ts";

/** What alarms report of readings, each `[seconds, value]` of one sensor. */
async function heard(
  limit: string,
  readings: [number, SensorEvent["val"]][],
  checks: number[] = [],
  sensor_id = "attic/t",
) {
  const events: string[] = [];
  const report = (event: RunEvent) => {
    if (event.kind !== "alarm") return;
    const { on, val, seconds } = event;
    events.push(`${on ? "on" : "over"} ${val} ${seconds}`);
  };
  const alarms = watchLimits([readLimit(limit, "--alarm")], report, 0);
  const steps = [
    ...readings.map(([time, val]) => ({ time, val })),
    ...checks.map((time) => ({ time, val: undefined })),
  ].sort((a, b) => a.time - b.time);
  for (const { time, val } of steps) {
    if (val === undefined) alarms.check(time);
    else {
      await pipe(
        (async function* () {
          yield [{ sensor_id, ts: time, time, val }];
        })(),
        alarms.sink,
      );
    }
  }
  return { events, active: alarms.active() };
}

Deno.test("a limit is read as it is typed, and said to be wrong", () => {
  const { sensors, comparison, value, until, seconds } = readLimit(
    "living room/temperature >= -3.5 until -4 for 2m",
    "--alarm",
  );
  assert.deepEqual(
    [sensors, comparison, value, until, seconds],
    ["living room/temperature", ">=", "-3.5", -4, 120],
  );
  assert.deepEqual(readLimit("attic/* quiet for 10m", "--alarm"), {
    text: "attic/* quiet for 10m",
    sensors: "attic/*",
    seconds: 600,
  });
  assert.equal(readLimit("door = open", "--alarm").value, "open");
  for (
    const [typed, why] of [
      ["attic", /not attic\.$/],
      ["attic > warm", /warm is no number/],
      ["attic > 30 until 31", /wrong side of 30/],
      ["attic > 30 for ever", /"ever" is not a duration/],
      ["", /is like/],
    ] as const
  ) assert.throws(() => readLimit(typed, "--alarm"), why, typed);
});

Deno.test("an alarm goes off once an episode, and is over when the reading stays back", async () => {
  const { events, active } = await heard("attic/t > 30", [
    [0, 29],
    [1, 31],
    [2, 32],
    [3, 30],
    [4, 31],
    [20, 29],
    [25, 29],
    [31, 28],
    [40, 33],
  ]);
  assert.deepEqual(events, ["on 31 0", "over 28 30", "on 33 0"]);
  assert.deepEqual([...active], [["attic/t", "attic/t > 30"]]);
});

Deno.test("until is where an alarm is over", async () => {
  const readings: [number, number][] = [[0, 31], [1, 29], [30, 29], [31, 27], [
    50,
    26,
  ]];
  const { events } = await heard("attic/t > 30 until 28", readings);
  assert.deepEqual(events, ["on 31 0", "over 26 50"]);
});

Deno.test("for is how long a reading must be over, also if no other comes", async () => {
  const { events } = await heard(
    "attic/* > 30 for 1m",
    [[0, 31], [10, 29], [20, 31]],
    [61, 79, 80, 90],
  );
  assert.deepEqual(events, ["on 31 0"]);
});

Deno.test("texts and switches are compared with =", async () => {
  const { events } = await heard("attic/t = open", [[0, "shut"], [1, "open"]]);
  assert.deepEqual(events, ["on open 0"]);
  const other = await heard("attic/t = true", [[0, 1], [1, true]]);
  assert.deepEqual(other.events, ["on true 0"]);
});

Deno.test("a sensor that is silent, or never came, is an alarm", async () => {
  const { events } = await heard("attic/t quiet for 1m", [[5, 1], [90, 2]], [
    64,
    66,
    70,
  ]);
  assert.deepEqual(events, ["on 1 0", "over 2 24"]);
  assert.deepEqual((await heard("attic/t quiet for 1m", [], [61])).events, [
    "on undefined 0",
  ]);
  assert.deepEqual((await heard("* quiet for 1m", [], [61])).events, []);
});

Deno.test("on the screen the row turns, and a line says what it is", async () => {
  const alarms = new Map([["lux-2", "lux-* > 80"]]);
  const rows = rowsOf(await snapshotOf(minuteOf("lux-1", "lux-2"), { alarms }));
  assert.match(rows[2], /ALARM lux-2, now 84\.1 \(lux-\* > 80\)/);
  assert.ok(rows.some((text) => /^! lux-2 /.test(text)), rows.join("\n"));
});

mosquittoTest(
  "record says that an alarm goes off, and runs a command with the facts in its environment",
  async () => {
    await using mosquitto = await startMosquitto();
    await using folder = await makeFolder();
    const facts = folder.path("facts");
    const command =
      `echo "$WEIR_ALARM $WEIR_SENSOR $WEIR_VALUE $WEIR_LIMIT" >> ${facts}`;
    await using run = weir([
      ...["record", "lab/#", folder.path("lab.csv"), "-b", mosquitto.url],
      ...["--alarm", "* = $(touch /tmp/x)", "--on-alarm", command],
    ]);
    await run.stderr.match(/Connected/);
    await mosquitto.publish(
      "-t",
      "lab/a",
      "-m",
      '["a;b", 0, "$(touch /tmp/x)"]',
    );
    await run.stderr.match(/ALARM: a;b, now \$\(touch \/tmp\/x\) \(\* = /);
    await until(
      "the command has run",
      async () =>
        await Deno.readTextFile(facts).catch(() => "") ===
          "on a;b $(touch /tmp/x) * = $(touch /tmp/x)\n",
    );
    run.kill("SIGINT");
    assert.equal(await run.code, 0);
  },
);

mosquittoTest(
  "an alarm of silence says the last value, not what is now",
  async () => {
    await using mosquitto = await startMosquitto();
    await using folder = await makeFolder();
    await using run = weir([
      ...["record", "lab/#", folder.path("lab.csv"), "-b", mosquitto.url],
      ...["--alarm", "lab/* quiet for 1s"],
    ]);
    await run.stderr.match(/Connected/);
    await mosquitto.publish("-t", "lab/a", "-m", "35");
    await run.stderr.match(/^ALARM: lab\/a, last 35 \(lab\/\* quiet for 1s\)/);
    run.kill("SIGINT");
    assert.equal(await run.code, 0);
  },
);
