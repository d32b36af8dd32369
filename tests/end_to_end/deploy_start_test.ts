/** After the upload: the board's first sample, or what keeps it from it. */
import assert from "node:assert/strict";
import { BRISK, inTime, stationConfig } from "../helpers/virtual_boards.ts";
import { deployTo, startTarget } from "../helpers/deploying.ts";
import { startFakeBroker } from "../helpers/fake_broker.ts";
import { makeFolder } from "../helpers/folder.ts";
import { freePort } from "../helpers/mosquitto.ts";
import { weir } from "../helpers/weir.ts";

const test = (name: string, run: () => Promise<void>) =>
  Deno.test(name, () => inTime(run()));

test("weir deploy ends when the board's first sample is with the broker", async () => {
  await using on = await startTarget();
  await using broker = startFakeBroker();
  await deployTo(on.port, { config: stationConfig(broker.port) });
  assert.ok(broker.published("sensor-data").length >= 1);

  // At QoS 1 a sample is published when it is acknowledged.
  broker.behave.puback = false;
  const config = stationConfig(broker.port, { MQTT_QOS: 1, SLEEP_TIME: 60 });
  const before = broker.published("sensor-data").length;
  let ended = false;
  const deploying = deployTo(on.port, { config }).finally(() => ended = true);
  await broker.until(() => broker.published("sensor-data").length > before);
  await on.board.waitFor(/Running main loop.*\r\n$/);
  assert.ok(!ended);
  broker.behave.puback = true;
  broker.cut();
  await deploying;
});

test("A board that connects and publishes nothing is told", async () => {
  await using on = await startTarget();
  await using broker = startFakeBroker({ puback: false });
  const config = stationConfig(broker.port, { MQTT_QOS: 1 });
  await assert.rejects(
    deployTo(on.port, { config, timeout: 7 }),
    /has reached its broker, but has published no sample within 7 s, and says nothing/,
  );
});

for (
  const [code, wrong, said] of [
    [
      "E_WIFI_AUTH",
      { WIFI_PASSWORD: "secret1234" },
      /E_WIFI_AUTH: wrong password for my_wifi_sid[^]*Check WIFI_PASSWORD/,
    ],
    [
      "E_MQTT_CONN",
      { MQTT_PORT: freePort() },
      /not reached its broker\. It says:\n {2}E_MQTT_CONN: connection refused\nIs the broker running/,
    ],
  ] as const
) {
  test(`The board's error code, ${code}, is shown with what to do`, async () => {
    await using on = await startTarget({ clock: BRISK });
    await using folder = await makeFolder();
    const file = folder.path("config.py");
    await Deno.writeTextFile(file, stationConfig(on.broker.port, wrong));
    await using run = weir([
      ...["deploy", "--port", on.port, "--config", file],
      // The others end it by themselves.
      ...(code === "E_MQTT_CONN" ? ["--timeout", "8"] : []),
    ]);
    assert.equal(await run.code, 1);
    assert.match(run.stderr.text(), said);
    assert.doesNotMatch(run.stderr.text(), /secret1234|\n\s+at /);
  });
}

test("A config.py that the firmware refuses does not replace the board's own", async () => {
  await using on = await startTarget({ clock: BRISK });
  await deployTo(on.port, { config: on.config });
  await using folder = await makeFolder();
  const file = folder.path("config.py");
  await Deno.writeTextFile(file, on.config + "SLEEP_TIME = 0\n");
  await using run = weir(["deploy", "--port", on.port, "--config", file]);
  assert.equal(await run.code, 1);
  assert.match(
    run.stderr.text(),
    /config\.py:8: SLEEP_TIME must be a number .*\nNothing was written/,
  );
  const files = await on.board.files();
  assert.equal(new TextDecoder().decode(files["config.py"]), on.config);
});

test("A board that has a config.py with a mistake says which", async () => {
  await using on = await startTarget();
  await assert.rejects(
    deployTo(on.port, { config: on.config + "SLEEP_TIME = 0\n" }),
    /E_CFG: SLEEP_TIME must be a number .*\n[^]*Correct config\.py/,
  );
});

test("A sensor that does not answer is told, though the board has reached its broker", async () => {
  await using on = await startTarget();
  on.board.faults.i2c(Infinity);
  await assert.rejects(
    deployTo(on.port, { config: on.config }),
    /not its sensor[^]*E_I2C: no answer[^]*wiring/,
  );
});
