import assert from "node:assert/strict";
import { startMosquitto } from "../helpers/mosquitto.ts";
import { makeFolder } from "../helpers/folder.ts";
import { mosquittoTest, terminalTest } from "../helpers/needs.ts";
import { openTerminal } from "../helpers/terminal.ts";
import { weir } from "../helpers/weir.ts";

mosquittoTest("sub prints messages as mosquitto_sub does", async () => {
  await using mosquitto = await startMosquitto();
  await using plain = weir(["sub", "a/#", "-b", mosquitto.url, "--count", "2"]);
  await using verbose = weir(
    ["sub", "a/#", "-v", "-b", mosquitto.url, "--count", "2"],
  );
  await plain.stderr.match(/^Connected/);
  await verbose.stderr.match(/^Connected/);
  await mosquitto.publish("-t", "a/b", "-m", '["lux-1", 611, 284.1312]');
  await mosquitto.publish("-t", "a/c", "-m", "Grüße");
  assert.equal(await plain.code, 0);
  assert.equal(await verbose.code, 0);
  assert.equal(plain.stdout.text(), '["lux-1", 611, 284.1312]\nGrüße\n');
  assert.equal(
    verbose.stdout.text(),
    'a/b ["lux-1", 611, 284.1312]\na/c Grüße\n',
  );
});

terminalTest(
  "sub shows in a terminal what is hidden in a message, and its topic",
  async () => {
    await using mosquitto = await startMosquitto();
    await using folder = await makeFolder();
    await using terminal = await openTerminal(folder.path("."));
    await terminal.weir(["sub", "a/#", "-v", "-b", mosquitto.url]);
    await terminal.shows(/Connected/);
    await mosquitto.publish(
      ...["-t", "a/\u200b", "-m", "1\u200b2\ufeff3\u{e0041}4\u202e5\x1b[2J6"],
    );
    const screen = await terminal.shows(/6\n/);
    assert.ok(
      screen.includes(
        "a/\\u200b 1\\u200b2\\ufeff3\\U000e00414\\u202e5\\x1b[2J6\n",
      ),
      screen,
    );
    await terminal.press("C-c");
    assert.equal(await terminal.code(), 0);
  },
);

mosquittoTest(
  "pub publishes a message, retained where asked, or the lines of stdin",
  async () => {
    await using mosquitto = await startMosquitto();
    const broker = ["-b", mosquitto.url];
    for (const qos of ["0", "1", "2"]) {
      await using kept = weir(
        [
          "pub",
          `kept/${qos}`,
          `hello ${qos}`,
          "--retain",
          "--qos",
          qos,
          ...broker,
        ],
      );
      assert.equal(await kept.code, 0, kept.stderr.text());
    }
    await using sub = weir(["sub", "#", "-v", "--count", "6", ...broker]);
    await sub.stdout.count(3);
    await using lines = weir(["pub", "lines", "-", "--qos", "1", ...broker], {
      stdin: "one\ntwo\r\nthree",
    });
    assert.equal(await lines.code, 0, lines.stderr.text());
    assert.equal(await sub.code, 0);
    const got = sub.stdout.text().split("\n");
    assert.deepEqual(got.slice(0, 3).sort(), [
      "kept/0 hello 0",
      "kept/1 hello 1",
      "kept/2 hello 2",
    ]);
    assert.deepEqual(got.slice(3, 6), [
      "lines one",
      "lines two",
      "lines three",
    ]);
  },
);

mosquittoTest(
  "pub publishes a message that looks like an option after --",
  async () => {
    await using mosquitto = await startMosquitto();
    const broker = ["-b", mosquitto.url];
    await using sub = weir(["sub", "a", "--count", "2", ...broker]);
    await sub.stderr.match(/^Connected/);
    for (const message of ["-5", "--retain"]) {
      await using pub = weir(["pub", "a", ...broker, "--", message]);
      assert.equal(await pub.code, 0, pub.stderr.text());
    }
    assert.equal(await sub.code, 0);
    assert.equal(sub.stdout.text(), "-5\n--retain\n");
  },
);
