import assert from "node:assert/strict";
import { publish } from "../../pipeline/mod.ts";
import { inTime, startStation } from "../helpers/virtual_boards.ts";
import { makeFolder } from "../helpers/folder.ts";
import { listen } from "../helpers/listen.ts";
import { type Mosquitto, startMosquitto } from "../helpers/mosquitto.ts";
import { mosquittoTest, terminalTest } from "../helpers/needs.ts";
import { openTerminal } from "../helpers/terminal.ts";
import { weir } from "../helpers/weir.ts";

const test = (
  name: string,
  run: (mosquitto: Mosquitto) => Promise<void>,
) =>
  mosquittoTest(name, () =>
    inTime((async () => {
      await using mosquitto = await startMosquitto();
      await run(mosquitto);
    })()));

/** A board in real time that is there. */
async function start({ port }: Mosquitto, id = "lux-1") {
  const board = await startStation(port, { SENSOR_ID: id, SLEEP_TIME: 60 }, {
    clock: "real",
  });
  await board.waitFor("Connection successful");
  return board;
}

async function said({ url }: Mosquitto, ...args: string[]) {
  await using run = weir([...args, "-b", url], { permissions: ["-P"] });
  const code = await run.code;
  return { code, stdout: run.stdout.text(), stderr: run.stderr.text() };
}

const status = (payloads: string[]) =>
  payloads.length > 0 ? JSON.parse(payloads.at(-1)!) : {};

test("ask brings a sample that the board took now, and says how long it took", async (mosquitto) => {
  await using board = await start(mosquitto);
  const { code, stdout, stderr } = await said(
    mosquitto,
    "ask",
    "lux-1",
    "sample",
  );
  assert.equal(code, 0, stderr);
  const [, ts, val] = /^lux-1: \["lux-1",(\d+),([\d.]+)\] \(\d+ ms\)\n$/
    .exec(stdout)!;
  assert.ok(Number(ts) < 60 && Math.abs(Number(val) - 284.1312) < 5, stdout);

  board.faults.light(200_000);
  const saturated = await said(mosquitto, "ask", "lux-1", "sample");
  assert.equal(saturated.code, 1);
  assert.match(saturated.stderr, /^lux-1: E_SATURATED: too much light/);
  assert.equal(saturated.stdout, "");
  assert.doesNotMatch(board.output, /Traceback/);
});

test("ask brings a sign of life and the status, as JSON too", async (mosquitto) => {
  await using _board = await start(mosquitto);
  const ping = await said(mosquitto, "ask", "lux-1", "ping", "--json");
  const { round_trip, ...rest } = JSON.parse(ping.stdout);
  assert.deepEqual(rest, { sensor_id: "lux-1", reply: "pong" });
  assert.ok(round_trip > 0 && round_trip < 5);
  assert.match(ping.stdout, /"round_trip":\d(\.\d{1,3})?\}/);
  const info = await said(mosquitto, "ask", "lux-1", "info");
  assert.match(info.stdout, /^lux-1: \(\d+ ms\)\n {2}\w+: /);
  assert.match(info.stdout, /^ {2}state: online$/m);
  assert.match(info.stdout, /^ {2}rssi: -60$/m);
  assert.match(info.stdout, /^ {2}micropython: 1\.27\.0$/m);
});

test("ask resets a board, which keeps its samples and comes back", async (mosquitto) => {
  await using heard = await listen(mosquitto.url);
  await using board = await start(mosquitto);
  const { code, stdout } = await said(mosquitto, "ask", "lux-1", "reset");
  assert.equal(code, 0);
  assert.match(stdout, /^lux-1: restarts/);
  await board.waitFor(() => board.boots.length === 2);
  const after = await heard.until(
    "weir/lux-1/status",
    (all) => status(all).last_error !== undefined,
  );
  assert.equal(status(after).last_error, "a reset that was asked for");
});

test("ask '*' brings what all boards answer within the timeout", async (mosquitto) => {
  await using _one = await start(mosquitto);
  await using _two = await start(mosquitto, "lux-2");
  const { code, stdout } = await said(
    mosquitto,
    "ask",
    "*",
    "sample",
    "--timeout",
    "3",
    "--json",
  );
  assert.equal(code, 0);
  const answers = stdout.trim().split("\n").map((line) => JSON.parse(line));
  assert.deepEqual(answers.map(({ sensor_id }) => sensor_id).sort(), [
    "lux-1",
    "lux-2",
  ]);
  for (const { sensor_id, reply } of answers) assert.equal(reply[0], sensor_id);
});

test("ask says why no answer may have come", async (mosquitto) => {
  const ask = (id: string) =>
    said(mosquitto, "ask", id, "ping", "--timeout", "0.3");
  const unknown = await ask("lux-9");
  assert.equal(unknown.code, 1);
  assert.match(
    unknown.stderr,
    /^No answer from lux-9 within 0\.3 s\. The broker knows of no board/,
  );
  await mosquitto.publish(
    ...["-r", "-t", "weir/lux-9/status", "-m", '{"state": "offline"}'],
  );
  assert.match((await ask("lux-9")).stderr, /The board is offline\. Is it/);
  const all = await ask("*");
  assert.equal(all.code, 1);
  assert.match(all.stderr, /^No board answered within 0\.3 s/);
});

test("What others answer, and what is no answer, is passed over and never reaches the terminal raw", async (mosquitto) => {
  await using heard = await listen(mosquitto.url);
  await using ask = weir(["ask", "bad", "info", "-b", mosquitto.url]);
  const [request] = await heard.until(
    "weir/bad/request",
    (all) => all[0] !== undefined,
  );
  const { id } = JSON.parse(request);
  await publish(mosquitto.url, "weir/bad/reply", [
    "no JSON",
    "null",
    '{"id":"another","reply":"wrong"}',
    JSON.stringify({ id, error: "\x1b[31mred" }),
  ]);
  assert.equal(await ask.code, 1);
  assert.match(ask.stderr.text(), /^bad: \\x1b\[31mred \(/);
});

test("A board answers a request that it does not understand with why, and goes on", async (mosquitto) => {
  await using heard = await listen(mosquitto.url);
  await using board = await start(mosquitto);
  const replies = async (request: string, count: number) => {
    await publish(mosquitto.url, "weir/lux-1/request", [request]);
    return JSON.parse(
      (await heard.until("weir/lux-1/reply", (all) => all.length >= count))[
        count - 1
      ],
    );
  };
  assert.deepEqual(await replies("{", 1), {
    id: null,
    error: "not a JSON object",
  });
  assert.deepEqual(await replies('{"id": 7, "request": "dance"}', 2), {
    id: 7,
    error: "no such request: sample, ping, info or reset",
  });
  assert.deepEqual(await replies("[]", 3), {
    id: null,
    error: "not a JSON object",
  });
  // What is longer than a board takes in goes by.
  await publish(mosquitto.url, "weir/lux-1/request", ["x".repeat(2_000)]);
  assert.deepEqual(await replies('{"id": 8, "request": "ping"}', 4), {
    id: 8,
    reply: "pong",
  });
  assert.doesNotMatch(board.output, /Error/);
});

test("config changes what a board does at once, and again after a power cycle", async (mosquitto) => {
  await using heard = await listen(mosquitto.url);
  await using board = await start(mosquitto);
  const { code, stdout, stderr } = await said(
    mosquitto,
    "config",
    "lux-1",
    "SLEEP_TIME=0.1",
  );
  assert.deepEqual([code, stdout, stderr], [
    0,
    "SLEEP_TIME=0.1\n",
    "lux-1 applied SLEEP_TIME\n",
  ]);
  // A sample a minute would not come to ten in time.
  await heard.until("sensor-data", (all) => all.length >= 10);

  const from = board.output.length;
  board.faults.powerCycle();
  await board.waitFor('Configuration from the host: {"SLEEP_TIME": 0.1}', from);
  const before = heard.on("sensor-data").length;
  await heard.until("sensor-data", (all) => all.length >= before + 10);

  // What is changed next is added, and --reset takes all of it back.
  const more = await said(mosquitto, "config", "lux-1", "MQTT_QOS=1");
  assert.equal(more.stdout, "SLEEP_TIME=0.1\nMQTT_QOS=1\n");
  assert.equal(more.stderr, "lux-1 applied SLEEP_TIME, MQTT_QOS\n");
  const less = await said(mosquitto, "config", "lux-1", "SLEEP_TIME=");
  assert.equal(less.stdout, "MQTT_QOS=1\n");
  const back = await said(mosquitto, "config", "lux-1", "--reset");
  assert.deepEqual([back.code, back.stdout, back.stderr], [
    0,
    "",
    "lux-1 does as its config.py says\n",
  ]);
  const nothing = await said(mosquitto, "config", "lux-1");
  assert.deepEqual([nothing.code, nothing.stdout, nothing.stderr], [
    0,
    "",
    "Nothing is kept for lux-1\n",
  ]);
  const again = await said(mosquitto, "config", "lux-1", "--reset");
  assert.deepEqual([again.code, again.stderr], [
    0,
    "Nothing was kept for lux-1\n",
  ]);
});

test("A board refuses a configuration that is not valid, says why, and applies the rest", async (mosquitto) => {
  await using heard = await listen(mosquitto.url);
  await using board = await start(mosquitto);
  await said(mosquitto, "config", "lux-1", "SLEEP_TIME=30");
  const { code, stdout, stderr } = await said(
    mosquitto,
    "config",
    "lux-1",
    ...["SLEEP_TIME=0", "MQTT_QOS=1", "MQTT_PORT=1884"],
  );
  assert.equal(code, 1);
  assert.equal(
    stderr,
    "lux-1 applied MQTT_QOS\n" +
      "lux-1 refused SLEEP_TIME: must be a number from 0.01 to 86400\n" +
      "lux-1 refused MQTT_PORT: is set in config.py on the board only\n" +
      "Taken back, so what is kept is as before: SLEEP_TIME, MQTT_PORT\n",
  );
  assert.equal(stdout, "SLEEP_TIME=30\nMQTT_QOS=1\n");
  const now = status(heard.on("weir/lux-1/status"));
  assert.deepEqual(now.config, { SLEEP_TIME: 30, MQTT_QOS: 1 });
  assert.deepEqual(now.refused, {});

  await mosquitto.publish("-r", "-t", "weir/lux-1/config", "-m", "no JSON");
  await heard.until(
    "weir/lux-1/status",
    (all) => status(all).refused["*"] === "not a JSON object",
  );
  assert.doesNotMatch(board.output, /Traceback/);
});

test("config refuses a value of the wrong type before it is kept for a board", async (mosquitto) => {
  for (const setting of ["SLEEP_TIME=soon", "MAX_FAILURES=true"]) {
    const { code, stderr } = await said(mosquitto, "config", "lux-1", setting);
    assert.equal(code, 2);
    assert.match(stderr, /^\w+ must be a number from .* to \d+, not \w+\.\n$/);
  }
  const { stderr } = await said(mosquitto, "config", "lux-1");
  assert.match(stderr, /^Nothing is kept for lux-1/);
});

terminalTest(
  "config asks before it keeps settings for a board that nobody has heard of",
  async () => {
    await using mosquitto = await startMosquitto();
    await using folder = await makeFolder();
    await using terminal = await openTerminal(folder.path(""));
    await terminal.weir([
      "config",
      "lux-9",
      "SLEEP_TIME=9",
      "-b",
      mosquitto.url,
    ]);
    await terminal.shows(/No board lux-9 has been heard of\. Keep this/);
    await terminal.press("n", "Enter");
    await terminal.shows(/Nothing was changed\./);
    assert.equal(await terminal.code(), 1);
  },
);

test("config waits for a board that is away, and Wi-Fi and broker are not its matter", async (mosquitto) => {
  const unknown = await said(mosquitto, "config", "lux-1", "SLEEP_TIME=9");
  assert.equal(unknown.code, 0);
  assert.match(unknown.stderr, /^lux-1 is not known to the broker/);
  await using board = await start(mosquitto);
  await board.waitFor('Configuration from the host: {"SLEEP_TIME": 9}');
  const shown = await said(mosquitto, "config", "lux-1");
  assert.equal(shown.stdout, "SLEEP_TIME=9\n");
  for (const setting of ["WIFI_PASSWORD=secret", "MQTT_HOST=elsewhere"]) {
    const { code, stderr } = await said(mosquitto, "config", "lux-1", setting);
    assert.equal(code, 2);
    assert.match(stderr, /set it in config\.py on the board/);
    assert.doesNotMatch(stderr, /secret/);
  }
});

terminalTest(
  "In the terminal UI, a asks the selected sensor for a sample",
  () =>
    inTime((async () => {
      await using mosquitto = await startMosquitto();
      await using folder = await makeFolder();
      await using terminal = await openTerminal(folder.path(""), 100, 24);
      await terminal.weir(["tui", "sensor-data", "-b", mosquitto.url]);
      await terminal.shows(/● connected/);
      await using _board = await start(mosquitto);
      await terminal.shows(/lux-1/);
      await terminal.press("a");
      await terminal.shows(
        /lux-1 answered \["lux-1",\d+,28\d\.\d+\] in \d+ ms/,
      );
      await publish(mosquitto.url, "sensor-data", ['["ghost", 1, 2]']);
      await terminal.shows(/ghost/);
      await terminal.press("Down");
      await terminal.press("a");
      await terminal.shows(/No answer from ghost within 5 s/);
    })()),
);

test("ask reaches a board that comes within the timeout", async (mosquitto) => {
  await using sim = weir(["sim", "--boards", "1", "-b", mosquitto.url]);
  await sim.stderr.match(/1 board publishes/);
  const { code, stdout, stderr } = await said(
    ...[mosquitto, "ask", "lux-1", "ping", "--timeout", "20"] as const,
  );
  assert.equal(code, 0, stderr);
  assert.match(stdout, /^lux-1: pong/);
});
