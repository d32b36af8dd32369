import assert from "node:assert/strict";
import { readLedger } from "../../pipeline/durable/ledger.ts";
import { logged, logging } from "../helpers/broker_log.ts";
import { type Folder, makeFolder } from "../helpers/folder.ts";
import { type Mosquitto, startMosquitto } from "../helpers/mosquitto.ts";
import { clockTest, mosquittoTest } from "../helpers/needs.ts";
import { startProxy } from "../helpers/proxy.ts";
import { run } from "../helpers/run.ts";
import { weir, type WeirOptions } from "../helpers/weir.ts";

const send = (mosquitto: Mosquitto, from: number, to: number) =>
  mosquitto.publishLines(
    "t",
    Array.from({ length: to - from }, (_, n) => `${from + n}`),
    ...["-q", "1", "-V", "5"],
  );

/** The rows of a CSV, cell by cell. */
async function rows(folder: Folder): Promise<string[][]> {
  const text = await folder.read("test.csv");
  return text.split("\r\n").slice(1, -1).map((row) => row.split(","));
}

mosquittoTest(
  "weir that is stopped until the broker gives it up says so, and loses and doubles nothing",
  async () => {
    // The least that Mosquitto allows; it waits for half as long again.
    await using mosquitto = await startMosquitto({
      config: (folder) => `${logging.config!(folder)}\nmax_keepalive 10`,
    });
    await using folder = await makeFolder();
    await using recording = weir([
      ...["record", "t", folder.path("test.csv"), "-b", mosquitto.url],
      ...["--durable", "lab"],
    ]);
    await recording.stderr.match(/^Connected/);
    await send(mosquitto, 0, 10);
    await recording.stdout.count(10);
    recording.kill("SIGSTOP");
    await send(mosquitto, 10, 300);
    await logged(mosquitto.folder, /lab has exceeded timeout/, 1);
    await send(mosquitto, 300, 400);
    recording.kill("SIGCONT");
    await recording.stderr.match(/^Lost the connection/);
    await recording.stderr.match(/^Reconnected/);
    await recording.stdout.count(400);
    recording.kill("SIGINT");
    assert.equal(await recording.code, 0, recording.stderr.text());
    const numbers = (await rows(folder)).map((row) => Number(row[3]));
    assert.deepEqual(numbers, [...Array(400).keys()]);
  },
);

/** A clock that a test can set, for what is started with it. */
async function makeClock(folder: Folder) {
  const file = folder.path("clock");
  const set = async (offset: string) => {
    await Deno.writeTextFile(`${file}.new`, offset);
    await Deno.rename(`${file}.new`, file);
  };
  await set("+0");
  // Started by faketime itself, weir would not get the signals that it is sent.
  const library = await run("faketime", [
    "-m",
    "-f",
    "+0",
    "printenv",
    "LD_PRELOAD",
  ]);
  const options: WeirOptions = {
    env: {
      LD_PRELOAD: library.trim(),
      FAKETIME_TIMESTAMP_FILE: file,
      FAKETIME_NO_CACHE: "1",
      DONT_FAKE_MONOTONIC: "1",
    },
  };
  return { set, options };
}

clockTest(
  "a clock that is set back an hour changes the timestamps and nothing else",
  async () => {
    await using mosquitto = await startMosquitto();
    await using proxy = startProxy(mosquitto.port);
    await using folder = await makeFolder();
    const clock = await makeClock(folder);
    const file = folder.path("test.csv");
    await using recording = weir(
      ["record", "t", file, "-b", proxy.url, "--durable", "lab"],
      clock.options,
    );
    await recording.stderr.match(/^Connected/);
    await send(mosquitto, 0, 1);
    await recording.stdout.count(1);

    await clock.set("-3600");
    await send(mosquitto, 1, 2);
    await recording.stdout.count(2);
    proxy.cut();
    await recording.stderr.match(/^Reconnected/);
    await send(mosquitto, 2, 3);
    await recording.stdout.count(3);
    // The next checkpoint comes when a second is over, by no clock's time.
    const { size } = await Deno.stat(file);
    const ledger = folder.path("lab@test.csv.ledger");
    for (let at = 0; at < size;) {
      const { entries: [base] } = await readLedger(ledger);
      at = base.kind === "base" ? base.csv!.offset : 0;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    recording.kill("SIGINT");
    assert.equal(await recording.code, 0);

    const times = (await rows(folder)).map((row) => Number(row[0]));
    assert.equal(times.length, 3);
    assert.ok(times[1] < times[0] - 3500, `${times}`);
    assert.ok(times[2] >= times[1], `${times}`);
    assert.ok(Math.abs(times[0] - Date.now() / 1000) < 600, `${times}`);

    await using check = weir(["check", file]);
    assert.equal(await check.code, 1);
    assert.match(
      check.stdout.text() + check.stderr.text(),
      /3: time runs backwards: by 3[56]\d\d\.\d{3} s/,
    );
  },
);

clockTest(
  "--duration is over when it is over, also where the clock is set back",
  async () => {
    await using mosquitto = await startMosquitto();
    await using folder = await makeFolder();
    const clock = await makeClock(folder);
    await using recording = weir([
      ...["record", "t", folder.path("test.csv"), "-b", mosquitto.url],
      ...["--duration", "2s"],
    ], clock.options);
    await recording.stderr.match(/^Connected/);
    await clock.set("-3600");
    await recording.stderr.match(/^Recorded 0 events/);
    assert.equal(await recording.code, 0);
  },
);

clockTest(
  "a host's clock of 1970, and a device's, are said once, and found by check",
  async () => {
    await using mosquitto = await startMosquitto();
    await using folder = await makeFolder();
    const clock = await makeClock(folder);
    await clock.set(`-${Math.floor(Date.now() / 1000) - 3600}`);
    for (
      const [args, options, said] of [
        [
          [],
          clock.options,
          /^The clock of this computer says that it is 1970-/,
        ],
        [
          ["--timestamps", "device"],
          {},
          /^lux-1 says that it is 1970-01-01T00:10:24/,
        ],
      ] as const
    ) {
      const file = folder.path(`${args.length}.csv`);
      await using recording = weir(
        ["record", "t", file, "-b", mosquitto.url, "--count", "2", ...args],
        options,
      );
      await recording.stderr.match(/^Connected/);
      await mosquitto.publishLines("t", [
        '["lux-1", 624, 1]',
        '["lux-1", 625, 2]',
      ]);
      assert.equal(await recording.code, 0);
      await recording.stderr.match(said);
      assert.equal(recording.stderr.text().match(/cannot be/g)?.length, 1);
      await using checking = weir(["check", file]);
      assert.equal(await checking.code, 1);
      assert.match(
        checking.stdout.text(),
        /:2: 1970-\S+ cannot be: it is before 2010 \(and 1 later row\)\n$/,
      );
    }
  },
);
