import assert from "node:assert/strict";
import { valuesOf } from "../helpers/csv_rows.ts";
import { makeFolder } from "../helpers/folder.ts";
import { startMosquitto } from "../helpers/mosquitto.ts";
import { terminalTest } from "../helpers/needs.ts";
import { openTerminal } from "../helpers/terminal.ts";
import { isRestored, openTui, publish } from "../helpers/tui.ts";
import { weir } from "../helpers/weir.ts";

terminalTest(
  "tui shows readings as they come, and what was rejected",
  async () => {
    await using run = await openTui();
    const { mosquitto, terminal } = run;
    const { alternate, cursor } = await terminal.state();
    assert.deepEqual([alternate, cursor], [true, false]);
    await mosquitto.publishLines("sensor-data", [
      '["lux-1", 611, 284.1312]',
      '["door\\u001b[2J", 1, "op\\u0007en"]',
      "{not JSON",
    ]);
    await terminal.shows(/lux-1 +284\.1312/);
    await terminal.shows(/door\\x1b\[2J +op\\x07en/);
    await terminal.shows(/Rejected a message on sensor-data: not JSON/);
    await terminal.shows(/ping \d+\.\d ms +MQTT 5/);
    await terminal.press("b");
    await terminal.shows(/mosquitto version 2/);
    await terminal.press("l");
    await terminal.shows(/── Rejected[^]*sensor-data +not JSON[^]*\{not JSON/);
    await terminal.press("q");
    assert.equal(await terminal.code(), 0);
    await isRestored(terminal);
  },
);

terminalTest(
  "a sensor that sends is not offline, whatever its board said before",
  async () => {
    await using run = await openTui();
    const { mosquitto, terminal } = run;
    const status = ["-t", "weir/lux-1/status", "-m", '{"state":"offline"}'];
    await publish(mosquitto, 1);
    await mosquitto.publish(...status);
    await terminal.shows(/lux-1 .*offline/);
    // A screen that is looked at late shows one that is offline again.
    const sending = setInterval(() => publish(mosquitto, 1), 500);
    await terminal.shows(/lux-1 .*\d s/).finally(() => clearInterval(sending));
  },
);

terminalTest(
  "tui publishes, filters, sorts, and shows a sensor's chart",
  async () => {
    await using run = await openTui({ columns: 120, rows: 40 });
    const { mosquitto, terminal } = run;
    await mosquitto.publishLines("sensor-data", [
      ..."123".split("").map((n) => `["lux-${n}", 0, ${n}0]`),
      '["door", 0, false]',
    ]);
    await terminal.shows(/door +false/);
    await terminal.press("p");
    await terminal.shows(/Publish on topic: sensor-data/);
    await terminal.press("Enter");
    await terminal.type('["by hand", 0, 42]');
    await terminal.press("Enter");
    await terminal.shows(/by hand +42/);

    await terminal.press("/");
    await terminal.type("x-");
    await terminal.shows(/“x-” of 5/);
    await terminal.press("Enter", "s", "s");
    await terminal.shows(/by value[^]*lux-3[^]*lux-2[^]*lux-1/);
    await terminal.press("Down", "Enter");
    await terminal.shows(/── lux-2 ─[^]*┤[^]*└[^]*last 20 · min 20/);
    await terminal.press("+");
    await terminal.shows(/last 1 min/);
    await terminal.press("?");
    await terminal.shows(/── Keys ─/);
    await terminal.press("x", "Escape");
    await terminal.shows(/› lux-2/);
  },
);

terminalTest("tui lays out anew when the terminal is resized", async () => {
  await using run = await openTui();
  const { terminal, mosquitto } = run;
  await publish(mosquitto, 1);
  for (const [columns, rows] of [[120, 40], [200, 50], [60, 15], [80, 24]]) {
    await terminal.resize(columns, rows);
    const width = columns < 140 ? columns : 119;
    // The sensors' rule is in the third row, the keys are in the last one.
    await terminal.shows(
      new RegExp(
        `^.*\n.*\n(?=.{${width}}[ \n])── Sensors ─.* 1 ──.*\n(.*\n){${
          rows - 4
        }}.*q quit`,
      ),
    );
  }
  await terminal.resize(59, 14);
  await terminal.shows(/weir needs 60×15; this terminal has 59×14/);
  await terminal.resize(80, 24);
  await terminal.shows(/recording[^]*Sensors[^]*Connected/);
});

terminalTest("tui never shows a password", async () => {
  await using mosquitto = await startMosquitto();
  await using folder = await makeFolder();
  await using terminal = await openTerminal(folder.path(""), 120, 40);
  const url = mosquitto.url.replace("//", "//ada:hunter2@");
  await terminal.weir(["tui", "sensor-data"], { env: { WEIR_BROKER: url } });
  const shown = [await terminal.shows(/● connected/)];
  await mosquitto.stop();
  shown.push(await terminal.shows(/reconnecting/));
  await terminal.press("C-c");
  await terminal.code();
  // The command line that was typed is a file here.
  shown.push(await terminal.shows(/^\$$/m));
  assert.doesNotMatch(shown.join(""), /hunter2/);
});

terminalTest(
  "demo opens the terminal UI with the default permissions",
  async () => {
    await using folder = await makeFolder();
    await using terminal = await openTerminal(folder.path(""));
    const main = new URL("../../main.ts", import.meta.url).pathname;
    const checkout = main.slice(0, main.lastIndexOf("/"));
    // The default set reads and writes in the checkout only.
    await terminal.run([
      ...["sh", "-c", `cd '${folder.path("")}' && exec "$@"`, "sh"],
      ...[Deno.execPath(), "run", "-q", "--no-prompt"],
      ...["--config", `${checkout}/deno.json`, "-P"],
      ...[`--allow-read=.,${checkout}`, "--allow-write=."],
      ...[main, "demo"],
    ]);
    await terminal.shows(/● recording[^]*demo\.csv/);
    await terminal.shows(/lux-2 +\d+\.\d+/);
    await terminal.shows(/([5-9]|\d\d) rows · [1-9]\d* safe/);
    await terminal.press("q", "y");
    assert.equal(await terminal.code(), 0);
    await isRestored(terminal);
    assert.ok(valuesOf(await folder.read("demo.csv")).length >= 5);
  },
);

terminalTest(
  "tui has its colours where they are wanted, and none with NO_COLOR",
  async () => {
    for (const [env, coloured] of [[{}, true], [{ NO_COLOR: "1" }, false]]) {
      await using run = await openTui({ env: env as Record<string, string> });
      const { terminal, mosquitto } = run;
      await publish(mosquitto, 1);
      await terminal.shows(/lux-1/);
      // deno-lint-ignore no-control-regex
      assert.equal(/\x1b\[\d*3\dm/.test(await terminal.screen(true)), coloured);
    }
  },
);

terminalTest("tui draws where CI is set, too", async () => {
  await using run = await openTui({ env: { CI: "true" } });
  await run.terminal.shows(/Sensors/);
});

Deno.test("tui without a terminal says so, names record, and exits with 2", async () => {
  await using run = weir(["tui", "sensor-data"]);
  assert.equal(await run.code, 2);
  assert.match(run.stderr.text(), /needs a terminal.*weir record/s);
  assert.equal(run.stdout.text(), "");
});
