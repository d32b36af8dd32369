/** A driver of a person's own: that of the docs, and what is refused. */
import assert from "node:assert/strict";
import { checkDriver } from "../firmware/deploy/check_driver.ts";
import { startFakeBroker } from "./helpers/fake_broker.ts";
import { deployTo, startTarget } from "./helpers/deploying.ts";
import { readPage } from "./helpers/pages.ts";
import { readings } from "./helpers/station_tests.ts";
import { inTime, stationConfig } from "./helpers/virtual_boards.ts";

const [DRIVER, SENSORS] = [
  ...(await readPage("docs/adding-a-sensor.md"))
    .matchAll(/^```python\n([^]*?)^```$/gm),
].map(([, block]) => block);

const test = (name: string, run: () => Promise<void>) =>
  Deno.test(name, () => inTime(run(), 90));

test("The driver of the docs goes to a board, and its value into a row", async () => {
  assert.deepEqual(await checkDriver("lab/my_light.py", DRIVER), [
    "my_light.Light",
  ]);
  await using broker = startFakeBroker();
  await using on = await startTarget();
  const config = stationConfig(broker.port) + SENSORS;
  const drivers = { "my_light.py": DRIVER };
  const { write } = await deployTo(on.port, { config, drivers });
  assert.ok(write.includes("my_light.mpy"));
  const [[id, , lux]] = readings(broker.published("sensor-data"));
  assert.equal(id, "window");
  assert.ok(Math.abs(lux - 284.13) < 1, `${lux}`);
  // A later deploy leaves it there.
  assert.deepEqual((await deployTo(on.port)).remove, []);
  assert.ok("my_light.mpy" in await on.board.files());
});

for (
  const [what, file, source, reason] of [
    [
      "is no Python",
      "mine.py",
      "class Mine:\n  def\n",
      /mine\.py: line 2: SyntaxError/,
    ],
    [
      "fails at import",
      "mine.py",
      "1 / 0\n",
      /mine\.py: line 1: ZeroDivisionError/,
    ],
    [
      "has nothing to sample",
      "mine.py",
      "x = 1\n",
      /no class with a method sample/,
    ],
    [
      "is named after a file of the firmware",
      "ring.py",
      DRIVER,
      /a file of this name/,
    ],
    [
      "cannot be imported by its name",
      "my-light.py",
      DRIVER,
      /such as my_driver\.py/,
    ],
  ] as const
) {
  test(`A driver that ${what} is refused`, async () => {
    await assert.rejects(checkDriver(file, source), reason);
  });
}

test("A driver that imports what only the person's board has is taken", async () => {
  assert.deepEqual(await checkDriver("mine.py", "import my_chip\n"), []);
});
