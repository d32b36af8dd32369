import assert from "node:assert/strict";
import { startStation } from "./helpers/virtual_boards.ts";
import { startFakeBroker } from "./helpers/fake_broker.ts";
import { listen } from "./helpers/listen.ts";
import { freePort, startMosquitto } from "./helpers/mosquitto.ts";
import { startProxy } from "./helpers/proxy.ts";
import {
  assertEvery,
  brokerFault,
  fault,
  FOR_EVER,
  printed,
  STATUS,
  times,
} from "./helpers/station_tests.ts";

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
    }, { clock: { pace: 10, speed: 20_000 } });
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

for (
  const [what, code, wifi] of [
    ["A wrong Wi-Fi password", "E_WIFI_AUTH: wrong password for my_wifi_sid", {
      essid: "my_wifi_sid",
      password: "changed yesterday",
    }],
    [
      "A Wi-Fi network that is not there",
      "E_WIFI_AP: cannot join my_wifi_sid: not there (3)",
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

fault(
  "A radio that does not say why it cannot join is reported with both reasons",
  async () => {
    await using broker = startFakeBroker();
    await using board = await startStation(broker.port, FOR_EVER, {
      wifi: { essid: "my_wifi_sid", password: "changed yesterday" },
      files: { "boot.py": "import time\ntime.sleep(1)\n" },
    });
    board.faults.vagueWifi(true);
    await board.waitFor(
      "E_WIFI_AP: cannot join my_wifi_sid: not there, or another password (1)",
    );
  },
);

fault(
  "A board that joined another network by itself leaves it for the one in config.py",
  async () => {
    const home = { essid: "my_wifi_sid", password: "my_wifi_password" };
    const next = { essid: "next door", password: "open sesame" };
    await using broker = startFakeBroker();
    await using board = await startStation(broker.port, {}, {
      wifi: [home, next],
      storedWifi: next,
      // Long enough to join.
      files: { "boot.py": "import time\ntime.sleep(1)\n" },
    });
    await board.waitFor("On the Wi-Fi network my_wifi_sid");
  },
);

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

brokerFault(
  "A broker that refuses, goes silent, or closes its side only, costs a reconnect and no sample",
  async () => {
    await using mosquitto = await startMosquitto();
    await using heard = await listen(mosquitto.url);
    await using board = await startStation(mosquitto.port, {
      MQTT_QOS: 1,
      ...FOR_EVER,
    });
    const more = () => {
      const now = heard.on("sensor-data").length;
      return heard.until("sensor-data", (all) => all.length >= now + 5);
    };
    await more();
    board.faults.halfClose();
    await board.waitFor("E_MQTT_CONN: closed by the broker");
    await more();
    board.faults.broker("hangs");
    await board.waitFor(/no (PUBACK|PINGRESP)[^]*no CONNACK/);
    board.faults.broker("refuses");
    await board.waitFor("E_MQTT_CONN: connection refused");
    board.faults.broker(undefined);
    const payloads = await more();
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
    uniqueId: "01020304",
  });
  const output = await printed(board, "\nwait ", 12);
  const waits = [...output.matchAll(/wait (\d+)/g)].map(([, ms]) => Number(ms));
  waits.slice(0, 12).forEach((ms, i) => {
    const most = Math.min(60_000, 1000 * 2 ** i);
    assert.ok(ms >= most / 2 && ms <= most, `${waits}`);
  });
  assert.ok(new Set(waits.slice(6, 12)).size >= 4, `${waits}`);
});
