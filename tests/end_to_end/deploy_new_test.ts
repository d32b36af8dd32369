/** What weir deploy shows and asks in a terminal. */
import assert from "node:assert/strict";
import { deviceFiles } from "../../firmware/device_files.ts";
import { inTime } from "../helpers/virtual_boards.ts";
import { deployTo, names, startTarget } from "../helpers/deploying.ts";
import { makeFolder } from "../helpers/folder.ts";
import { freePort } from "../helpers/mosquitto.ts";
import { terminalTest } from "../helpers/needs.ts";
import { startProxy } from "../helpers/proxy.ts";
import { openTerminal, type Terminal } from "../helpers/terminal.ts";
import { weir } from "../helpers/weir.ts";

const BAR = /[█░]{30} (\d+) % (\S+)/g;
const COUNT = Object.keys(deviceFiles).length;

/** A terminal, and the paths of files in its folder. */
interface Place {
  terminal: Terminal;
  path: (name: string) => string;
}

const test = (name: string, run: (place: Place) => Promise<void>) =>
  terminalTest(name, () =>
    inTime((async () => {
      await using folder = await makeFolder();
      await using terminal = await openTerminal(folder.path(""), 100, 40);
      await run({ terminal, path: folder.path });
    })()));

/** Waits for a question on the last line, and answers it. */
async function answer(terminal: Terminal, question: string, text?: string) {
  await terminal.shows(
    new RegExp(`^${RegExp.escape(question)}.*$(?!\n.)`, "m"),
  );
  if (text) await terminal.type(text);
  await terminal.press("Enter");
}

test("The progress bar grows to its end, on a line of its own", async ({ terminal, path }) => {
  await using on = await startTarget();
  await Deno.writeTextFile(path("config.py"), on.config);
  await terminal.weir(["deploy", "--port", on.port, "--config", "config.py"]);
  assert.equal(await terminal.code(), 0);
  const screen = await terminal.screen();
  assert.match(screen, /^█{30} 100 % main\.py\nStarting the firmware/m);
  const bars = [...(await terminal.drawn()).matchAll(BAR)];
  const percents = bars.map(([, percent]) => Number(percent));
  assert.ok(percents.length > 20 && percents[0] < 10, `${percents}`);
  assert.deepEqual(percents, percents.toSorted((a, b) => a - b));
  assert.equal(new Set(bars.map(([, , name]) => name)).size, COUNT);
});

test("What goes wrong during the upload does not share the bar's line", async ({ terminal, path }) => {
  await using on = await startTarget();
  await Deno.writeTextFile(path("config.py"), on.config);
  on.board.faults.flashFull(5000);
  await terminal.weir(["deploy", "--port", on.port, "--config", "config.py"]);
  assert.equal(await terminal.code(), 1);
  assert.match(
    await terminal.screen(),
    /^█+░+ \d+ % \S+\n.*The board's flash is full/m,
  );
});

test("Ctrl-C breaks an upload off, and the board goes on with what it has", async ({ terminal, path }) => {
  await using on = await startTarget();
  await deployTo(on.port, { config: on.config });
  const from = on.board.output.length;
  await using slow = startProxy(Number(new URL(on.port).port));
  slow.limit(20_000);
  const port = `tcp://127.0.0.1:${slow.port}`;
  await terminal.weir(["deploy", "--source", "--port", port]);
  await terminal.shows(/^█+░+ \d+ % \S+\.py/m);
  await terminal.press("C-c");
  await terminal.shows(/^█+░+ \d+ % \S+\nBroken off\. What is done is kept/m);
  assert.equal(await terminal.code(), 1);
  await on.board.waitFor("First sample published", from);
  assert.ok(!(await names(on.board)).includes("wifi.py"));

  // While it waits for the first sample, there is nothing to undo.
  await Deno.writeTextFile(
    path("config.py"),
    on.config.replace(/MQTT_PORT = \d+/, `MQTT_PORT = ${freePort()}`),
  );
  await terminal.run(["clear"]);
  await terminal.weir(["deploy", "--port", on.port, "--config", "config.py"]);
  await terminal.shows(/^Starting the firmware/m);
  await terminal.press("C-c");
  await terminal.shows(/^(\^C)?Broken off\. What is done is kept/m);
  assert.ok((await names(on.board)).includes("wifi.mpy"));
});

const HIDDEN = "Wi-Fi password (not shown):";

test("--new asks, shows no password, and writes a config.py with which the board runs", async ({ terminal, path }) => {
  await using on = await startTarget({
    wifi: { essid: "home ", password: "sesame opens" },
  });
  await terminal.weir(["deploy", "--new", "--port", on.port]);
  // What the firmware would refuse is asked for again.
  await answer(terminal, "Sensor id [lux-1]:", "a/b");
  await terminal.shows(/^Sensor id must have .* no \/, and not be \*\.$/m);
  await answer(terminal, "Sensor id [lux-1]:", "lux-7");
  await answer(terminal, "Wi-Fi network:", "");
  await terminal.shows(/^Wi-Fi network must not be empty\.$/m);
  await answer(terminal, "Wi-Fi network:", "home ");
  await terminal.shows(/^The name "home " .* The blank is kept\./m);
  await answer(terminal, HIDDEN, "short");
  await terminal.shows(/^Wi-Fi password must have 8 characters or more/m);
  await terminal.shows(new RegExp(`${RegExp.escape(HIDDEN)}\\s*$`));
  // Arrows are no part of it, and what is deleted is not.
  await terminal.type("sesame closes");
  await terminal.press("Left", "Up", "DC", "F1", "F5");
  await terminal.press(...Array(6).fill("BSpace"));
  await terminal.type("opens");
  await terminal.press("Enter");
  await answer(terminal, "Broker's address:", "mqtt://127.0.0.1");
  await terminal.shows(/^Broker's address must be like 192\.168\.1\.10/m);
  await answer(terminal, "Broker's address:", `127.0.0.1:${on.broker.port}`);
  await terminal.shows(/^127\.0\.0\.1 is the board itself there\./m);
  await answer(terminal, "Broker's user", "me");
  await answer(terminal, "Broker's password (not shown):", "secret");
  await answer(terminal, "Topic [sensor-data]:");
  await answer(terminal, "Seconds between samples [5]:", "soon");
  await terminal.shows(/^Seconds between samples must be a number from 0\.01/m);
  await answer(terminal, "Seconds between samples [5]:", "2.5");
  await terminal.shows(/^Wrote config\.py\./m);
  await terminal.shows(/^The board runs, and has published its first sample/m);
  assert.equal(await terminal.code(), 0);

  const config = await Deno.readTextFile(path("config.py"));
  assert.equal(
    config,
    `SENSOR_ID = "lux-7"
WIFI_ESSID = "home "
WIFI_PASSWORD = "sesame opens"
MQTT_HOST = "127.0.0.1"
MQTT_PORT = ${on.broker.port}
MQTT_USER = "me"
MQTT_PASSWORD = "secret"
MQTT_TOPIC = "sensor-data"
SLEEP_TIME = 2.5
`,
  );
  const { mode } = await Deno.stat(path("config.py"));
  assert.equal(mode! & 0o777, 0o600);
  const files = await on.board.files();
  assert.equal(new TextDecoder().decode(files["config.py"]), config);
  assert.doesNotMatch(await terminal.drawn(), /sesame|opens|closes|secret/);
});

test("--new broken off writes nothing, and leaves a terminal that shows what is typed", async ({ terminal, path }) => {
  await using on = await startTarget();
  const start = () => terminal.weir(["deploy", "--new", "--port", on.port]);
  await start();
  await answer(terminal, "Sensor id [lux-1]:");
  await answer(terminal, "Wi-Fi network:", "home");
  await terminal.shows(/^Wi-Fi password \(not shown\):/m);
  await terminal.type("sesame");
  await terminal.press("C-c");
  await terminal.shows(/Broken off\. Nothing is written\./);
  assert.equal(await terminal.code(), 1);
  const { canonical, echo } = await terminal.state();
  assert.deepEqual({ canonical, echo }, { canonical: true, echo: true });
  assert.doesNotMatch(await terminal.drawn(), /sesame/);

  // At a question that shows what is typed, too.
  await terminal.run(["clear"]);
  await start();
  await terminal.shows(/^Sensor id \[lux-1\]:$/m);
  await terminal.press("C-c");
  await terminal.shows(/Broken off\. Nothing is written\./);
  await assert.rejects(Deno.stat(path("config.py")), Deno.errors.NotFound);
  assert.deepEqual(await names(on.board), []);
});

test("--new does not touch a config.py that is there, and asks nothing", async ({ terminal, path }) => {
  const mine = "SENSOR_ID = 'mine'\n";
  await Deno.writeTextFile(path("config.py"), mine);
  await terminal.weir(["deploy", "--new", "--port", "tcp://127.0.0.1:9"]);
  assert.equal(await terminal.code(), 1);
  assert.match(
    await terminal.screen(),
    /config\.py is there already, and is not overwritten\./,
  );
  assert.doesNotMatch(await terminal.drawn(), /Sensor id/);
  assert.equal(await Deno.readTextFile(path("config.py")), mine);
});

Deno.test("--new needs somebody to ask, and what does not go together is refused", async () => {
  const refused = async (...args: string[]) => {
    await using run = weir(["deploy", "--port", "tcp://127.0.0.1:9", ...args]);
    assert.equal(await run.code, 2);
    return run.stderr.text();
  };
  assert.match(await refused("--new"), /needs a terminal/);
  assert.match(await refused("--new", "--dry-run"), /--dry-run nothing/);
  assert.match(await refused("--new", "--config", "x.py"), /give one of them/);
  assert.match(await refused("--timeout", "0"), /more than 0 seconds/);
});
