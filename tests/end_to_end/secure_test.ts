import assert from "node:assert/strict";
import { makeCertificates } from "../helpers/certificates.ts";
import { makeFolder } from "../helpers/folder.ts";
import { freePort, startMosquitto } from "../helpers/mosquitto.ts";
import { tlsTest } from "../helpers/needs.ts";
import { run } from "../helpers/run.ts";
import { weir, type WeirOptions } from "../helpers/weir.ts";

/** A Mosquitto with a TLS and a WebSocket listener besides the plain one. */
async function startSecure(lines = "", anonymous = true) {
  const certificates = await makeFolder();
  const files = await makeCertificates(certificates.path("."));
  const tls = freePort();
  const ws = freePort();
  const mosquitto = await startMosquitto({
    anonymous,
    config: () => `
listener ${ws} 127.0.0.1
protocol websockets
listener ${tls} 127.0.0.1
cafile ${files.ca}
certfile ${files.serverCert}
keyfile ${files.serverKey}
${lines}`,
  });
  return {
    ...files,
    mosquitto,
    tls: `mqtts://localhost:${tls}`,
    ws: `ws://127.0.0.1:${ws}`,
    async [Symbol.asyncDispose]() {
      await mosquitto[Symbol.asyncDispose]();
      await certificates[Symbol.asyncDispose]();
    },
  };
}

/** Records one event that is published when weir is connected. */
async function recordOne(
  publish: () => Promise<void>,
  args: string[],
  options: WeirOptions = {},
): Promise<{ csv: string; stderr: string }> {
  await using folder = await makeFolder();
  const file = folder.path("test.csv");
  await using recording = weir(
    ["record", "sensor-data", file, "--count", "1", ...args],
    options,
  );
  await recording.stderr.match(/^Connected/);
  await publish();
  assert.equal(await recording.code, 0);
  return {
    csv: await folder.read("test.csv"),
    stderr: recording.stderr.text(),
  };
}

/** What weir says, and with which exit code, where it cannot record. */
async function refused(
  args: string[],
  options: WeirOptions = {},
): Promise<string> {
  await using folder = await makeFolder();
  const file = folder.path("test.csv");
  await using recording = weir(
    ["record", "sensor-data", file, ...args],
    options,
  );
  assert.equal(await recording.code, 1);
  assert.equal(recording.stdout.text(), "");
  return recording.stderr.text();
}

const ONE = ["-t", "sensor-data", "-m", '["lux-1", 611, 284.1312]'];

tlsTest("record works over TLS with a CA of one's own", async () => {
  await using secure = await startSecure();
  const { csv, stderr } = await recordOne(
    () => secure.mosquitto.publish(...ONE),
    ["-b", secure.tls, "--ca", secure.ca],
  );
  assert.match(csv, /,lux-1,284\.1312\r\n$/);
  assert.ok(stderr.startsWith(`Connected to ${secure.tls} (MQTT 5)`), stderr);
});

tlsTest(
  "record refuses a broker whose certificate nobody known has signed",
  async () => {
    await using secure = await startSecure();
    assert.equal(
      await refused(["-b", secure.tls]),
      `Cannot connect to ${secure.tls}: its certificate is not signed by anybody known. Give the certificate of its CA with --ca.\n`,
    );
  },
);

tlsTest(
  "record refuses a broker whose certificate is for another host",
  async () => {
    await using secure = await startSecure();
    const url = secure.tls.replace("localhost", "127.0.0.1");
    assert.equal(
      await refused(["-b", url, "--ca", secure.ca]),
      `Cannot connect to ${url}: its certificate is for another host. Use the name that is in it\n`,
    );
  },
);

tlsTest(
  "record shows a client certificate where the broker wants one",
  async () => {
    await using secure = await startSecure("require_certificate true");
    const url = ["-b", secure.tls, "--ca", secure.ca];
    const client = ["--cert", secure.clientCert, "--key", secure.clientKey];
    const { csv } = await recordOne(
      () => secure.mosquitto.publish(...ONE),
      [...url, ...client],
    );
    assert.match(csv, /,lux-1,284\.1312\r\n$/);
    assert.match(
      await refused(url),
      /wants a certificate of ours|closed it|closed the connection/,
    );
    const wrong = ["--cert", secure.clientCert, "--key", secure.serverKey];
    assert.match(
      await refused([...url, ...wrong]),
      /key and certificate do not belong together/,
    );
  },
);

tlsTest("record works over WebSockets", async () => {
  await using secure = await startSecure();
  const { csv, stderr } = await recordOne(
    () => secure.mosquitto.publish(...ONE),
    ["-b", secure.ws],
  );
  assert.match(csv, /,lux-1,284\.1312\r\n$/);
  assert.ok(stderr.startsWith(`Connected to ${secure.ws}`), stderr);
  assert.match(
    await refused(["-b", secure.ws.replace("ws:", "mqtt:")]),
    /that is no plain MQTT port\. .* Try ws:\/\/ or wss:/,
  );
});

const SECRET = "corr3ct horse@battery/staple";

/** A Mosquitto that lets in `ada` with the password above. */
async function startWithLogin() {
  const folder = await makeFolder();
  const passwords = folder.path("passwords");
  await run("mosquitto_passwd", ["-b", "-c", passwords, "ada", SECRET]);
  await Deno.chmod(passwords, 0o644);
  const mosquitto = await startMosquitto({
    anonymous: false,
    config: () => `password_file ${passwords}`,
  });
  return {
    mosquitto,
    publish: () => mosquitto.publish("-u", "ada", "-P", SECRET, ...ONE),
    async [Symbol.asyncDispose]() {
      await mosquitto[Symbol.asyncDispose]();
      await folder[Symbol.asyncDispose]();
    },
  };
}

tlsTest(
  "record logs in, however the password is given, and never shows it",
  async () => {
    await using login = await startWithLogin();
    await using folder = await makeFolder();
    await Deno.writeTextFile(folder.path("pw"), `${SECRET}\n`);
    const url = login.mosquitto.url;
    const inUrl = url.replace("//", `//ada:${encodeURIComponent(SECRET)}@`);
    const ways: [string[], WeirOptions][] = [
      [
        ["-b", url, "--username", "ada", "--password-file", folder.path("pw")],
        {},
      ],
      [["-b", url, "--username", "ada", "--password-file", "-"], {
        stdin: SECRET,
      }],
      [["-b", url], { env: { WEIR_USERNAME: "ada", WEIR_PASSWORD: SECRET } }],
      [[], { env: { WEIR_BROKER: inUrl } }],
      // What is typed goes before the environment.
      [["-b", inUrl], {
        env: { WEIR_USERNAME: "eve", WEIR_PASSWORD: "wr0ng" },
      }],
    ];
    for (const [args, options] of ways) {
      const { csv, stderr } = await recordOne(login.publish, args, options);
      assert.match(csv, /,lux-1,284\.1312\r\n$/);
      assert.ok(stderr.startsWith(`Connected to ${url} (MQTT 5)`), stderr);
      assert.ok(!stderr.includes(SECRET) && !stderr.includes("horse"), stderr);
    }
  },
);

tlsTest(
  "record says what to do where the login is refused, without the password",
  async () => {
    await using login = await startWithLogin();
    const url = login.mosquitto.url;
    for (const version of ["5", "3"]) {
      const stderr = await refused(["-b", url, "--mqtt", version], {
        env: { WEIR_USERNAME: "ada", WEIR_PASSWORD: "wr0ng" },
      });
      assert.match(
        stderr,
        /refused the connection: (not authorized: )?wrong user name or password(, or no right to connect)?\.\n$/,
      );
      assert.ok(!stderr.includes("wr0ng"), stderr);
    }
    assert.match(
      await refused(["-b", url]),
      /not authorized\. Give --username/,
    );
  },
);

Deno.test("record warns of a password sent in the clear to another machine", async () => {
  for (
    const [url, warns] of [
      ["mqtt://192.0.2.1:1", true],
      ["mqtts://192.0.2.1:1", false],
      ["mqtt://127.0.0.1:1", false],
      ["mqtt://localhost:1", false],
    ] as const
  ) {
    await using folder = await makeFolder();
    // Refused by the permission, so that nothing is sent to that address.
    await using recording = weir(
      ["record", "x", folder.path("x.csv"), "-b", url],
      {
        env: { WEIR_USERNAME: "ada", WEIR_PASSWORD: SECRET },
        permissions: [
          "--allow-env",
          `--allow-read=${folder.path(".")}`,
          `--allow-write=${folder.path(".")}`,
        ],
      },
    );
    assert.equal(await recording.code, 1);
    const stderr = recording.stderr.text();
    assert.equal(/password goes to .* unencrypted/.test(stderr), warns, stderr);
    assert.ok(!stderr.includes(SECRET));
  }
});
