import assert from "node:assert/strict";
import { valuesOf } from "../helpers/csv_rows.ts";
import { logged, logging } from "../helpers/broker_log.ts";
import { makeFolder } from "../helpers/folder.ts";
import { startMosquitto } from "../helpers/mosquitto.ts";
import { diskTest, terminalTest } from "../helpers/needs.ts";
import { startProxy } from "../helpers/proxy.ts";
import { mountSmallDisk } from "../helpers/small_disk.ts";
import { openTerminal } from "../helpers/terminal.ts";
import { childOf, isRestored, openTui, publish } from "../helpers/tui.ts";
import { weir } from "../helpers/weir.ts";

const DURABLE = ["test.csv", "--durable", "lab"];

terminalTest(
  "tui --durable shows each number of its recording, and goes on with what came while it was away",
  async () => {
    await using run = await openTui({ args: DURABLE });
    const { mosquitto, folder, terminal } = run;
    await terminal.shows(/● durable test\.csv/);
    await terminal.press("b");
    const wanted = await publish(mosquitto, 5, 1);
    await mosquitto.publishLines("sensor-data", ["{not JSON"], "-q", "1");
    await terminal.shows(
      /5 rows written · 5 safe on disk.*\n 6 acknowledged.*\n 0 redelivered.* · 1 rejected: not JSON/,
    );
    await terminal.resize(120, 40);
    await terminal.shows(
      /5 rows written · 5 safe on disk.*\n 6 acknowledged.*\n 0 redelivered.* · 1 rejected: not JSON/,
    );
    await terminal.press("q");
    await terminal.shows(/quit\? The broker keeps what comes\. y\/n/);
    await terminal.press("y");
    assert.equal(await terminal.code(), 0);
    await terminal.shows(
      /Recorded 5 events from 1 sensor to test\.csv in .* \(1 rejected\)\nRows: 5 written, 5 safe on disk\. Messages: 6 acknowledged, 1 rejected, 0 redelivered \(left out\)/,
    );
    await isRestored(terminal);
    assert.deepEqual(valuesOf(await folder.read("test.csv")), wanted);

    wanted.push(...await publish(mosquitto, 3, 1));
    await terminal.weir([
      ...["tui", "sensor-data", ...DURABLE, "-b", mosquitto.url],
    ]);
    await terminal.shows(/● durable[^]* 3 rows · 3 safe/);
    await terminal.press("C-c");
    await terminal.shows(/Recorded 3 events/);
    assert.deepEqual(valuesOf(await folder.read("test.csv")), wanted);
  },
);

terminalTest(
  "tui --durable answers r, space and n, and records what comes meanwhile",
  async () => {
    await using run = await openTui({ args: DURABLE });
    const { mosquitto, folder, terminal } = run;
    const wanted: number[] = [];
    for (const key of ["r", "Space", "n"]) {
      await terminal.press(key);
      await terminal.shows(
        /Durable: it cannot be stopped, paused or moved\. q ends it; the broker keeps/,
      );
      wanted.push(...await publish(mosquitto, 1, 1));
      await terminal.shows(
        new RegExp(`● durable[^]* ${wanted.length} rows? ·`),
      );
      // A key that does nothing takes the notice away.
      await terminal.press("x");
      await terminal.shows(/^(?![^]*Durable: )/);
    }
    assert.doesNotMatch(await terminal.screen(), /space|stop/);
    await terminal.press("C-c");
    assert.equal(await terminal.code(), 0);
    assert.deepEqual(valuesOf(await folder.read("test.csv")), wanted);
  },
);

terminalTest(
  "tui --durable killed (SIGKILL) before its acknowledgements arrived shows what comes again, and writes it once",
  async () => {
    await using mosquitto = await startMosquitto();
    await using proxy = startProxy(mosquitto.port);
    await using folder = await makeFolder();
    const file = folder.path("test.csv");
    // What is killed leaves its terminal as it was: the next one gets a new one.
    const open = async () => {
      const own = await makeFolder();
      const terminal = await openTerminal(own.path(""));
      await terminal.weir([
        ...["tui", "sensor-data", file, "--durable", "lab", "-b", proxy.url],
      ]);
      await terminal.shows(/● connected/);
      await terminal.press("b");
      return {
        terminal,
        async [Symbol.asyncDispose]() {
          await terminal[Symbol.asyncDispose]();
          await own[Symbol.asyncDispose]();
        },
      };
    };
    const wanted: number[] = [];
    {
      await using first = await open();
      wanted.push(...await publish(mosquitto, 3, 1));
      await first.terminal.shows(/3 rows written · 3 safe[^]* 3 acknowledged/);
      proxy.muffle();
      wanted.push(...await publish(mosquitto, 40, 1));
      await first.terminal.shows(/43 rows written/);
      Deno.kill(await childOf(await first.terminal.pid()), "SIGKILL");
      assert.equal(await first.terminal.code(), 137);
    }
    proxy.cut();
    proxy.thaw();
    wanted.push(...await publish(mosquitto, 7, 1));
    await using second = await open();
    await second.terminal.shows(
      / 7 rows written · 7 safe on disk.*\n 47 acknowledged.*\n 40 redelivered.* · none rejected/,
    );
    await second.terminal.press("q", "y");
    assert.equal(await second.terminal.code(), 0);
    assert.deepEqual(valuesOf(await folder.read("test.csv")), wanted);
  },
);

/** A text too long for what is left on a page of the disk. */
const LONG = `["long", 0, "${"x".repeat(8000)}"]`;

diskTest(
  "tui --durable shows that its disk is full, with the connection, and that it is no more",
  async () => {
    await using mosquitto = await startMosquitto(logging);
    await using disk = await mountSmallDisk(256);
    await using folder = await makeFolder();
    await using terminal = await openTerminal(folder.path(""));
    const file = disk.path("test.csv");
    await terminal.weir([
      ...["tui", "sensor-data", file, "--durable", "lab"],
      ...["-b", mosquitto.url],
    ]);
    await terminal.shows(/● connected/);
    const [first] = await publish(mosquitto, 1, 1);
    await terminal.press("b");
    await terminal.shows(/1 row written[^]* 1 acknowledged/);
    await disk.fill();
    await mosquitto.publishLines("sensor-data", [LONG], "-q", "1");
    const [last] = await publish(mosquitto, 1, 1);
    await terminal.shows(
      /● connected[^]*✖ error, again in \d s[^]* 1 row written · 1 safe on disk.*\n 1 acknowledged.*\n.*none rejected.*\n no space left on the disk\n/,
    );
    await disk.free();
    await terminal.shows(
      /● connected[^]*● durable recording[^]* 3 rows written · 3 safe on disk.*\n 3 acknowledged/,
    );
    await logged(mosquitto.folder, /Received PUBACK from lab/, 3);
    await terminal.press("q", "y");
    assert.equal(await terminal.code(), 0);
    const values = valuesOf(await Deno.readTextFile(file));
    assert.deepEqual([values[0], values[2], values.length], [first, last, 3]);
  },
  { declare: terminalTest },
);

diskTest(
  "tui --durable waits for a disk that is full at its start, says so, and then records",
  async () => {
    await using mosquitto = await startMosquitto(logging);
    await using disk = await mountSmallDisk(256);
    await using folder = await makeFolder();
    await using terminal = await openTerminal(folder.path(""), 120);
    const file = disk.path("test.csv");
    await disk.fill();
    await terminal.weir([
      ...["tui", "sensor-data", file, "--durable", "lab"],
      ...["-b", mosquitto.url],
    ]);
    await terminal.shows(
      /^Cannot write .*test\.csv: no space left on the disk\. Trying again …$/m,
    );
    await disk.free();
    await terminal.shows(/● connected[^]*● durable/);
    const wanted = await publish(mosquitto, 1, 1);
    await terminal.shows(/1 row · 1 safe/);
    await terminal.press("q", "y");
    assert.equal(await terminal.code(), 0);
    assert.deepEqual(valuesOf(await Deno.readTextFile(file)), wanted);
  },
  { declare: terminalTest },
);

diskTest(
  "tui --durable ends at Ctrl-C, or by --give-up, while its disk is still full",
  async () => {
    await using mosquitto = await startMosquitto();
    await using disk = await mountSmallDisk(256);
    await using folder = await makeFolder();
    await using terminal = await openTerminal(folder.path(""), 120);
    await disk.fill();
    const args = [
      ...["tui", "sensor-data", disk.path("test.csv"), "--durable", "lab"],
      ...["-b", mosquitto.url],
    ];
    await terminal.weir([...args, "--give-up", "0.5s"]);
    assert.equal(await terminal.code(), 1);
    await terminal.shows(/Gave up. 0 rows of/);
    await isRestored(terminal);

    await terminal.run(["clear"]);
    await terminal.shows(/^\$\s*$/);
    await terminal.weir(args);
    await terminal.shows(/Trying again …$/m);
    await terminal.press("C-c");
    assert.equal(await terminal.code(), 1);
    await isRestored(terminal);
  },
  { declare: terminalTest },
);

diskTest(
  "tui --durable --give-up says that it gave up, stays until it is read, and exits with 1",
  async () => {
    await using mosquitto = await startMosquitto();
    await using disk = await mountSmallDisk(256);
    await using folder = await makeFolder();
    await using terminal = await openTerminal(folder.path(""));
    await terminal.weir([
      ...["tui", "sensor-data", disk.path("test.csv"), "--durable", "lab"],
      ...["--give-up", "0.5s", "-b", mosquitto.url],
    ]);
    await terminal.shows(/● connected/);
    await publish(mosquitto, 1, 1);
    await terminal.press("b");
    await terminal.shows(/1 row written/);
    await disk.fill();
    await mosquitto.publishLines("sensor-data", [LONG], "-q", "1");
    await terminal.shows(
      /✖ offline[^]*✖ gave up [^]* 1 row written[^]* no space left on the disk\n/,
    );
    await terminal.press("r");
    await terminal.shows(/durable recording has ended\. Quit with q/);
    await terminal.press("q");
    assert.equal(await terminal.code(), 1);
    await terminal.shows(/Gave up\. 1 row of this recording is\s+safe\./);
    await isRestored(terminal);
  },
  { declare: terminalTest },
);

for (
  const [args, said] of [
    [[], /--durable needs the file/],
    [["test.csv", "--overwrite"], /--durable does not go with --overwrite/],
    [["test.csv", "--qos", "2"], /--durable does not go with --qos 2/],
  ] as const
) {
  Deno.test(`tui --durable is refused with: ${args.join(" ") || "no file"}`, async () => {
    await using run = weir(["tui", "sensor-data", ...args, "--durable", "lab"]);
    assert.equal(await run.code, 2);
    assert.match(run.stderr.text(), said);
  });
}
