/** Drivers and programs that fail: what a board does about it, and that it does not wear itself out. */
import assert from "node:assert/strict";
import { startStation } from "./helpers/virtual_boards.ts";
import { startFakeBroker } from "./helpers/fake_broker.ts";
import {
  fault,
  FOR_EVER,
  printed,
  readings,
  STATUS,
} from "./helpers/station_tests.ts";

/** A driver whose n-th sample is `result`, an expression of n. */
const driver = (result: string) => `
class Driver:
    def __init__(self, sensor_id):
        self.sensor_id = sensor_id
        self.n = 0

    def sample(self):
        self.n += 1
        n = self.n
        return ${result}
`;

const start = (
  port: number,
  source: string,
  config = {},
  files: Record<string, string> = {},
) =>
  startStation(port, { SENSOR: "mine.Driver", SLEEP_TIME: 5, ...config }, {
    files: { "mine.py": source, ...files },
  });

for (
  const [what, result, type] of [
    ["None", "None", "NoneType"],
    ["a tuple", "(1, 2)", "tuple"],
    ["text", "'21.5'", "str"],
    ["True", "True", "bool"],
  ]
) {
  fault(
    `A driver that returns ${what} costs its samples, is counted and reported, and restarts nothing`,
    async () => {
      await using broker = startFakeBroker();
      const source = driver(`n if n % 2 else ${result}`);
      await using board = await start(broker.port, source);
      await printed(
        board,
        `E_VALUE: sample() returned no number but ${type}`,
        3,
      );
      await broker.until(() =>
        broker.published(STATUS).some((text) =>
          JSON.parse(text).errors.E_VALUE >= 3
        )
      );
      const values = readings(broker.published("sensor-data"))
        .map(([, , value]) => value);
      assert.deepEqual(values.slice(0, 3), [1, 3, 5]);
      assert.deepEqual(board.boots, [0]);
      // What Wi-Fi to join, and nothing else.
      assert.ok(board.wear.files <= 2, `${board.wear.files}`);
    },
  );
}

/** Crashes the program as soon as `when` is true; the board's time at each boot and each sample is printed. */
const crashing = (when: string) => `
import time, thingflow
print("BOOT", time.time())

def crash():
    if ${when}:
        raise RuntimeError("a bug")
    return 1000

thingflow.background.append(crash)
`;

const NOTING = `
import time

class Driver:
    def __init__(self, sensor_id):
        self.sensor_id = sensor_id
        self.n = 0

    def sample(self):
        self.n += 1
        print("SAMPLE", time.time())
        return self.n
`;

fault(
  "A crash backs off to a minute, reports why before it samples again, and writes no flash for nothing",
  async () => {
    await using broker = startFakeBroker();
    const boot = crashing("sampled()") + `
def sampled():
    import sys
    mine = sys.modules.get("mine")
    return mine and mine.Driver.n
`;
    const source = NOTING.replaceAll("self.n", "Driver.n")
      .replace("class Driver:", "class Driver:\n    n = 0\n");
    await using board = await start(broker.port, source, {}, {
      "boot.py": boot,
    });
    await board.waitFor(() => board.boots.length >= 9);
    const seconds = (word: string) =>
      [...board.output.matchAll(RegExp(`^${word} (\\d+)`, "gm"))]
        .map(([, s]) => Number(s));
    const boots = seconds("BOOT");
    const samples = seconds("SAMPLE");
    const waits = samples.slice(1, 8).map((s, i) => s - boots[i + 1]);
    assert.deepEqual(
      waits.map((wait, i) => wait >= Math.min(60, 2 ** i) - 1),
      waits.map(() => true),
      `${waits}`,
    );
    assert.ok(waits[6] <= 66, `${waits}`);
    assert.match(board.output, /Restarted after RuntimeError: a bug/);
    // The status is published before the first sample of that boot.
    const order = broker.packets.filter(({ first }) => first >> 4 === 3)
      .map(({ body }) => new TextDecoder().decode(body));
    const at = order.findIndex((text) =>
      text.includes('"last_error": "RuntimeError: a bug"')
    );
    assert.ok(at >= 0, `${order}`);
    // One sample waits at each crash at the most; the network in the flash is another.
    assert.ok(board.wear.files <= 2 * boots.length, `${board.wear.files}`);
    assert.ok(board.wear.bytes <= 2650 * boots.length, `${board.wear.bytes}`);
  },
);

fault(
  "A crash saves the samples that wait only if they changed",
  async () => {
    // The first time when samples wait, and then before there is a new one.
    const when =
      "time.ticks_ms() > (12000 if machine.reset_cause() == 0 else 500)";
    await using board = await start(1, NOTING, FOR_EVER, {
      "boot.py": "import machine" + crashing(when),
    });
    await board.waitFor(() => board.boots.length >= 8);
    // The ring once; that the radio is on, and the network to join.
    assert.equal(board.wear.files, 3);
  },
);

fault(
  "A watchdog that bites counts as a crash, and is reported",
  async () => {
    await using broker = startFakeBroker();
    const source = driver("n if n < 3 else __import__('time').sleep(9)");
    await using board = await start(broker.port, source);
    await board.waitFor(() => board.boots.length >= 3);
    assert.deepEqual(board.boots.slice(0, 3), [0, 1, 1]);
    await broker.until(() =>
      broker.published(STATUS).some((text) =>
        JSON.parse(text).last_error === "the watchdog: the program hung"
      )
    );
  },
);

fault(
  "A driver that cannot be made is tried again at each sample, with the watchdog armed",
  async () => {
    await using broker = startFakeBroker();
    await using board = await start(
      broker.port,
      `
tries = 0

class Driver:
    def __init__(self, sensor_id):
        global tries
        tries += 1
        if tries < 4:
            raise OSError("E_I2C: not there yet")
        if tries == 4:
            import time
            time.sleep(9)

    def sample(self):
        return 1
`,
    );
    await broker.until(() =>
      broker.published(STATUS).some((text) => JSON.parse(text).errors.E_I2C)
    );
    await board.waitFor(() => board.boots.length === 2);
    assert.equal(board.boots[1], 1);
    assert.equal(board.output.split("E_I2C: not there yet").length, 4);
  },
);

fault(
  "A driver that is not on the board is an error of its samples",
  async () => {
    await using broker = startFakeBroker();
    await using board = await startStation(broker.port, {
      SENSOR: "nowhere.Driver",
    });
    await printed(board, "no module named 'nowhere'", 3);
    await broker.until(() =>
      broker.published(STATUS).some((text) =>
        JSON.parse(text).errors.ImportError
      )
    );
    assert.deepEqual(board.boots, [0]);
  },
);

fault("A sample may take 1.2 s, and an answer to a request too", async () => {
  await using broker = startFakeBroker();
  const source = driver("__import__('time').sleep_ms(1200) or n");
  await using board = await start(broker.port, source, { SLEEP_TIME: 1.3 });
  await broker.until(() => broker.published("sensor-data").length >= 50);
  const topic = "weir/lux-1/request";
  const request = new TextEncoder().encode(
    String.fromCharCode(0, topic.length) + topic +
      '{"id":1,"request":"sample"}',
  );
  for (let count = 1; count <= 10; count++) {
    await broker.send(new Uint8Array([0x30, request.length, ...request]));
    await broker.until(() =>
      broker.published("weir/lux-1/reply").length >= count
    );
  }
  assert.deepEqual(board.boots, [0]);
});
