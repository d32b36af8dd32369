import assert from "node:assert/strict";
import { createSocket } from "node:dgram";
import type { Board } from "../firmware/simulator/mod.ts";
import { BRISK, inTime, LEAPING, startStation } from "./helpers/boards.ts";
import { startFakeBroker } from "./helpers/fake_broker.ts";
import { listen } from "./helpers/listen.ts";
import { freePort, startMosquitto } from "./helpers/mosquitto.ts";
import { mosquittoTest } from "./helpers/needs.ts";
import { startProxy } from "./helpers/proxy.ts";

type Reading = [string, number, number];
const readings = (payloads: string[]) =>
  payloads.map((text) => JSON.parse(text) as Reading);
const times = (payloads: string[]) => readings(payloads).map(([, ts]) => ts);

/** No time is missing, and none is there twice. */
function assertEvery(seconds: number, payloads: string[]) {
  const all = times(payloads);
  // The clock's whole seconds may be one more or less than the time between two samples.
  for (let i = 1; i < all.length; i++) {
    assert.ok(
      Math.abs(all[i] - all[i - 1] - seconds) <= 1,
      `${all[i - 1]} and then ${all[i]}: ${all}`,
    );
  }
}

/** Waits until the board has printed something so often. */
const printed = (board: Board, text: string, often: number) =>
  board.waitFor(() => board.output.split(text).length > often);

const fault = (name: string, test: () => Promise<void>) =>
  Deno.test(name, () => inTime(test()));
const brokerFault = (name: string, test: () => Promise<void>) =>
  mosquittoTest(name, () => inTime(test()));

const STATUS = "weir/lux-1/status";
const FOR_EVER = { MAX_FAILURES: 10_000 };

brokerFault(
  "With no broker at boot the board samples all the same, and publishes it when the broker is there",
  async () => {
    await using mosquitto = await startMosquitto();
    await mosquitto.stop();
    await using board = await startStation(mosquitto.port, {
      SLEEP_TIME: 60,
      ...FOR_EVER,
    });
    await printed(board, "E_MQTT_CONN: connection refused", 8);
    await mosquitto.start();
    await using heard = await listen(mosquitto.url);
    await board.waitFor("Connection successful");
    const payloads = await heard.until("sensor-data", (all) => all.length >= 8);
    assertEvery(60, payloads);
    assert.deepEqual(board.boots, [0]);
  },
);

fault("A broker that never answers CONNECT holds nothing up", async () => {
  await using broker = startFakeBroker({ connack: undefined });
  await using board = await startStation(broker.port);
  await printed(board, "E_MQTT_CONN: no CONNACK in 10 s", 2);
  broker.behave.connack = 0;
  await broker.until(() => broker.published("sensor-data").length >= 10);
  const payloads = broker.published("sensor-data");
  assert.ok(times(payloads)[0] <= 1, "it sampled from the start");
  assertEvery(5, payloads);
});

fault(
  "A stalled link is noticed within the keepalive, and what it may have lost at QoS 0 is counted",
  async () => {
    await using broker = startFakeBroker({ pingresp: false });
    await using board = await startStation(broker.port, { KEEPALIVE: 30 });
    await board.waitFor("E_MQTT_CONN: no PINGRESP in 10 s");
    broker.behave.pingresp = true;
    const before = broker.published("sensor-data").length;
    await broker.until(() => broker.published(STATUS).length >= 2);
    const status = JSON.parse(broker.published(STATUS).at(-1)!);
    assert.equal(status.errors.E_MQTT_CONN, 1);
    // Every 5 s for 15 s, and 10 s more, and the status itself.
    assert.ok(before >= 4 && before <= 7, `${before}`);
    assert.equal(status.unconfirmed, before + 1);
  },
);

fault(
  "At QoS 1 a sample that was not acknowledged is published again",
  async () => {
    await using broker = startFakeBroker({ puback: false });
    await using board = await startStation(broker.port, { MQTT_QOS: 1 });
    await board.waitFor("E_MQTT_CONN: no PUBACK");
    assert.equal(broker.published("sensor-data").length, 1);
    broker.behave.puback = true;
    await broker.until(() => broker.published("sensor-data").length >= 6);
    const [first, again, ...rest] = broker.published("sensor-data");
    assert.equal(first, again);
    assertEvery(5, [again, ...rest]);
  },
);

brokerFault(
  "At QoS 1 nothing is lost or out of order while connections are cut",
  async () => {
    await using mosquitto = await startMosquitto();
    await using heard = await listen(mosquitto.url);
    await using proxy = startProxy(mosquitto.port);
    await using _board = await startStation(proxy.port, { MQTT_QOS: 1 });
    for (let cuts = 1; cuts <= 3; cuts++) {
      await heard.until("sensor-data", (all) => all.length >= 20 * cuts);
      proxy.cut();
    }
    const payloads = await heard.until(
      "sensor-data",
      (all) => all.length >= 80,
    );
    assert.ok(proxy.connections() >= 4);
    // A sample may come twice where its acknowledgement was cut; it is then the same sample, and says so by its time.
    assertEvery(5, payloads.filter((text, i) => text !== payloads[i - 1]));
  },
);

brokerFault(
  "An outage longer than the buffer drops the oldest samples, counts them, and keeps 256",
  async () => {
    await using mosquitto = await startMosquitto();
    await mosquitto.stop();
    await using board = await startStation(mosquitto.port, {
      SLEEP_TIME: 20,
      ...FOR_EVER,
    }, { clock: { pace: 20, speed: 20_000 } });
    // 30 to 60 s of backoff: 170 of them take longer than 256 samples.
    await printed(board, "E_MQTT_CONN", 170);
    await mosquitto.start();
    await using heard = await listen(mosquitto.url);
    const payloads = await heard.until(
      "sensor-data",
      (all) => all.length >= 256,
    );
    const [first] = times(payloads);
    assertEvery(20, payloads);
    const status = JSON.parse(
      (await heard.until(STATUS, (all) => all.length >= 1)).at(-1)!,
    );
    assert.ok(status.dropped > 0);
    assert.ok(
      Math.abs(first / 20 - status.dropped) <= 1,
      `${first} ${status.dropped}`,
    );
  },
);

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

for (
  const [what, code, wifi] of [
    ["A wrong Wi-Fi password", "E_WIFI_AUTH: wrong password for my_wifi_sid", {
      essid: "my_wifi_sid",
      password: "changed yesterday",
    }],
    [
      "A Wi-Fi network that is not there",
      "E_WIFI_AP: cannot join my_wifi_sid",
      {
        essid: "another",
        password: "my_wifi_password",
      },
    ],
  ] as const
) {
  fault(
    `${what} is ${code.split(":")[0]}, and the board goes on trying`,
    async () => {
      await using broker = startFakeBroker();
      await using board = await startStation(broker.port, FOR_EVER, { wifi });
      await printed(board, code, 2);
      assert.equal(broker.connections(), 0);
    },
  );
}

brokerFault(
  "Samples taken while the Wi-Fi is gone are published when it is back",
  async () => {
    await using mosquitto = await startMosquitto();
    await using heard = await listen(mosquitto.url);
    await using board = await startStation(mosquitto.port, {
      SLEEP_TIME: 60,
      MQTT_QOS: 1,
      ...FOR_EVER,
    });
    await heard.until("sensor-data", (all) => all.length >= 2);
    board.faults.wifi(true);
    await board.waitFor(/E_WIFI_AP: network lost[^]*E_WIFI_AP: cannot join/);
    board.faults.wifi(false);
    const now = heard.on("sensor-data").length;
    const payloads = await heard.until(
      "sensor-data",
      (all) => all.length >= now + 10,
    );
    assertEvery(60, payloads.filter((text, i) => text !== payloads[i - 1]));
    assert.deepEqual(board.boots, [0]);
  },
);

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

brokerFault("A login is used, and a refused one is E_MQTT_AUTH", async () => {
  // The password file is in plain text, which Mosquitto 2 takes after mosquitto_passwd -U only.
  await using mosquitto = await startMosquitto({
    anonymous: false,
    config: (folder) => `password_file ${folder}/passwords`,
    files: { passwords: "" },
  });
  const passwords = `${mosquitto.folder}/passwords`;
  await new Deno.Command("mosquitto_passwd", {
    args: ["-b", passwords, "board", "s3cret \xfc"],
  }).output();
  await mosquitto.stop();
  await mosquitto.start();
  const login = (MQTT_PASSWORD: string) =>
    startStation(mosquitto.port, { MQTT_USER: "board", MQTT_PASSWORD });
  await using wrong = await login("guess");
  await wrong.waitFor("E_MQTT_AUTH: refused by the broker (5)");
  await using right = await login("s3cret \xfc");
  await right.waitFor("Connection successful");
  assert.ok(!(wrong.output + right.output).includes("s3cret"));
});

fault(
  "With NTP, ts is Unix time, though the board counts from 2000",
  async () => {
    const server = createSocket("udp4");
    const to1900 = 2_208_988_800;
    server.on("message", (_, { port, address }) => {
      const packet = new DataView(new ArrayBuffer(48));
      packet.setUint8(0, 0x24); // version 4, server
      packet.setUint8(1, 2); // stratum
      packet.setUint32(40, Date.UTC(2030, 0, 1) / 1000 + to1900);
      server.send(new Uint8Array(packet.buffer), port, address);
    });
    await new Promise<void>((resolve) => server.bind(0, "127.0.0.1", resolve));
    try {
      await using broker = startFakeBroker({ connack: undefined });
      await using _board = await startStation(broker.port, {
        NTP_HOST: "127.0.0.1",
        NTP_PORT: server.address().port,
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
    } finally {
      server.close();
    }
  },
);

brokerFault("Two boards of one name do not throw each other off", async () => {
  await using mosquitto = await startMosquitto();
  await using heard = await listen(mosquitto.url);
  await using one = await startStation(mosquitto.port, {}, {
    uniqueId: "01020304",
  });
  await using two = await startStation(mosquitto.port, {}, {
    uniqueId: "01020305",
  });
  await heard.until("sensor-data", (all) => all.length >= 100);
  for (const board of [one, two]) {
    assert.equal(board.output.match(/Connecting/g)?.length, 1);
  }
});

brokerFault(
  "The status tells how the board is, and the broker tells when it is gone",
  async () => {
    await using mosquitto = await startMosquitto();
    await using heard = await listen(mosquitto.url);
    await using board = await startStation(mosquitto.port);
    const [online] = await heard.until(STATUS, (all) => all.length >= 1);
    const { free_memory, version, ...rest } = JSON.parse(online);
    assert.ok(free_memory > 0);
    assert.match(version, /^\d+\.\d+\.\d+$/);
    assert.deepEqual(rest, {
      state: "online",
      reset_cause: "PWRON",
      rssi: -60,
      errors: {},
      dropped: 0,
      unconfirmed: 0,
      skipped: 0,
      buffered: rest.buffered,
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
      SENSOR: "fragile.Fragile",
      SLEEP_TIME: 60,
      ...FOR_EVER,
    }, {
      files: {
        "fragile.py": `
class Fragile:
    def __init__(self, sensor_id):
        self.sensor_id = sensor_id
        self.count = 0
    def sample(self):
        self.count += 1
        return "no number" if self.count == 5 else self.count
`,
      },
    });
    const from = await board.waitFor(() => board.boots.length === 2);
    await mosquitto.start();
    await using heard = await listen(mosquitto.url);
    assert.match(from, /Traceback[^]*TypeError/);
    await board.waitFor(/Restarted after TypeError: /);
    const payloads = await heard.until("sensor-data", (all) => all.length >= 5);
    assert.deepEqual(
      readings(payloads).slice(0, 5).map(([, , value]) => value),
      [1, 2, 3, 4, 1],
    );
    const [status] = await heard.until(STATUS, (all) => all.length >= 1);
    assert.match(JSON.parse(status).last_error, /^TypeError: /);
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
  const client = "import start; import loop; loop.run(start.start(False))";
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
        "E_CFG: SENSOR_ID must have 64 characters at most, and no / (is 'a/b')",
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
  "A broker that closes, half-closes or sends nonsense costs a reconnect and no sample",
  async () => {
    await using broker = startFakeBroker();
    await using board = await startStation(broker.port, { MQTT_QOS: 1 });
    await broker.until(() => broker.published("sensor-data").length >= 3);
    broker.cut();
    await broker.until(() => broker.published("sensor-data").length >= 6);
    const nonsense = crypto.getRandomValues(new Uint8Array(2000));
    await broker.send(nonsense);
    await broker.until(() => broker.published("sensor-data").length >= 12);
    await broker.send(new Uint8Array([0x20, 2, 0, 3])); // a CONNACK with code 3, out of turn
    await board.waitFor("E_MQTT_CONN: refused by the broker (3)");
    await broker.until(() => broker.published("sensor-data").length >= 20);
    const payloads = broker.published("sensor-data");
    assertEvery(5, payloads.filter((text, i) => text !== payloads[i - 1]));
    assert.deepEqual(board.boots, [0]);
  },
);

fault("Reconnecting backs off from 1 s to 60 s, with jitter", async () => {
  await using board = await startStation(freePort(), FOR_EVER, {
    files: {
      "note.py": `
import mqtt_writer, time
old = mqtt_writer.MQTTWriter._lost
def lost(self, e):
    wait = old(self, e)
    print("wait", wait)
    return wait
mqtt_writer.MQTTWriter._lost = lost
`,
      "boot.py": "import note",
    },
    clock: BRISK,
  });
  const output = await printed(board, "\nwait ", 12);
  const waits = [...output.matchAll(/wait (\d+)/g)].map(([, ms]) => Number(ms));
  waits.slice(0, 12).forEach((ms, i) => {
    const most = Math.min(60_000, 1000 * 2 ** i);
    assert.ok(ms >= most / 2 && ms <= most, `${waits}`);
  });
  assert.equal(new Set(waits.slice(6, 12)).size, 6);
});
