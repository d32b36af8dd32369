import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { connectAsync } from "mqtt";
import { generate, type Packet, parser } from "mqtt-packet";
import { makeFolder } from "../helpers/folder.ts";
import { type Mosquitto, startMosquitto } from "../helpers/mosquitto.ts";
import { terminalTest } from "../helpers/needs.ts";
import { startProxy } from "../helpers/proxy.ts";
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
  assert.doesNotMatch(await terminal.screen(), /── Sensors|● connected/);
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
    await terminal.shows(/● connected[^]*1 reconnect[^]*Reconnected/);
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

terminalTest(
  "tui stays, and says why, where the session is taken over for good",
  async () => {
    await using folder = await makeFolder();
    await using terminal = await openTerminal(folder.path(""));
    using broker = startTakingOver();
    await terminal.weir(["tui", "sensor-data", "test.csv", "-b", broker.url]);
    await terminal.shows(/● recording[^]*1 row/);
    await terminal.press("p", "Enter", "Enter");
    await terminal.shows(/✖ offline[^]*took over the client id/);
    await terminal.shows(/○ not recording[^]*1 row · 1 synced/);
    await terminal.press("q");
    assert.equal(await terminal.code(), 1);
    await terminal.shows(/ended the connection: another client/);
    await isRestored(terminal);
    assert.deepEqual(valuesOf(await folder.read("test.csv")), [42]);
  },
);

/**
 * A broker that gives its subscribers one reading, and tells them that their
 * session is taken over when somebody publishes. (Mosquitto 2.0.11 closes the
 * connection without a word.)
 */
function startTakingOver(): Disposable & { url: string } {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const readers = new Set<(packet: Packet) => void>();
  const serve = async (connection: Deno.Conn) => {
    const writer = connection.writable.getWriter();
    const send = (packet: Packet) =>
      void writer.write(
        new Uint8Array(generate(packet, { protocolVersion: 5 })),
      ).catch(() => {});
    const packets = parser({ protocolVersion: 5 });
    packets.on("packet", (packet) => {
      if (packet.cmd === "connect") {
        send({ cmd: "connack", sessionPresent: false, reasonCode: 0 });
      } else if (packet.cmd === "subscribe") {
        const { messageId, subscriptions: [{ topic }] } = packet;
        send({ cmd: "suback", messageId, granted: [0] });
        if (topic !== "sensor-data") return;
        readers.add(send);
        const payload = '["lux-1", 0, 42]';
        const flags = { qos: 0, dup: false, retain: false } as const;
        send({ cmd: "publish", topic, payload, ...flags });
      } else if (packet.cmd === "publish") {
        for (const reader of readers) {
          reader({ cmd: "disconnect", reasonCode: 0x8e });
        }
      }
    });
    for await (const chunk of connection.readable) {
      packets.parse(Buffer.from(chunk));
    }
  };
  (async () => {
    for await (const connection of listener) serve(connection).catch(() => {});
  })();
  return {
    url: `mqtt://127.0.0.1:${listener.addr.port}`,
    [Symbol.dispose]: () => listener.close(),
  };
}

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

for (const [how, code] of [["component", 1], ["timer", 1], ["exit", 3]]) {
  terminalTest(`the terminal is restored after a crash: ${how}`, async () => {
    await using folder = await makeFolder();
    await using terminal = await openTerminal(folder.path(""));
    await terminal.run([
      ...[Deno.execPath(), "run", "-q", "-A"],
      new URL("../helpers/crashing_screen.ts", import.meta.url).pathname,
      `${how}`,
    ]);
    await terminal.shows(/Sensors/);
    await terminal.press("C-c");
    assert.equal(await terminal.code(), code);
    await isRestored(terminal);
  });
}

terminalTest(
  "a second Ctrl-C ends tui at once, with the terminal restored",
  async () => {
    await using mosquitto = await startMosquitto();
    await using proxy = startProxy(mosquitto.port);
    await using folder = await makeFolder();
    await using terminal = await openTerminal(folder.path(""));
    await terminal.weir(["tui", "sensor-data", "-b", proxy.url]);
    await terminal.shows(/● connected/);
    // Both at once: taking leave of a broker takes a moment.
    await terminal.press("C-c", "C-c");
    assert.equal(await terminal.code(), 130);
    await isRestored(terminal);
  },
);

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
    await terminal.shows(/[5-9] rows · [1-9] synced/);
    await terminal.press("q", "y");
    assert.equal(await terminal.code(), 0);
    await isRestored(terminal);
    assert.ok(valuesOf(await folder.read("demo.csv")).length >= 5);
  },
);

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
