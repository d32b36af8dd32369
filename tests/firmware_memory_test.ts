import assert from "node:assert/strict";
import { deviceFiles } from "../firmware/device_files.ts";
import { precompile } from "../firmware/precompile.ts";
import { type Board, startBoard } from "../firmware/simulator/mod.ts";
import {
  inTime,
  LEAPING,
  startStation,
  stationConfig,
} from "./helpers/virtual_boards.ts";
import { ask as askBoard } from "../pipeline/mod.ts";
import { startMosquitto } from "./helpers/mosquitto.ts";
import { mosquittoTest } from "./helpers/needs.ts";
import { startFakeBroker } from "./helpers/fake_broker.ts";

/** The heap of an ESP8266, in bytes. */
const HEAP = 38 * 1024;

/** `main.py`, with a look at the memory before each step; the interpreter's own use is left out. */
const PROBED = deviceFiles["client.py"].replace(
  "run(step, interrupted)",
  `
import gc, sys
print("MODULES", " ".join(sys.modules))
print("STARTED", gc.mem_alloc() - base)
count = 0
least = 1 << 29

def probed():
    # The least since the last line: how much there is between two collections is chance.
    global count, least
    count += 1
    least = min(least, gc.mem_alloc() - base)
    if count % 500 == 0:
        print("STEP", count, least)
        least = 1 << 29
    return step()

run(probed)
`,
);

/** Counts what the interpreter and the virtual board's own modules use. */
const BOOT = `
import gc, machine, network, socket, time, select, random, json, binascii, struct
base = gc.mem_alloc()
`;

const modules = (board: Board) =>
  board.output.match(/MODULES (.*)/)![1].split(" ")
    .filter((name) => `${name}.py` in deviceFiles);
const steps = (board: Board) =>
  [...board.output.matchAll(/STEP (\d+) (\d+)/g)].map(([, n, used]) => ({
    n: Number(n),
    used: Number(used),
  }));

// Compiled bytes, since they are what a board holds: names and comments of the source cost it nothing. What counts is
// what an ESP8266 with one sensor loads; drivers and parts that it does not use may be as long as they need to be.
Deno.test("What stays in memory is at most 10.5 KB, compiled", () =>
  inTime((async () => {
    await using broker = startFakeBroker();
    await using board = await startStation(broker.port, {}, {
      files: { "boot.py": BOOT, "main.py": PROBED },
    });
    await broker.until(() => broker.published("sensor-data").length >= 1);
    await board.waitFor("STARTED");
    const loaded = [...modules(board), "loop", "tsl2591"];
    for (const name of ["settings", "start", "config", "mqtt_connect"]) {
      assert.ok(!loaded.includes(name), `${name} stays in memory`);
    }
    assert.ok(loaded.length >= 8, `${loaded}`);
    const compiled = await precompile(deviceFiles);
    const bytes = [...new Set(loaded)]
      .reduce((sum, name) => sum + compiled[`${name}.mpy`].length, 0);
    assert.ok(bytes <= 10.5 * 1024, `${bytes}`);
  })()));

Deno.test("Precompiled, the firmware starts and runs in an ESP8266's heap, even if nothing were ever freed at start", () =>
  inTime((async () => {
    await using broker = startFakeBroker();
    const files = await precompile(deviceFiles);
    await using board = await startBoard({
      clock: LEAPING,
      files: {
        ...files,
        "boot.py": BOOT,
        "main.py": PROBED,
        "config.py": stationConfig(broker.port),
      },
    });
    await broker.until(() => broker.published("sensor-data").length >= 20);
    const started = Number(board.output.match(/STARTED (\d+)/)![1]);
    assert.ok(started < HEAP, `${started}`);
  })()));

mosquittoTest(
  "What answers requests is dropped from memory again",
  () =>
    inTime((async () => {
      await using mosquitto = await startMosquitto();
      const look = PROBED.replace(
        'print("STEP", count, least)',
        'print("STEP", count, least); gc.collect(); print("LOADED", " ".join(sys.modules))',
      ).replaceAll("500", "20");
      await using board = await startStation(
        mosquitto.port,
        { SLEEP_TIME: 0.1 },
        { clock: "real", files: { "boot.py": BOOT, "main.py": look } },
      );
      await board.waitFor("Connection successful");
      const ask = async (times: number) => {
        for (let i = 0; i < times; i++) {
          const answer = await askBoard(mosquitto.url, "lux-1", "info").next();
          assert.equal(answer.value!.error, undefined);
        }
        await board.waitFor("STEP", board.output.length);
        const from = board.output.length;
        await board.waitFor(/LOADED .*\r\n/, from);
        return steps(board).at(-1)!.used;
      };
      const before = await ask(1);
      const after = await ask(30);
      assert.ok(after <= before + 512, `${before} and then ${after}`);
      assert.doesNotMatch(
        board.output.match(/LOADED .*/g)!.at(-1)!,
        /\b(pull|mqtt_connect|settings|config|restart)\b/,
      );
    })()),
);

Deno.test("Memory is flat over 10,000 samples", () =>
  inTime((async () => {
    await using broker = startFakeBroker();
    await using board = await startStation(broker.port, { SLEEP_TIME: 1 }, {
      clock: LEAPING,
      files: { "boot.py": BOOT, "main.py": PROBED },
    });
    await broker.until(() => broker.packets.length >= 12_000);
    assert.ok(broker.published("sensor-data").length >= 10_000);
    const last = steps(board).at(-1)!.n;
    assert.ok(last > 20_000, `${last}`);
    // Between two collections memory grows; what counts is the least.
    const least = (from: number, to: number) =>
      Math.min(
        ...steps(board).filter(({ n }) => n > from && n <= to).map(({ used }) =>
          used
        ),
      );
    const early = least(2000, 8000);
    const late = least(last - 6000, last);
    assert.ok(late <= early + 256, `${early} and then ${late}`);
    assert.ok(late < HEAP / 2 + 4096, `${late}`);
  })()));
