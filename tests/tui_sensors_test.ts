/** The list of sensors in the terminal UI: filtered, sorted, and how each is. */
import assert from "node:assert/strict";
import { healthOf, listSensors, meanOf } from "../tui/sensors.ts";

/** A sensor that reads once a second. */
const SENSOR = {
  latest: { sensor_id: "", ts: 0, val: 1 },
  time: 100,
  events: 9,
  rate: 1,
  interval: 1,
};

Deno.test("sensors are filtered whatever the case, and sorted by their numbers", () => {
  const sensors = new Map(
    ["lux-10", "lux-9", "door"].map((id) => [id, SENSOR]),
  );
  const shown = { filter: "LUX", sort: "id", reversed: false } as const;
  const ids = listSensors(sensors, shown).map(([id]) => id);
  assert.deepEqual(ids, ["lux-9", "lux-10"]);
});

Deno.test("a sensor is alive, quiet if it is overdue, or offline if its board says so", () => {
  const boards = new Map([["lux-2", { state: "offline" as const, time: 101 }]]);
  assert.equal(healthOf("lux-1", SENSOR, 102, boards), "alive");
  assert.equal(healthOf("lux-1", SENSOR, 104, boards), "quiet");
  assert.equal(healthOf("lux-2", SENSOR, 102, boards), "offline");
});

Deno.test("a mean has one digit more than the readings, and tiny ones keep theirs", () => {
  const mean = (mean: number, min: number, max: number) =>
    meanOf({ ...SENSOR, mean, min, max });
  assert.equal(mean(23.850000000000001, 23.8, 23.9), 23.85);
  assert.equal(mean(20.695333333333334, 20.68, 20.71), 20.695);
  assert.equal(mean(1.5e-8, 1e-8, 2e-8), 1.5e-8);
  assert.equal(meanOf(SENSOR), undefined);
});
