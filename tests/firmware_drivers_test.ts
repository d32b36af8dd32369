/** The drivers, on virtual boards with models of their sensors. */
import assert from "node:assert/strict";
import { startBoards } from "../firmware/simulator/mod.ts";
import { startStation } from "./helpers/virtual_boards.ts";
import { startFakeBroker } from "./helpers/fake_broker.ts";
import { fault, readings, STATUS } from "./helpers/station_tests.ts";

const WEATHER = {
  temperature: -3.5,
  humidity: 61,
  pressure: 100_653,
  co2: 612,
};

/** The driver, the values that are expected of it, and how near they are. */
const DRIVERS: [driver: string, values: Record<string, [number, number]>][] = [
  ["bme280.BME280", {
    "x/temperature": [-3.5, 0.02],
    "x/humidity": [61, 0.1],
    "x/pressure": [1006.53, 0.1],
  }],
  ["scd4x.SCD4x", {
    "x/co2": [612, 0],
    "x/temperature": [-3.5, 0.01],
    "x/humidity": [61, 0.01],
  }],
  ["dht22.DHT22", { "x/temperature": [-3.5, 0.01], "x/humidity": [61, 0.01] }],
  ["ds18b20.DS18B20", { "x": [-3.5, 0.0625] }],
  ["bh1750.BH1750", { "x": [284.13, 1] }],
];

const start = (port: number, driver: string) =>
  startStation(port, { SENSORS: [["x", driver]], SLEEP_TIME: 6 }, {
    weather: WEATHER,
  });

for (const [driver, expected] of DRIVERS) {
  fault(`${driver} has the values that its sensor measures`, async () => {
    await using broker = startFakeBroker();
    await using board = await start(broker.port, driver);
    await broker.until(() => broker.published("sensor-data").length >= 9);
    const found = new Map(
      readings(broker.published("sensor-data"))
        .map(([id, , value]) => [id, value]),
    );
    assert.deepEqual([...found.keys()].sort(), Object.keys(expected).sort());
    for (const [id, [value, near]] of Object.entries(expected)) {
      assert.ok(
        Math.abs(found.get(id)! - value) <= near,
        `${id} ${found.get(id)}`,
      );
    }
    assert.deepEqual(board.boots, [0]);
    const status = JSON.parse(broker.published(STATUS)[0]);
    assert.deepEqual(status.errors, {});
  });
}

fault("A DHT11 has whole numbers", async () => {
  await using broker = startFakeBroker();
  const config = { SENSORS: [["x", "dht22.DHT11"]] };
  await using _board = await startStation(broker.port, config, {
    weather: { temperature: 21.4, humidity: 39.8 },
  });
  await broker.until(() => broker.published("sensor-data").length >= 2);
  const values = readings(broker.published("sensor-data")).slice(0, 2);
  assert.deepEqual(
    Object.fromEntries(values.map(([id, , value]) => [id, value])),
    { "x/temperature": 21, "x/humidity": 40 },
  );
});

/** What each says if nothing answers, and if what comes is damaged. */
const FAULTS: [driver: string, absent: string, damaged?: string][] = [
  ["bme280.BME280", "E_I2C: no answer from the sensor at 0x76"],
  ["bh1750.BH1750", "E_I2C: no answer from the sensor at 0x23"],
  ["scd4x.SCD4x", "E_I2C: no answer from the sensor at 0x62", "E_CRC"],
  ["dht22.DHT22", "E_DHT: no answer", "E_CRC"],
  ["ds18b20.DS18B20", "E_ONEWIRE: no DS18B20", "E_CRC"],
];
for (const [driver, absent, damaged] of FAULTS) {
  fault(
    `${driver} that is absent or damaged is an error, and samples again when it is not`,
    async () => {
      await using broker = startFakeBroker();
      await using board = await start(broker.port, driver);
      await broker.until(() => broker.published("sensor-data").length >= 1);
      const suffers = async (text: string) => {
        const { length } = board.output;
        await board.waitFor(text, length);
      };
      board.faults.i2c(Infinity);
      await suffers(absent);
      board.faults.i2c(0);
      if (damaged) {
        board.faults.damaged(true);
        await suffers(damaged);
        board.faults.damaged(false);
      }
      const { length } = broker.published("sensor-data");
      await broker.until(() =>
        broker.published("sensor-data").length > length + 3
      );
      assert.deepEqual(board.boots, [0]);
    },
  );
}

fault("Another chip at the address of a BME280 is E_SENSOR_ID", async () => {
  await using broker = startFakeBroker();
  await using board = await start(broker.port, "bme280.BME280");
  board.faults.wrongChip(true);
  board.faults.powerCycle();
  await board.waitFor(
    "E_SENSOR_ID: chip 0x61 at 0x76 is no BME280",
    board.output.length,
  );
});

fault("Virtual boards can have other sensors than a TSL2591", async () => {
  await using broker = startFakeBroker();
  const boards = await startBoards({
    count: 2,
    broker: { host: "127.0.0.1", port: broker.port },
    sensors: ["ds18b20", "dht11"],
  });
  const ids = () =>
    [
      ...new Set(
        readings(broker.published("sensor-data")).map(([id]) => id),
      ),
    ].sort();
  await broker.until(() => ids().length === 6);
  assert.deepEqual(ids().slice(0, 3), [
    "dht11-1/humidity",
    "dht11-1/temperature",
    "dht11-2/humidity",
  ]);
  await Promise.all(boards.map((board) => board.stop()));
});
