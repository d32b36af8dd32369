import assert from "node:assert/strict";
import { connectAsync } from "mqtt";
import { makeFolder } from "../helpers/folder.ts";
import { type Mosquitto, startMosquitto } from "../helpers/mosquitto.ts";
import { terminalTest } from "../helpers/needs.ts";
import { openTerminal, type Terminal } from "../helpers/terminal.ts";
import { weir } from "../helpers/weir.ts";

/** A folder, a broker, and a terminal with `weir tui` on its screen. */
async function open(
  {
    args = [] as string[],
    columns = 80,
    rows = 24,
    env = {},
    config = "sys_interval 1",
  } = {},
) {
  const stack = new AsyncDisposableStack();
  const mosquitto = stack.use(await startMosquitto({ config: () => config }));
  const folder = stack.use(await makeFolder());
  const terminal = stack.use(
    await openTerminal(folder.path(""), columns, rows),
  );
  await terminal.weir(["tui", "sensor-data", ...args, "-b", mosquitto.url], {
    env,
  });
  await terminal.shows(/● connected/);
  return {
    mosquitto,
    folder,
    terminal,
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

let number = 0;

/** Publishes so many numbered readings and returns their numbers. */
async function publish(mosquitto: Mosquitto, count: number): Promise<number[]> {
  const numbers = Array.from({ length: count }, () => ++number);
  await mosquitto.publishLines(
    "sensor-data",
    numbers.map((n) => `["lux-1", 0, ${n}]`),
  );
  return numbers;
}

/** The values in a CSV. */
function valuesOf(csv: string): number[] {
  const [header, ...rows] = csv.split("\r\n");
  assert.equal(header, "timestamp,datetime,sensor_id,value");
  assert.equal(rows.pop(), "");
  return rows.map((row) => Number(row.split(",")[3]));
}

/** Whether the terminal is as it was before. */
async function isRestored(terminal: Terminal): Promise<void> {
  await terminal.shows(/^\$$/m);
  assert.deepEqual(await terminal.state(), {
    alternate: false,
    cursor: true,
    canonical: true,
    echo: true,
  });
  assert.doesNotMatch(await terminal.screen(), /Sensors|● connected/);
}

terminalTest(
  "tui shows readings as they come, and what was rejected",
  async () => {
    await using run = await open();
    const { mosquitto, terminal } = run;
    const { alternate, cursor } = await terminal.state();
    assert.deepEqual([alternate, cursor], [true, false]);
    await mosquitto.publishLines("sensor-data", [
      '["lux-1", 611, 284.1312]',
      '["door\\u001b[2J", 1, "op\\u0007en"]',
      "not JSON",
    ]);
    await terminal.shows(/lux-1 +284\.1312/);
    await terminal.shows(/door\\x1b\[2J +op\\x07en/);
    await terminal.shows(/Rejected a message on sensor-data: not JSON/);
    await terminal.shows(/MQTT 5[^]*ping \d+\.\d ms[^]*mosquitto version 2/);
    await terminal.press("q");
    assert.equal(await terminal.code(), 0);
    await isRestored(terminal);
  },
);

terminalTest(
  "tui records with r, space and n exactly what was published",
  async () => {
    await using run = await open();
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
    await terminal.shows(/7 rows · 7 synced/);

    await terminal.press("Space");
    await terminal.shows(/‖ paused/);
    await publish(mosquitto, 3);
    await terminal.shows(/shown, not written: 3/);
    await terminal.press("Space");
    await terminal.shows(/● recording/);
    first.push(...await publish(mosquitto, 2));
    await terminal.shows(/9 rows · 9 synced/);

    await terminal.press("n");
    await terminal.shows(/Go on in file/);
    await terminal.press("C-u");
    await terminal.type("second.csv");
    await terminal.press("Enter");
    await terminal.shows(/ second\.csv[^]*0 rows/);
    const second = await publish(mosquitto, 4);
    await terminal.shows(/4 rows · 4 synced/);

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
    await using run = await open({ args: ["test.csv"] });
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
    await terminal.shows(/Recorded 3 events to test\.csv in .* \(0 rejected\)/);
    await isRestored(terminal);
    assert.deepEqual(valuesOf(await folder.read("test.csv")), wanted);
  },
);

terminalTest(
  "tui never overwrites a file, and says why it cannot record",
  async () => {
    await using run = await open();
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
  "tui publishes, filters, sorts, and shows a sensor's chart",
  async () => {
    await using run = await open({ columns: 120, rows: 40 });
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
  await using run = await open();
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
  await terminal.shows(/Sensors[^]*Recording[^]*Log/);
});

terminalTest(
  "tui shows a lost broker, goes on recording when it is back, and loses no row",
  async () => {
    await using run = await open({ args: ["test.csv"] });
    const { mosquitto, folder, terminal } = run;
    const wanted = await publish(mosquitto, 2);
    await terminal.shows(/2 rows/);
    await mosquitto.stop();
    await terminal.shows(/◌ reconnecting in \d+ s/);
    await terminal.shows(/No connection/);
    await mosquitto.start();
    await terminal.shows(/● connected[^]*1 reconnects[^]*Reconnected/);
    wanted.push(...await publish(mosquitto, 2));
    await terminal.shows(/4 rows/);
    await terminal.press("C-c");
    assert.equal(await terminal.code(), 0);
    await isRestored(terminal);
    assert.deepEqual(valuesOf(await folder.read("test.csv")), wanted);
  },
);

terminalTest("tui waits for a broker that is not there yet", async () => {
  await using mosquitto = await startMosquitto();
  await using folder = await makeFolder();
  await using terminal = await openTerminal(folder.path(""));
  await mosquitto.stop();
  await terminal.weir(["tui", "sensor-data", "-b", mosquitto.url]);
  await terminal.shows(/reconnecting[^]*connection refused/);
  await mosquitto.start();
  await terminal.shows(/● connected/);
});

terminalTest(
  "tui gives up at once where the broker refuses the login",
  async () => {
    await using mosquitto = await startMosquitto({ anonymous: false });
    await using folder = await makeFolder();
    await using terminal = await openTerminal(folder.path(""));
    await terminal.weir(["tui", "sensor-data", "-b", mosquitto.url]);
    assert.equal(await terminal.code(), 1);
    await terminal.shows(/refused the connection: not authorized/);
    await isRestored(terminal);
  },
);

for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) {
  terminalTest(
    `tui ends gracefully on ${signal}, and restores the terminal`,
    async () => {
      await using run = await open({ args: ["test.csv"] });
      const { mosquitto, folder, terminal } = run;
      const wanted = await publish(mosquitto, 3);
      await terminal.shows(/3 rows/);
      Deno.kill(await childOf(await terminal.pid()), signal);
      assert.equal(await terminal.code(), 0);
      await isRestored(terminal);
      assert.deepEqual(valuesOf(await folder.read("test.csv")), wanted);
    },
  );
}

/** The only child of a process. */
async function childOf(pid: number): Promise<number> {
  const text = await Deno.readTextFile(
    `/proc/${pid}/task/${pid}/children`,
  );
  const [child] = text.trim().split(" ");
  return Number(child);
}

terminalTest(
  "tui has its colours where they are wanted, and none with NO_COLOR",
  async () => {
    for (const [env, coloured] of [[{}, true], [{ NO_COLOR: "1" }, false]]) {
      await using run = await open({ env: env as Record<string, string> });
      const { terminal, mosquitto } = run;
      await publish(mosquitto, 1);
      await terminal.shows(/lux-1/);
      // deno-lint-ignore no-control-regex
      assert.equal(/\x1b\[\d*3\dm/.test(await terminal.screen(true)), coloured);
    }
  },
);

terminalTest("tui draws where CI is set, too", async () => {
  await using run = await open({ env: { CI: "true" } });
  await run.terminal.shows(/Sensors/);
});

terminalTest(
  "tui answers keys in a flood of readings, and records all of them",
  async () => {
    await using run = await open({
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
    await terminal.shows(/100,000 rows · 100,000 synced/);
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

Deno.test("tui without a terminal says so, names record, and exits with 2", async () => {
  await using run = weir(["tui", "sensor-data"]);
  assert.equal(await run.code, 2);
  assert.match(run.stderr.text(), /needs a terminal.*weir record/s);
  assert.equal(run.stdout.text(), "");
});
