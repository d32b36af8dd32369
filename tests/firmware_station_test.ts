import assert from "node:assert/strict";
import {
  LEAPING,
  startPrompt,
  startStation,
  stationConfig,
} from "./helpers/virtual_boards.ts";
import { startFakeBroker } from "./helpers/fake_broker.ts";
import { listen } from "./helpers/listen.ts";
import { startNtpServer } from "./helpers/ntp_server.ts";
import { freePort, startMosquitto } from "./helpers/mosquitto.ts";
import {
  assertEvery,
  brokerFault,
  fault,
  FOR_EVER,
  readings,
  STATUS,
  times,
} from "./helpers/station_tests.ts";

brokerFault(
  "Time goes on over 2.9 hours, and over the wrap of the clock after 12.4 days",
  async () => {
    await using mosquitto = await startMosquitto();
    await using heard = await listen(mosquitto.url);
    await using _board = await startStation(mosquitto.port, {
      SLEEP_TIME: 20,
      MQTT_QOS: 1,
    }, { clock: { ...LEAPING, uptime: 2 ** 30 - 3_600_000 } });
    const payloads = await heard.until(
      "sensor-data",
      (all) => all.length >= 3.5 * 3600 / 20,
    );
    assertEvery(20, payloads);
  },
);

fault(
  "With NTP, ts is Unix time, though the board counts from 2000",
  async () => {
    await using ntp = await startNtpServer(() => Date.UTC(2030, 0, 1));
    await using broker = startFakeBroker({ connack: undefined });
    await using _board = await startStation(broker.port, {
      NTP_HOST: "127.0.0.1",
      NTP_PORT: ntp.port,
    });
    // What was sampled before the time was known is published with it, too.
    await broker.until(() => broker.connections() >= 2);
    broker.behave.connack = 0;
    await broker.until(() => broker.published("sensor-data").length >= 5);
    const payloads = broker.published("sensor-data");
    assert.ok(
      Math.abs(times(payloads)[0] - Date.UTC(2030, 0, 1) / 1000) < 10,
    );
    assertEvery(5, payloads);
  },
);

brokerFault(
  "The status tells how the board is, and the broker tells when it is gone",
  async () => {
    await using mosquitto = await startMosquitto();
    await using heard = await listen(mosquitto.url);
    await using board = await startStation(mosquitto.port);
    const [online] = await heard.until(STATUS, (all) => all.length >= 1);
    const { free_memory, version, boot, time, ...rest } = JSON.parse(online);
    assert.ok(free_memory > 0 && boot > 0);
    assert.match(time, /^\d+\.\d{3}$/);
    assert.match(version, /^\d+\.\d+\.\d+$/);
    assert.deepEqual(rest, {
      state: "online",
      reset_cause: "PWRON",
      rssi: -60,
      errors: {},
      topic: "sensor-data",
      names: rest.names,
      taken: rest.taken,
      failed: 0,
      sent: 0,
      last: null,
      dropped: 0,
      unconfirmed: 0,
      skipped: 0,
      buffered: rest.taken,
    });
    await board.stop();
    await heard.until(STATUS, (all) => all.at(-1) === '{"state": "offline"}');
    await using late = await listen(mosquitto.url);
    await late.until(STATUS, (all) => all.at(-1) === '{"state": "offline"}');
  },
);

brokerFault(
  "An unhandled error is recorded, resets the board, and is reported; samples that waited are kept",
  async () => {
    await using mosquitto = await startMosquitto();
    await mosquitto.stop();
    await using board = await startStation(mosquitto.port, {
      SENSOR: "counting.Counting",
      SLEEP_TIME: 60,
      ...FOR_EVER,
    }, {
      files: {
        "boot.py": "import counting",
        "counting.py": `
import thingflow

class Counting:
    count = 0
    def __init__(self, sensor_id):
        self.sensor_id = sensor_id
    def sample(self):
        Counting.count += 1
        return Counting.count

def fragile():
    return [][0] if Counting.count == 4 else 1000

thingflow.background.append(fragile)
`,
      },
    });
    const from = await board.waitFor(() => board.boots.length === 2);
    await mosquitto.start();
    await using heard = await listen(mosquitto.url);
    assert.match(from, /Traceback[^]*IndexError/);
    await board.waitFor(/Restarted after IndexError: /);
    const payloads = await heard.until("sensor-data", (all) => all.length >= 5);
    assert.deepEqual(
      readings(payloads).slice(0, 5).map(([, , value]) => value),
      [1, 2, 3, 4, 1],
    );
    const [status] = await heard.until(STATUS, (all) => all.length >= 1);
    assert.match(JSON.parse(status).last_error, /^IndexError: /);
    assert.equal(JSON.parse(status).reset_cause, "HARD");
  },
);

brokerFault(
  "After too many failures in a row the board restarts, and keeps its samples",
  async () => {
    await using mosquitto = await startMosquitto();
    await mosquitto.stop();
    await using board = await startStation(mosquitto.port, { MAX_FAILURES: 6 });
    await board.waitFor(() => board.boots.length === 2);
    await mosquitto.start();
    await using heard = await listen(mosquitto.url);
    const payloads = await heard.until("sensor-data", (all) => all.length >= 5);
    assert.ok(times(payloads)[0] <= 1);
    const [status] = await heard.until(STATUS, (all) => all.length >= 1);
    assert.match(
      JSON.parse(status).last_error,
      /^E_MQTT_CONN: connection refused/,
    );
  },
);

brokerFault(
  "Where the flash is full, the samples that a restart costs are counted",
  async () => {
    await using mosquitto = await startMosquitto();
    await mosquitto.stop();
    await using board = await startStation(mosquitto.port, {
      MAX_FAILURES: 6,
      SLEEP_TIME: 2,
    });
    board.faults.flashFull(0);
    await board.waitFor(() => board.boots.length === 2);
    await mosquitto.start();
    await using heard = await listen(mosquitto.url);
    const [status] = await heard.until(STATUS, (all) => all.length >= 1);
    const [first] = times(
      await heard.until("sensor-data", (all) => all.length > 0),
    );
    const { dropped } = JSON.parse(status);
    assert.ok(
      dropped > 3 && Math.abs(first / 2 - dropped) <= 3,
      `${dropped} ${first}`,
    );
  },
);

fault(
  "The watchdog is armed at boot, and resets a board whose program no longer runs",
  async () => {
    await using board = await startStation(freePort(), FOR_EVER);
    await board.waitFor("Connecting");
    board.type("\x03");
    await board.waitFor(/KeyboardInterrupt[^]*>>> $/);
    board.type("import time; time.sleep(10)\r");
    await board.waitFor(() => board.boots.length === 2);
    assert.deepEqual(board.boots, [0, 1]);
  },
);

fault("Started at the prompt, no watchdog bites", async () => {
  await using board = await startStation(freePort(), FOR_EVER, {
    files: { "main.py": "" },
  });
  const client = "import start; import loop; loop.run(*start.start(False))";
  await board.waitFor(/>>> $/);
  board.type(client + "\r");
  await board.waitFor("E_MQTT_CONN");
  board.type("\x03");
  await board.waitFor(/KeyboardInterrupt[^]*>>> $/);
  await board.repl("import time; time.sleep(1000)");
  assert.deepEqual(board.boots, [0]);
});

fault(
  "A config.py with mistakes names each of them and leads to the prompt",
  async () => {
    await using board = await startStation(1883, {
      SENSOR_ID: "a/b",
      MQTT_PORT: 70_000,
      MQTT_QOS: "1",
      WIFI_PASSWORD: "short",
      SLEEP_TIME: 0,
    });
    const output = await board.waitFor(/>>> $/);
    for (
      const line of [
        "E_CFG: SENSOR_ID must have 64 characters at most, and no /, and not be * (is 'a/b')",
        "E_CFG: MQTT_PORT must be a number from 1 to 65535 (is 70000)",
        "E_CFG: MQTT_QOS must be a number from 0 to 1 (is '1')",
        "E_CFG: WIFI_PASSWORD must have 8 characters or more (or none for an open network)",
        "E_CFG: SLEEP_TIME must be a number from 0.01 to 86400 (is 0)",
        "ValueError: E_CFG: config.py has 5 problems",
      ]
    ) assert.ok(output.includes(line), `${line}\n${output}`);
  },
);

fault(
  "Started at boot, the console tells of the first sample that is with the broker, once; what was dropped is none",
  async () => {
    const first = "First sample published to sensor-data";
    await using broker = startFakeBroker({ puback: false });
    await using board = await startStation(broker.port, {
      MQTT_QOS: 1,
      SLEEP_TIME: 1,
      ...FOR_EVER,
    });
    // The ring is full, and the oldest are dropped.
    await broker.until(() =>
      /"dropped": [1-9]/.test(broker.published(STATUS).join())
    );
    assert.ok(!board.output.includes(first));
    broker.behave.puback = true;
    await board.waitFor(first);
    const published = broker.published("sensor-data").length;
    await broker.until(() =>
      broker.published("sensor-data").length >= published + 300
    );
    assert.equal(board.output.split(first).length, 2);
  },
);

fault(
  "Started at the prompt, nothing is printed after the main loop's first line",
  async () => {
    await using broker = startFakeBroker();
    await using board = await startPrompt({
      clock: LEAPING,
      files: { "config.py": stationConfig(broker.port) },
    });
    await board.waitFor(/>>> $/);
    board.type("import client\r");
    await broker.until(() => broker.published("sensor-data").length >= 10);
    assert.match(board.output, /Running main loop with sample every .*\s+$/);
  },
);
