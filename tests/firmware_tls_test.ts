/** A board that reaches its broker over TLS: whom it trusts, and what it does about time. */
import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import type { Config } from "../firmware/device_files.ts";
import { makeCertificates } from "./helpers/certificates.ts";
import { makeFolder } from "./helpers/folder.ts";
import { listen } from "./helpers/listen.ts";
import { freePort, startMosquitto } from "./helpers/mosquitto.ts";
import { tlsTest } from "./helpers/needs.ts";
import { startNtpServer } from "./helpers/ntp_server.ts";
import { fault, FOR_EVER, readings, STATUS } from "./helpers/station_tests.ts";
import { inTime, startStation } from "./helpers/virtual_boards.ts";

/** A Mosquitto with a second listener over TLS, and a board's files to trust it. */
async function startSecured() {
  await using stack = new AsyncDisposableStack();
  const folder = stack.use(await makeFolder());
  const { ca, serverCert, serverKey, clientCert } = await makeCertificates(
    folder.path("."),
  );
  const tls = freePort();
  const mosquitto = stack.use(
    await startMosquitto({
      config: () =>
        `listener ${tls} 127.0.0.1
cafile ${ca}
certfile ${serverCert}
keyfile ${serverKey}`,
    }),
  );
  const der = async (pem: string) =>
    new Uint8Array(new X509Certificate(await Deno.readTextFile(pem)).raw);
  const moved = stack.move();
  return {
    mosquitto,
    tls,
    ca: await der(ca),
    other: await der(clientCert),
    [Symbol.asyncDispose]: () => moved.disposeAsync(),
  };
}

const startOverTls = (
  port: number,
  ca: Uint8Array,
  ntp: number,
  config: Config = {},
) =>
  startStation(port, {
    MQTT_HOST: "localhost",
    MQTT_TLS: true,
    MQTT_CA: "ca.der",
    NTP_HOST: "127.0.0.1",
    NTP_PORT: ntp,
    SLEEP_TIME: 1,
    ...config,
  }, { files: { "ca.der": ca }, clock: "real" });

const secured = (name: string, test: () => Promise<void>) =>
  tlsTest(name, () => inTime(test(), 120));

secured(
  "Over TLS a board that trusts the broker's certificate publishes every sample, at its time",
  async () => {
    await using on = await startSecured();
    await using ntp = await startNtpServer();
    await using heard = await listen(on.mosquitto.url);
    await using board = await startOverTls(on.tls, on.ca, ntp.port, {
      MQTT_QOS: 1,
    });
    const payloads = await heard.until("sensor-data", (all) => all.length >= 5);
    const all = readings(payloads);
    for (const [i, [, ts]] of all.entries()) {
      // The first were sampled before the clock was set.
      assert.ok(Math.abs(ts - Date.now() / 1000) < 60, `${ts}`);
      if (i > 0) assert.ok(Math.abs(ts - all[i - 1][1] - 1) <= 1, `${ts}`);
    }
    const [status] = await heard.until(STATUS, (all) => all.length >= 1);
    assert.deepEqual(JSON.parse(status).errors, {});
    assert.deepEqual(board.boots, [0]);
    assert.match(board.output, /Connecting to localhost:/);
  },
);

secured(
  "A broker that another authority signed is refused, kept from what waits, and named at the next connection",
  async () => {
    await using on = await startSecured();
    await using ntp = await startNtpServer();
    await using heard = await listen(on.mosquitto.url);
    await using board = await startOverTls(on.tls, on.other, ntp.port, {
      MAX_FAILURES: 2,
    });
    const why =
      "E_TLS: the broker is not trusted: The certificate is not correctly signed by the trusted CA";
    await board.waitFor(why);
    // MAX_FAILURES restarts it, as with any other failure, and with the same pauses.
    await board.waitFor(`Restarted after ${why}`);
    assert.ok(board.boots.length <= 2, `${board.boots}`);
    assert.deepEqual(heard.on("sensor-data"), []);
    assert.deepEqual(heard.on(STATUS), []);
    assert.doesNotMatch(board.output, /Traceback/);
  },
);

secured(
  "A certificate for another name is refused",
  async () => {
    await using on = await startSecured();
    await using ntp = await startNtpServer();
    await using board = await startOverTls(on.tls, on.ca, ntp.port, {
      MQTT_HOST: "127.0.0.1",
      ...FOR_EVER,
    });
    await board.waitFor(
      "E_TLS: the broker is not trusted: The certificate Common Name (CN) does not match",
    );
  },
);

secured(
  "A certificate that is not valid yet by the time server's time is refused",
  async () => {
    await using on = await startSecured();
    await using ntp = await startNtpServer(() => Date.now() - 86_400_000);
    await using board = await startOverTls(on.tls, on.ca, ntp.port, FOR_EVER);
    await board.waitFor("The certificate validity starts in the future");
  },
);

fault(
  "Before the time is known no broker is tried, and the board says what it waits for",
  async () => {
    await using board = await startStation(freePort(), {
      MQTT_TLS: true,
      MQTT_CA: "ca.der",
      NTP_HOST: "127.0.0.1",
      NTP_PORT: freePort(),
      ...FOR_EVER,
    }, { files: { "ca.der": Uint8Array.of(0x30, 0) } });
    await board.waitFor(
      "E_TLS: the time is not known yet, and a certificate has dates: NTP_HOST does not answer",
    );
    assert.doesNotMatch(board.output, /Connecting to/);
  },
);

fault(
  "An ESP8266 refuses MQTT_TLS with the reason, and what MQTT_TLS needs is named",
  async () => {
    await using board = await startStation(1883, { MQTT_TLS: true }, {
      files: {
        "boot.py": `
import settings

class ESP8266:
    platform = "esp8266"

settings.sys = ESP8266
`,
      },
    });
    const output = await board.waitFor(/>>> $/);
    for (
      const line of [
        "E_CFG: MQTT_TLS is not for an ESP8266: its TLS checks no certificate (is True)",
        "E_CFG: MQTT_CA is missing, and MQTT_TLS needs it",
        "E_CFG: NTP_HOST is missing, and MQTT_TLS needs it",
      ]
    ) assert.ok(output.includes(line), `${line}\n${output}`);
  },
);
