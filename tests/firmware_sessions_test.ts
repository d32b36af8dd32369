import assert from "node:assert/strict";
import { configFile } from "../firmware/device_files.ts";
import { startPrompt } from "./helpers/virtual_boards.ts";
import { follow } from "./helpers/follow.ts";
import { listen } from "./helpers/listen.ts";
import { startMosquitto } from "./helpers/mosquitto.ts";
import { mosquittoTest } from "./helpers/needs.ts";

mosquittoTest(
  "The tutorial's session at the prompt runs as it is written",
  async () => {
    await using mosquitto = await startMosquitto();
    await using heard = await listen(mosquitto.url);
    await using board = await startPrompt();
    await follow(
      board,
      `
    >>> from thingflow import *
    >>> from tsl2591 import Tsl2591
    >>> from wifi import wifi_connect
    >>> from mqtt_writer import MQTTWriter
    >>> SID='my_wifi_sid'
    >>> PASSWORD='my_wifi_password'
    >>> MQTT_HOST='127.0.0.1'
    >>> wifi_connect(SID, PASSWORD)
    network config: (...)
    >>> m = MQTTWriter('esp8266', MQTT_HOST, ${mosquitto.port}, 'sensor-data')
    Connecting to 127.0.0.1:${mosquitto.port}
    Connection successful
    >>> sensor = SensorAsOutputThing(Tsl2591('lux-1'))
    >>> sensor.connect(Output())
    <closure>
    >>> sensor.connect(m)
    <closure>
    >>> sched = Scheduler()
    >>> sched.schedule_periodic(sensor, 2.0)
    <closure>
    >>> sched.run_forever()
    ('lux-1', ..., 284...)
    ('lux-1', ..., 284...)
    ^C
    `,
    );
    const printed = [...board.output.matchAll(/^\('lux-1', \d+, [\d.]+\)/gm)]
      .map(([line]) =>
        JSON.parse(
          line.replace("(", "[").replace(")", "]").replaceAll("'", '"'),
        )
      );
    const published = await heard.until(
      "sensor-data",
      (all) => all.length >= 2,
    );
    assert.deepEqual(
      published.map((text) => JSON.parse(text)).map(([id, ts, value]) => [
        id,
        Math.floor(ts), // printed in whole seconds
        value,
      ]),
      printed,
    );
    assert.equal(printed[1][1] - printed[0][1], 2);
  },
);

mosquittoTest(
  "The tutorial's session with client.py runs as it is written, and then starts at boot",
  async () => {
    await using mosquitto = await startMosquitto();
    await using heard = await listen(mosquitto.url);
    await using board = await startPrompt({
      files: {
        "config.py": configFile({
          SENSOR_ID: "lux-1",
          WIFI_ESSID: "my_wifi_sid",
          WIFI_PASSWORD: "my_wifi_password",
          MQTT_HOST: "127.0.0.1",
          MQTT_PORT: mosquitto.port,
          MQTT_TOPIC: "sensor-data",
          SLEEP_TIME: 5.0,
        }).replace("SLEEP_TIME = 5", "SLEEP_TIME = 5.0"),
      },
    });
    await follow(
      board,
      `
    >>> import client
    Disabled access point, network status is -1
    network config: (...)
    Connecting to 127.0.0.1:${mosquitto.port}
    Connection successful
    Running main loop with sample every 5.0 seconds...
    ^C
    >>> import os
    >>> os.rename('client.py', 'main.py')
    `,
    );
    const from = board.output.length;
    board.faults.powerCycle();
    await board.waitFor(
      "Running main loop with sample every 5.0 seconds...",
      from,
    );
    const published = await heard.until(
      "sensor-data",
      (all) => all.length >= 1,
    );
    for (const text of published) {
      assert.match(text, /^\["lux-1", \d+\.\d{3}, 284\.\d+\]$/);
    }
  },
);
