import assert from "node:assert/strict";
import { broker, publish } from "../../pipeline/mod.ts";
import { makeCertificates } from "../helpers/certificates.ts";
import { makeFolder } from "../helpers/folder.ts";
import { freePort, startMosquitto } from "../helpers/mosquitto.ts";
import { tlsTest } from "../helpers/needs.ts";
import { weir } from "../helpers/weir.ts";

const PASSWORD = "s3cr3t-Pa55";

Deno.test("a broker with a login lets in who has it, and nobody else", async () => {
  await using local = await broker({
    port: 0,
    username: "ada",
    password: PASSWORD,
  });
  const login = { username: "ada", password: PASSWORD };
  await publish(local.url, "t", ["1"], login);
  for (
    const wrong of [{}, { ...login, password: "x" }, {
      ...login,
      username: "b",
    }]
  ) {
    await assert.rejects(
      publish(local.url, "t", ["1"], wrong),
      /wrong user name or password/,
    );
  }
});

Deno.test({
  name: "the embedded broker listens on loopback alone, unless asked",
  // Elsewhere 127.0.0.2 is no address of this machine.
  ignore: Deno.build.os !== "linux",
  fn: async () => {
    const reach = async (port: number) =>
      (await Deno.connect({ hostname: "127.0.0.2", port })).close();
    await using local = await broker({ port: 0 });
    await assert.rejects(reach(local.port), Deno.errors.ConnectionRefused);
    await using open = await broker({ port: 0, host: "0.0.0.0" });
    await reach(open.port);
  },
});

Deno.test("the password is in no output, error, file or command line", async () => {
  await using local = await broker({
    port: 0,
    username: "ada",
    password: PASSWORD,
  });
  await using folder = await makeFolder();
  await Deno.writeTextFile(folder.path("pw"), PASSWORD);
  const inUrl = local.url.replace("//", `//ada:${PASSWORD}@`);
  const wrongUrl = inUrl.replace(/:\d+$/, `:${freePort()}`);
  const data = folder.path("data");
  await Deno.mkdir(data);
  const record = [
    ...["record", "t", `${data}/test.csv`, "--durable", "lab"],
    ...["--duration", "1s"],
  ];
  const byFile = ["--username", "ada", "--password-file", folder.path("pw")];
  const byEnv = { WEIR_USERNAME: "ada", WEIR_PASSWORD: PASSWORD };
  let output = "";
  for (
    const [args, env, code] of [
      [[...record, "-b", inUrl], {}, 0],
      [[...record, "-b", local.url, ...byFile], {}, 0],
      [[...record, "-b", local.url], byEnv, 0],
      [[...record, "-b", wrongUrl], {}, 1],
      [[...record, "-b", `${inUrl}/x y`], {}, 1],
      [[...record, "-b", `htp://ada:${PASSWORD}@pi`], {}, 2],
      [[...record, "-b", local.url, "--username", PASSWORD], {}, 1],
    ] as const
  ) {
    await using recording = weir([...args], { env: { ...env, DEBUG: "*" } });
    const inUrlOrName = args.some((arg) => arg.includes(PASSWORD));
    if (Deno.build.os === "linux" && !inUrlOrName) {
      const line = await Deno.readTextFile(`/proc/${recording.pid}/cmdline`);
      assert.ok(!line.includes(PASSWORD), "in ps");
    }
    const ended = await recording.code;
    if (code !== 1) assert.equal(ended, code, recording.stderr.text());
    output += recording.stdout.text() + recording.stderr.text();
  }
  for await (const { name } of Deno.readDir(data)) {
    output += await Deno.readTextFile(`${data}/${name}`);
  }
  assert.ok(!output.includes(PASSWORD), output);
});

Deno.test("a token in a path, and escapes in a file's name, reach no terminal", async () => {
  await using folder = await makeFolder();
  await using local = await broker({ port: 0 });
  const file = folder.path("a\nb.csv is in order\x1b]0;owned\x07\u202e.csv");
  const url = `ws://127.0.0.1:${freePort()}/mqtt/${PASSWORD}?token=${PASSWORD}`;
  await using unreached = weir(["record", "t", file, "-b", url]);
  assert.equal(await unreached.code, 1);
  const port = new URL(url).port;
  assert.match(
    unreached.stderr.text(),
    new RegExp(
      `^Cannot connect to ws://127\\.0\\.0\\.1:${port}/mqtt/\\*\\*\\*: `,
    ),
  );
  await using recording = weir([
    ...["record", "t", file, "-b", local.url, "--count", "1"],
  ]);
  await recording.stderr.match(/^Connected/);
  await publish(local.url, "t", ["{", "1"]);
  assert.equal(await recording.code, 0);
  await using checking = weir(["check", file]);
  assert.equal(await checking.code, 0);
  await using missing = weir(["check", `${file}.none`]);
  assert.equal(await missing.code, 1);
  const text = [unreached, recording, checking, missing]
    .map(({ stdout, stderr }) => stdout.text() + stderr.text()).join("");
  assert.match(text, /a\\nb\.csv is in order\\x1b\]0;owned\\x07\\u202e\.csv/);
  // deno-lint-ignore no-control-regex
  assert.doesNotMatch(text, /[\x00-\x09\x0b-\x1f\u202e]/);
  assert.doesNotMatch(text, /^b\.csv is in order/m);
  assert.ok(!text.includes(PASSWORD), text);
});

tlsTest(
  "--insecure takes a certificate of nobody known, warns, and does not go with a password",
  async () => {
    await using certificates = await makeFolder();
    const files = await makeCertificates(certificates.path("."));
    const tls = freePort();
    await using mosquitto = await startMosquitto({
      config: () => `
listener ${tls} 127.0.0.1
cafile ${files.ca}
certfile ${files.serverCert}
keyfile ${files.serverKey}`,
    });
    await using folder = await makeFolder();
    const args = [
      ...["record", "t", folder.path("test.csv"), "--count", "1"],
      ...["-b", `mqtts://127.0.0.1:${tls}`],
    ];
    await using refused = weir(args);
    assert.equal(await refused.code, 1);
    assert.match(
      refused.stderr.text(),
      /its certificate is not signed by anybody/,
    );

    await using recording = weir([...args, "--insecure"]);
    await recording.stderr.match(
      /^Warning: the certificate of .* is not verified/,
    );
    await recording.stderr.match(/^Connected/);
    await mosquitto.publish("-t", "t", "-m", "1");
    assert.equal(await recording.code, 0);

    await using login = weir([...args, "--insecure", "--username", "ada"], {
      env: { WEIR_PASSWORD: PASSWORD },
    });
    assert.equal(await login.code, 2);
    assert.match(login.stderr.text(), /--insecure does not go with a password/);

    await using plain = weir([
      "record",
      "t",
      folder.path("b.csv"),
      "--insecure",
    ]);
    assert.equal(await plain.code, 2);
  },
);

Deno.test("--safe-cells defuses text that a spreadsheet would run, and no number", async () => {
  await using local = await broker({ port: 0 });
  await using folder = await makeFolder();
  await using recording = weir([
    ...["record", "t", folder.path("test.csv"), "-b", local.url],
    ...["--safe-cells", "--count", "5"],
  ]);
  await recording.stderr.match(/^Connected/);
  const text = '=cmd|"/c calc"!A1';
  await publish(local.url, "t", [
    JSON.stringify(["a", 1, text]),
    JSON.stringify(["@SUM(1)", 1, -5]),
    JSON.stringify(["b", 1, "+1"]),
    JSON.stringify(["b", 1, "-1"]),
    JSON.stringify(["b", 1, "a=1"]),
  ]);
  assert.equal(await recording.code, 0);
  const cells = (await folder.read("test.csv")).split("\r\n").slice(1, -1)
    .map((row) => row.split(",").slice(2).join());
  assert.deepEqual(cells, [
    `a,"'=cmd|""/c calc""!A1"`,
    "'@SUM(1),-5",
    "b,'+1",
    "b,'-1",
    "b,a=1",
  ]);
});

Deno.test("a durable recording needs net to one host and port, and one folder, and nothing else", async () => {
  await using local = await broker({ port: 0 });
  await using folder = await makeFolder();
  await using recording = weir(
    [
      ...["record", "x", folder.path("x.csv"), "-b", local.url],
      ...["--durable", "lab", "--duration", "1s"],
    ],
    {
      permissions: [
        `--allow-net=127.0.0.1:${local.port}`,
        `--allow-read=${folder.path(".")}`,
        `--allow-write=${folder.path(".")}`,
        "--allow-env=WEIR_BROKER,WEIR_USERNAME,WEIR_PASSWORD",
        "--ignore-env",
      ],
    },
  );
  await recording.stderr.match(/^Connected/);
  await publish(local.url, "x", ["1"], { qos: 1 });
  assert.equal(await recording.code, 0, recording.stderr.text());
  assert.match(await folder.read("x.csv"), /,x,1\r\n$/);
});

Deno.test("record cannot read what lies elsewhere", async () => {
  await using folder = await makeFolder();
  await using recording = weir(
    ["record", "x", folder.path("x.csv"), "--password-file", "/etc/hostname"],
    {
      permissions: [
        `--allow-read=${folder.path(".")}`,
        `--allow-write=${folder.path(".")}`,
        "--allow-env",
      ],
    },
  );
  assert.notEqual(await recording.code, 0);
  assert.match(recording.stderr.text(), /cannot read \/etc\/hostname/);
});
