import assert from "node:assert/strict";
import { startStation } from "./helpers/virtual_boards.ts";
import { startFakeBroker } from "./helpers/fake_broker.ts";
import { listen } from "./helpers/listen.ts";
import { startMosquitto } from "./helpers/mosquitto.ts";
import {
  assertEvery,
  brokerFault,
  fault,
  printed,
  readings,
  STATUS,
} from "./helpers/station_tests.ts";

brokerFault(
  "One I²C error costs no sample; a sensor that is gone is reported, and sampled again when it is back",
  async () => {
    await using mosquitto = await startMosquitto();
    await using heard = await listen(mosquitto.url);
    await using board = await startStation(mosquitto.port);
    await heard.until("sensor-data", (all) => all.length >= 2);
    board.faults.i2c(1);
    assertEvery(5, await heard.until("sensor-data", (all) => all.length >= 12));
    board.faults.i2c(Infinity);
    await printed(board, "E_I2C: no answer from the sensor at 0x29", 2);
    await heard.until(
      STATUS,
      (all) => JSON.parse(all.at(-1)!).errors?.E_I2C > 0,
    );
    board.faults.i2c(0);
    const now = heard.on("sensor-data").length;
    const payloads = await heard.until(
      "sensor-data",
      (all) => all.length >= now + 3,
    );
    for (const [, , lux] of readings(payloads)) {
      assert.ok(Math.abs(lux - 284.13) < 3);
    }
  },
);

brokerFault(
  "200,000 lux is E_SATURATED and not a number, and is over when the light is",
  async () => {
    await using mosquitto = await startMosquitto();
    await using heard = await listen(mosquitto.url);
    await using board = await startStation(mosquitto.port);
    await heard.until("sensor-data", (all) => all.length >= 2);
    board.faults.light(200_000);
    await printed(board, "E_SATURATED", 3);
    board.faults.light(80_000);
    await heard.until(
      "sensor-data",
      (all) => readings(all).at(-1)![2] > 79_000,
    );
    const values = readings(heard.on("sensor-data")).map(([, , lux]) => lux);
    // A reading taken while the light changed may lie between; none is of the saturated sensor.
    assert.ok(values.every((lux) => lux < 81_000), `${values}`);
    await heard.until(
      STATUS,
      (all) => JSON.parse(all.at(-1)!).errors?.E_SATURATED >= 3,
    );
  },
);

for (const lux of [0, 0.05, 1, 40, 1_000, 20_000, 84_000]) {
  brokerFault(`${lux} lux is measured, with the gain that fits`, async () => {
    await using mosquitto = await startMosquitto();
    await using heard = await listen(mosquitto.url);
    await using _board = await startStation(mosquitto.port, {}, {
      light: { kind: "constant", lux },
    });
    const [[, , value]] = readings(
      await heard.until("sensor-data", (all) => all.length >= 1),
    );
    assert.ok(Math.abs(value - lux) <= 0.002 + lux * 0.01, `${value}`);
  });
}

fault("Another chip at the sensor's address is E_SENSOR_ID", async () => {
  await using broker = startFakeBroker();
  await using board = await startStation(broker.port);
  board.faults.wrongChip(true);
  board.faults.powerCycle();
  const from = board.output.length;
  await board.waitFor("E_SENSOR_ID: chip 0x44 at 0x29 is no TSL2591", from);
  board.faults.wrongChip(false);
  await broker.until(() => broker.published("sensor-data").length >= 2);
});
