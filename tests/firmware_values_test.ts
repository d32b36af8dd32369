/** Several sensors on a board, and several values of one sensor. */
import assert from "node:assert/strict";
import { startStation } from "./helpers/virtual_boards.ts";
import { startFakeBroker } from "./helpers/fake_broker.ts";
import { ask } from "../pipeline/mod.ts";
import { startMosquitto } from "./helpers/mosquitto.ts";
import { brokerFault, fault, readings } from "./helpers/station_tests.ts";

const WEATHER = `
class Weather:
    def __init__(self, sensor_id, offset=0):
        self.sensor_id = sensor_id
        self.offset = offset

    def sample(self):
        return {"temperature": 20.5 + self.offset, "humidity": 40}
`;
const SENSORS = [
  ["attic", "weather.Weather", { offset: 10 }],
  ["cellar", "weather.Weather"],
  ["lux-1", "tsl2591.Tsl2591", { scl: 5, sda: 4 }],
];
const files = { "weather.py": WEATHER };

/** The distinct ids and values, sorted. */
const values = (payloads: string[]) =>
  [...new Set(readings(payloads).map(([id, , value]) => `${id} ${value}`))]
    .filter((text) => !text.startsWith("lux-1")).sort();
const EXPECTED = [
  "attic/humidity 40",
  "attic/temperature 30.5",
  "cellar/humidity 40",
  "cellar/temperature 20.5",
];

brokerFault(
  "Each value of each sensor is an event of its own, and can be asked for",
  async () => {
    await using mosquitto = await startMosquitto();
    await using board = await startStation(mosquitto.port, {
      SENSOR_ID: "board-1",
      SENSORS,
      SLEEP_TIME: 1,
    }, { files, clock: "real" });
    await board.waitFor("First sample published");
    const sample = await ask(mosquitto.url, "board-1", "sample").next();
    const reply = sample.value!.reply as [string, number, number][];
    assert.deepEqual(reply.map(([id]) => id).sort(), [
      "attic/humidity",
      "attic/temperature",
      "cellar/humidity",
      "cellar/temperature",
      "lux-1",
    ]);
    const info = await ask(mosquitto.url, "board-1", "info").next();
    assert.deepEqual(
      (info.value!.reply as { sensors: string[] }).sensors,
      ["attic", "cellar", "lux-1"],
    );
  },
);

fault("Values that wait keep their names over a restart", async () => {
  await using broker = startFakeBroker({ connack: undefined });
  const config = { SENSORS, MAX_FAILURES: 2, SLEEP_TIME: 5 };
  await using board = await startStation(broker.port, config, { files });
  await board.waitFor(() => board.boots.length === 2);
  broker.behave.connack = 0;
  await broker.until(() => broker.published("sensor-data").length >= 10);
  assert.deepEqual(values(broker.published("sensor-data")), EXPECTED);
});

fault("A sensor that fails costs the others nothing", async () => {
  await using broker = startFakeBroker();
  await using board = await startStation(broker.port, { SENSORS }, { files });
  board.faults.i2c(Infinity);
  await broker.until(() => broker.published("sensor-data").length >= 20);
  assert.deepEqual(values(broker.published("sensor-data")), EXPECTED);
  await board.waitFor("E_I2C: no answer");
});

fault("SENSORS that are none are refused, with the reason", async () => {
  const cases: [unknown, string][] = [
    ["attic", "must be a list of"],
    [[["attic"]], "must be a list of"],
    [[["attic", "weather"]], "must be a list of"],
    [[["a/b", "weather.Weather"]], "must be a list of"],
    [[], "must name at least one sensor, and none twice"],
    [[["a", "b.C"], ["a", "b.C"]], "must name at least one sensor, and none"],
  ];
  for (const [sensors, reason] of cases) {
    const config = { SENSORS: sensors as typeof SENSORS };
    await using board = await startStation(1, config, { files });
    await board.waitFor(`E_CFG: SENSORS ${reason}`);
  }
});
