/** A recording by a config file and its rules, with real programs. */
import assert from "node:assert/strict";
import { makeFolder } from "../helpers/folder.ts";
import { startMosquitto } from "../helpers/mosquitto.ts";
import { mosquittoTest } from "../helpers/needs.ts";
import { weir } from "../helpers/weir.ts";

/** The ids, values and timestamps of a CSV. */
const rowsOf = (csv: string) =>
  csv.trimEnd().split("\r\n").slice(1).map((row) => {
    const [timestamp, , sensor_id, value] = row.split(",");
    return [sensor_id, value, timestamp];
  });

mosquittoTest(
  "record --config alone records, also by WEIR_CONFIG",
  async () => {
    await using mosquitto = await startMosquitto();
    await using folder = await makeFolder();
    await Deno.writeTextFile(
      folder.path("lab.toml"),
      `broker = "${mosquitto.url}"
topics = ["rtl_433/#", "stat/#", "cam/#"]
file = ${JSON.stringify(folder.path("lab.csv"))}

[[rule]]
filter = "rtl_433/+/events"
id = "{model}/{id}"
time = "time"

[[rule]]
filter = "cam/#"
exclude = true
`,
    );
    const payload =
      '{"time":"2026-11-25T22:50:29Z","model":"WH2","id":37,"temperature_C":17.4}';
    const run = async (args: string[], env: Record<string, string>) => {
      await using recording = weir(["record", ...args], { env });
      await recording.stderr.match(/^Connected .* subscribed to rtl_433\/#/);
      await mosquitto.publish("-t", "cam/1", "-m", "{broken");
      await mosquitto.publish("-t", "stat/plug/POWER", "-m", "ON");
      await mosquitto.publish("-t", "rtl_433/pi/events", "-m", payload);
      await recording.stdout.count(2);
      recording.kill("SIGINT");
      assert.equal(await recording.code, 0, recording.stderr.text());
      assert.match(
        recording.stderr.text(),
        /\(0 rejected, .*1 message excluded/,
      );
    };
    const WEIR_CONFIG = folder.path("lab.toml");
    await run(["--config", WEIR_CONFIG], {});
    await run([], { WEIR_CONFIG });
    const rows = rowsOf(await folder.read("lab.csv"));
    const two = [["stat/plug/POWER", "ON"], ["WH2/37/temperature_C", "17.4"]];
    assert.deepEqual(rows.map((row) => row.slice(0, 2)), [...two, ...two]);
    assert.equal(rows[1][2], "1795647029.000");
    await Deno.writeTextFile(WEIR_CONFIG, '[[rule]]\nfilter = "a#"\n');
    await using wrong = weir(["record", "a", "b.csv", "--config", WEIR_CONFIG]);
    assert.equal(await wrong.code, 2);
    assert.match(wrong.stderr.text(), /lab\.toml:2:1: "a#" is not a topic/);
  },
);

mosquittoTest(
  "a durable recording by a rule has each row once, whatever kills it",
  async () => {
    await using mosquitto = await startMosquitto();
    await using folder = await makeFolder();
    await Deno.writeTextFile(
      folder.path("lab.toml"),
      `broker = "${mosquitto.url}"
topics = "opc/+"
file = ${JSON.stringify(folder.path("lab.csv"))}
durable = "lab"

[[rule]]
filter = "opc/+"
each = "values"
id = "{topic[1]}/{id}"
value = "v"
time = "t"
`,
    );
    const start = () => weir(["record", "--config", folder.path("lab.toml")]);
    const messages = Array.from({ length: 600 }, (_, at) =>
      JSON.stringify({
        values: ["A", "B", "C"].map((id, n) => ({
          id,
          v: 3 * at + n,
          t: 1795647029000 + at,
        })),
      }));
    const half = messages.length / 2;
    {
      await using recording = start();
      await recording.stderr.match(/^Connected/);
      await mosquitto.publishLines(
        "opc/x",
        ["{", ...messages.slice(0, 5)],
        "-q",
        "1",
      );
      await recording.stdout.count(15);
      const rest = mosquitto.publishLines(
        "opc/x",
        messages.slice(5, half),
        "-q",
        "1",
      );
      await recording.stdout.count(16);
      recording.kill("SIGKILL");
      await recording.code;
      await rest;
    }
    await mosquitto.publishLines("opc/x", messages.slice(half), "-q", "1");
    await using recording = start();
    await recording.stdout.match(/val=1799\b/);
    recording.kill("SIGINT");
    assert.equal(await recording.code, 0, recording.stderr.text());
    assert.deepEqual(
      rowsOf(await folder.read("lab.csv")),
      messages.flatMap((_, at) =>
        ["A", "B", "C"].map((id, n) => [
          `x/${id}`,
          `${3 * at + n}`,
          (1795647029 + at / 1000).toFixed(3),
        ])
      ),
    );
    const rejects = (await folder.read("lab.csv.rejects.jsonl")).trimEnd();
    assert.equal(rejects.split("\n").length, 1);
    await using check = weir(["check", folder.path("lab.csv")]);
    assert.equal(await check.code, 0, check.stdout.text());
  },
);

mosquittoTest(
  "sub --explain shows the rule of each message, and what becomes of it",
  async () => {
    await using mosquitto = await startMosquitto();
    await using folder = await makeFolder();
    await Deno.writeTextFile(
      folder.path("lab.toml"),
      '[[rule]]\nfilter = "cam/#"\nexclude = true\n\n[[rule]]\nfilter = "rtl/+"\nid = "{id}"\n',
    );
    await using sub = weir([
      ...["sub", "#", "--explain", "--time", "t", "--count", "6"],
      ...["-b", mosquitto.url, "--config", folder.path("lab.toml")],
    ]);
    await sub.stderr.match(/^Connected/);
    const publish = (topic: string, payload: string) =>
      mosquitto.publish("-t", topic, "-m", payload);
    await publish(
      "rtl/a",
      '{"id":"x\\u001b[2J","t":1795647029,"v":1,"w":null}',
    );
    await publish("rtl/b", '{"v":1}');
    await publish("plug", "ON");
    await publish("plug/b", "{ON\u202e");
    await publish("cam/1", "{");
    await publish("weir/lux-1/status", "{}");
    assert.equal(await sub.code, 0, sub.stderr.text());
    assert.equal(
      sub.stdout.text(),
      `rtl/a: the rule for rtl/+
  x\\x1b[2J/v = 1 at 2026-11-25T22:50:29.000Z
  1 gap
rtl/b: the rule for rtl/+
  no time in t: this computer's time is used
  rejected: no field "id" for its id
  payload: {"v":1}
plug: the rule for all topics
  plug = ON
  no time in t: this computer's time is used
plug/b: the rule for all topics
  rejected: not JSON: unexpected "O" at 1
  payload: {ON\\u202e
cam/1: the rule for cam/#
  excluded
weir/lux-1/status: no rule
  passed over
`,
    );
  },
);
