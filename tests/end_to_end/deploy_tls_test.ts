/** A config.py with MQTT_TLS: the certificate goes along, and what cannot work is refused before anything is written. */
import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { configFile } from "../../firmware/device_files.ts";
import { makeCertificates } from "../helpers/certificates.ts";
import { deployTo, names, startTarget } from "../helpers/deploying.ts";
import { makeFolder } from "../helpers/folder.ts";
import { freePort, startMosquitto } from "../helpers/mosquitto.ts";
import { terminalTest, tlsTest } from "../helpers/needs.ts";
import { startNtpServer } from "../helpers/ntp_server.ts";
import { openTerminal } from "../helpers/terminal.ts";
import { inTime } from "../helpers/virtual_boards.ts";
import { weir } from "../helpers/weir.ts";

const OVER_TLS = {
  SENSOR_ID: "lux-1",
  WIFI_ESSID: "my_wifi_sid",
  WIFI_PASSWORD: "my_wifi_password",
  MQTT_HOST: "localhost",
  MQTT_TLS: true,
  MQTT_CA: "ca.pem",
  MQTT_TOPIC: "sensor-data",
  SLEEP_TIME: 1,
};

tlsTest(
  "deploy carries the CA's certificate as DER, and the board publishes over TLS",
  () =>
    inTime((async () => {
      await using folder = await makeFolder();
      const { ca, serverCert, serverKey } = await makeCertificates(
        folder.path("."),
      );
      const port = freePort();
      await using _mosquitto = await startMosquitto({
        config: () =>
          `listener ${port} 127.0.0.1
cafile ${ca}
certfile ${serverCert}
keyfile ${serverKey}`,
      });
      await using ntp = await startNtpServer();
      await using on = await startTarget();
      const file = folder.path("config.py");
      await Deno.writeTextFile(
        file,
        configFile({
          ...OVER_TLS,
          MQTT_PORT: port,
          NTP_HOST: "127.0.0.1",
          NTP_PORT: ntp.port,
        }),
      );
      await using run = weir(["deploy", "--port", on.port, "--config", file]);
      assert.equal(await run.code, 0, run.stderr.text());
      const files = await on.board.files();
      const der = new X509Certificate(await Deno.readTextFile(ca)).raw;
      assert.deepEqual(files["ca.pem"], new Uint8Array(der));
    })()),
);

tlsTest(
  "What is no certificate is refused before anything is written",
  () =>
    inTime((async () => {
      await using folder = await makeFolder();
      const { ca, serverKey } = await makeCertificates(folder.path("."));
      const file = folder.path("config.py");
      const refused = async (name: string, content?: string) => {
        if (content !== undefined) {
          await Deno.writeTextFile(folder.path(name), content);
        }
        await Deno.writeTextFile(
          file,
          configFile({ ...OVER_TLS, MQTT_CA: name, NTP_HOST: "pool.ntp.org" }),
        );
        await using run = weir([
          ...["deploy", "--port", "tcp://127.0.0.1:9", "--config", file],
        ]);
        assert.equal(await run.code, 1);
        return run.stderr.text();
      };
      assert.match(
        await refused("none.pem"),
        /there is no such file\. MQTT_CA/,
      );
      assert.match(await refused("text.pem", "hello"), /it is no certificate/);
      const key = await Deno.readTextFile(serverKey);
      assert.match(await refused("key.pem", key), /it is a private key/);
      const twice = (await Deno.readTextFile(ca)).repeat(2);
      assert.match(await refused("twice.pem", twice), /several certificates/);
    })()),
);

Deno.test("An ESP8266 is refused, and has what it had", () =>
  inTime((async () => {
    const esp8266 = `
import sys

class ESP8266:
    pass

for name in dir(sys):
    setattr(ESP8266, name, getattr(sys, name))
ESP8266.platform = "esp8266"
sys.modules["sys"] = ESP8266
`;
    await using on = await startTarget({ files: { "boot.py": esp8266 } });
    await assert.rejects(
      deployTo(on.port, {
        config: on.config,
        authority: { name: "ca.pem", der: Uint8Array.of(0x30) },
      }),
      /this board is an ESP8266: [^]* Nothing was written/,
    );
    assert.deepEqual(await names(on.board), ["boot.py"]);
  })()));

terminalTest(
  "--new asks for the certificate and the time server if the address begins with mqtts://",
  () =>
    inTime((async () => {
      await using folder = await makeFolder();
      await using terminal = await openTerminal(folder.path(""), 100, 40);
      await terminal.weir(["deploy", "--new", "--port", "tcp://127.0.0.1:9"]);
      for (
        const [question, answer] of [
          [/^Sensor id \[lux-1\]:/m],
          [/^Wi-Fi network:/m, "home"],
          [/^Wi-Fi password .*:/m, "sesame opens"],
          [/^Broker's address:/m, "mqtts://broker.lan"],
          [/^File with the CA's certificate \[ca\.pem\]:/m],
          [/^Time server \[pool\.ntp\.org\]:/m, "192.168.1.1"],
          [/^Broker's user/m],
          [/^Topic/m],
          [/^Seconds between samples/m],
        ] as [RegExp, string?][]
      ) {
        await terminal.shows(question);
        if (answer) await terminal.type(answer);
        await terminal.press("Enter");
      }
      await terminal.shows(/ca\.pem: there is no such file/);
      assert.equal(await terminal.code(), 1);
      assert.match(
        await folder.read("config.py"),
        /MQTT_HOST = "broker\.lan"\nMQTT_TLS = True\nMQTT_CA = "ca\.pem"\nNTP_HOST = "192\.168\.1\.1"\n/,
      );
    })()),
);
