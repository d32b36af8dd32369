import assert from "node:assert/strict";
import { connectAsync } from "mqtt";
import { valuesOf } from "../helpers/csv_rows.ts";
import { makeFolder } from "../helpers/folder.ts";
import { startMosquitto } from "../helpers/mosquitto.ts";
import { terminalTest } from "../helpers/needs.ts";
import { startProxy } from "../helpers/proxy.ts";
import { openTerminal } from "../helpers/terminal.ts";
import { isRestored, openTui, publish } from "../helpers/tui.ts";

terminalTest(
  "tui records with r, space and n exactly what was published",
  async () => {
    await using run = await openTui();
    const { mosquitto, folder, terminal } = run;
    await publish(mosquitto, 5);
    await terminal.shows(/lux-1 +5/);

    await terminal.press("r");
    await terminal.shows(
      /Record to file: sensor-data-\d{4}-\d\d-\d\dT\d\d-\d\d\.csv/,
    );
    await terminal.press("C-u");
    await terminal.type("first.csv");
    await terminal.press("Enter");
    await terminal.shows(/● recording/);
    const first = await publish(mosquitto, 7);
    await terminal.shows(/7 rows · 7 safe/);

    await terminal.press("Space");
    await terminal.shows(/‖ paused/);
    await publish(mosquitto, 3);
    await terminal.shows(/3 not written/);
    await terminal.press("Space");
    await terminal.shows(/● recording/);
    first.push(...await publish(mosquitto, 2));
    await terminal.shows(/9 rows · 9 safe/);

    await terminal.press("n");
    await terminal.shows(/Go on in file/);
    await terminal.press("C-u");
    await terminal.type("second.csv");
    await terminal.press("Enter");
    await terminal.shows(/ second\.csv[^]* 0 rows/);
    const second = await publish(mosquitto, 4);
    await terminal.shows(/4 rows · 4 safe/);

    await terminal.press("r");
    await terminal.shows(/○ not recording/);
    const all = await publish(mosquitto, 1);
    await terminal.shows(new RegExp(`lux-1 +${all[0]}`));
    await terminal.press("q");
    assert.equal(await terminal.code(), 0);
    await isRestored(terminal);
    assert.deepEqual(valuesOf(await folder.read("first.csv")), first);
    assert.deepEqual(valuesOf(await folder.read("second.csv")), second);
  },
);

terminalTest(
  "tui records a file on the command line from the start, and asks before it quits",
  async () => {
    await using run = await openTui({ args: ["test.csv"] });
    const { mosquitto, folder, terminal } = run;
    await terminal.shows(/● recording[^]*test\.csv/);
    const wanted = await publish(mosquitto, 3);
    await terminal.shows(/3 rows/);
    await terminal.press("q");
    await terminal.shows(/Stop recording and quit\? y\/n/);
    await terminal.press("n");
    await terminal.shows(/q quit/);
    await terminal.press("q", "y");
    assert.equal(await terminal.code(), 0);
    await terminal.shows(
      /Recorded 3 events from 1 sensor to test\.csv in .* \(0 rejected\)\n(?!Rows)/,
    );
    await isRestored(terminal);
    assert.deepEqual(valuesOf(await folder.read("test.csv")), wanted);
  },
);

terminalTest(
  "tui never overwrites a file, and says why it cannot record",
  async () => {
    await using run = await openTui();
    const { folder, terminal } = run;
    await Deno.writeTextFile(folder.path("notes.csv"), "mine\r\n");
    await terminal.press("r");
    await terminal.shows(/Record to file/);
    await terminal.press("C-u");
    await terminal.type("notes.csv");
    await terminal.press("Enter");
    await terminal.shows(/notes\.csv has another header/);
    await terminal.shows(/○ not recording/);
    assert.equal(await folder.read("notes.csv"), "mine\r\n");
  },
);

terminalTest(
  "tui shows a lost broker, goes on recording when it is back, and loses no row",
  async () => {
    await using run = await openTui({ args: ["test.csv"] });
    const { mosquitto, folder, terminal } = run;
    const wanted = await publish(mosquitto, 2);
    await terminal.shows(/2 rows/);
    await mosquitto.stop();
    await terminal.shows(/◌ reconnecting in \d+ s/);
    await terminal.shows(/No connection/);
    await mosquitto.start();
    await terminal.shows(/● connected[^]*Reconnected/);
    wanted.push(...await publish(mosquitto, 2));
    await terminal.shows(/4 rows/);
    await terminal.press("C-c");
    assert.equal(await terminal.code(), 0);
    await isRestored(terminal);
    assert.deepEqual(valuesOf(await folder.read("test.csv")), wanted);
  },
);

terminalTest(
  "tui --retained records once what the broker had kept, though it comes again with each connection",
  async () => {
    await using mosquitto = await startMosquitto();
    await using proxy = startProxy(mosquitto.port);
    await using folder = await makeFolder();
    await using terminal = await openTerminal(folder.path(""));
    await mosquitto.publish("-t", "kept", "-m", '["lux-1", 0, 1]', "-r");
    await terminal.weir([
      ...["tui", "kept", "test.csv", "--retained", "-b", proxy.url],
    ]);
    await terminal.shows(/1 row · 1 safe/);
    proxy.cut();
    await terminal.shows(/● connected[^]*Reconnected/);
    await mosquitto.publish("-t", "kept", "-m", '["lux-1", 0, 2]');
    await terminal.shows(/2 rows · 2 safe/);
    await terminal.press("q", "y");
    assert.equal(await terminal.code(), 0);
    assert.deepEqual(valuesOf(await folder.read("test.csv")), [1, 2]);
  },
);

terminalTest(
  "tui answers keys in a flood of readings, and records all of them",
  async () => {
    await using run = await openTui({
      args: ["test.csv", "-q", "1"],
      // Mosquitto drops what is over 1,000, even at QoS 1.
      config: "max_queued_messages 0",
    });
    const { mosquitto, folder, terminal } = run;
    const count = 100_000;
    const lines = Array.from({ length: count }, (_, n) => `["lux-1", 0, ${n}]`);
    const publishing = publishAll(mosquitto.url, lines);
    await terminal.shows(/k\/s[^]*[1-9],\d{3} rows/);
    await terminal.press("?");
    await terminal.shows(/── Keys ─/);
    await terminal.press("x");
    await publishing;
    await terminal.shows(
      /100,000 rows · 100,000 safe[^]* 0 rejected/,
    );
    await terminal.press("q", "y");
    assert.equal(await terminal.code(), 0);
    const values = valuesOf(await folder.read("test.csv"));
    assert.equal(values.length, count);
    assert.ok(values.every((value, n) => value === n));
  },
);

/** Publishes at QoS 1, as fast as it goes. */
async function publishAll(url: string, payloads: string[]): Promise<void> {
  const client = await connectAsync(url);
  // There are 65,535 packet ids.
  for (let sent = 0; sent < payloads.length; sent += 10_000) {
    await Promise.all(
      payloads.slice(sent, sent + 10_000).map((payload) =>
        client.publishAsync("sensor-data", payload, { qos: 1 })
      ),
    );
  }
  await client.endAsync();
}

terminalTest(
  "tui --safe-cells defuses text that a spreadsheet would run, durable or not",
  async () => {
    for (const more of [[], ["--durable", "lab"]]) {
      const args = ["test.csv", "--safe-cells", ...more];
      await using run = await openTui({ args });
      const { mosquitto, folder, terminal } = run;
      await mosquitto.publishLines(
        "sensor-data",
        ['["=1+1", 0, "@x"]'],
        "-q",
        "1",
      );
      await terminal.shows(/1 row/);
      await terminal.press("q", "y");
      assert.equal(await terminal.code(), 0);
      assert.match(await folder.read("test.csv"), /,'=1\+1,'@x\r\n$/);
    }
  },
);
