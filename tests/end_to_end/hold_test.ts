/** What a person gets who interrupts a board under its watchdog, and how to keep the prompt. */
import assert from "node:assert/strict";
import { inTime, startStation } from "../helpers/virtual_boards.ts";
import { startFakeBroker } from "../helpers/fake_broker.ts";
import { serveRepl } from "../../firmware/simulator/mod.ts";
import { weir } from "../helpers/weir.ts";

const test = (name: string, run: () => Promise<void>) =>
  Deno.test(name, () => inTime(run()));
const WATCHDOG = 1;

test("A board that is interrupted under its watchdog says that it will restart and how to stop that, and weir hold does", async () => {
  await using broker = startFakeBroker();
  await using board = await startStation(broker.port, {}, { clock: "real" });
  await board.waitFor("First sample published");
  board.type("\x03");
  await board.waitFor("KeyboardInterrupt");
  assert.match(
    board.output,
    /The watchdog restarts this board within 4 s\. .* weir hold\r\n/,
  );
  await board.waitFor(() => board.boots.length === 2);
  assert.equal(board.boots[1], WATCHDOG);
  await board.waitFor("Restarted after the watchdog");

  await using repl = serveRepl(board);
  const port = `tcp://127.0.0.1:${repl.port}`;
  await using held = weir(["hold", "--port", port]);
  assert.equal(await held.code, 0, held.stderr.text());
  assert.match(held.stderr.text(), /^The board on tcp:.* is at its prompt/m);
  const { length } = board.boots;
  // Held already, it is not restarted again.
  await using again = weir(["hold", "--port", port]);
  assert.equal(await again.code, 0, again.stderr.text());
  assert.equal(board.boots.length, length);
  // Longer than the watchdog waits.
  assert.equal(
    await board.repl("import time; time.sleep(4); print(6 * 7)"),
    "42",
  );
  assert.equal(board.boots.length, length);
  const from = board.output.length;
  board.faults.reset();
  await board.waitFor("Running main loop", from);
});

test("weir hold leaves a program alone that is not the firmware", async () => {
  await using board = await startStation(1, {}, {
    files: { "main.py": "print('mine')\n" },
  });
  await using repl = serveRepl(board);
  await using held = weir(["hold", "--port", `tcp://127.0.0.1:${repl.port}`]);
  assert.equal(await held.code, 1);
  assert.match(
    held.stderr.text(),
    /main\.py that is not weir's\. It runs again/,
  );
});
