import assert from "node:assert/strict";
import { type PythonError, rawRepl } from "../../firmware/deploy/raw_repl.ts";
import { openTransport } from "../../firmware/deploy/open_transport.ts";
import { deviceFiles } from "../../firmware/device_files.ts";
import { inTime } from "../helpers/virtual_boards.ts";
import { type FrontOptions, startFront } from "../helpers/board_front.ts";
import { deployTo, names, startTarget } from "../helpers/deploying.ts";
import { makeFolder } from "../helpers/folder.ts";
import { weir } from "../helpers/weir.ts";

const test = (name: string, run: () => Promise<void>) =>
  Deno.test(name, () => inTime(run()));
const COUNT = Object.keys(deviceFiles).length;

/** A virtual board whose prompt is as that of another MicroPython. */
async function startOther(options: FrontOptions) {
  const stack = new AsyncDisposableStack();
  const target = stack.use(await startTarget());
  const front = stack.use(
    startFront(Number(new URL(target.port).port), options),
  );
  return {
    ...target,
    front,
    port: `tcp://127.0.0.1:${front.port}`,
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

test("Raw-paste mode carries code of any length, output and exceptions, within the window", async () => {
  await using on = await startOther({ window: 32 });
  await using transport = await openTransport(on.port);
  const repl = rawRepl(transport);
  await repl.enter();
  for (const length of [0, 1, 31, 32, 33, 63, 64, 65, 128, 5000]) {
    const code = `print(len('${"x".repeat(length)}'))`;
    assert.equal(await repl.run(code), `${length}\n`);
  }
  // To the byte: a window that is just full.
  for (let length = 60; length <= 68; length++) {
    assert.equal(await repl.run("print(1)".padEnd(length)), "1\n");
  }
  assert.equal(await repl.run("print('ü\\r€ \\x01')"), "ü€ \x01\n");
  await assert.rejects(
    repl.run("raise ValueError('no')"),
    (error: PythonError) => error.reason === "ValueError: no",
  );
  assert.equal(await repl.run("print(2)"), "2\n");
  assert.deepEqual(on.front.faults, []);
  assert.deepEqual(on.front.count, { asked: 22, pasted: 22, plain: 0 });
});

test("weir deploy uses raw-paste mode where the board has it", async () => {
  await using on = await startOther({ window: 32 });
  await using folder = await makeFolder();
  await Deno.writeTextFile(folder.path("config.py"), on.config);
  await using run = weir([
    ...["deploy", "--port", on.port, "--config", folder.path("config.py")],
  ]);
  assert.equal(await run.code, 0, run.stderr.text());
  assert.match(run.stderr.text(), /^The board runs/m);
  assert.equal((await names(on.board)).length, COUNT);
  const { count, faults } = on.front;
  assert.deepEqual(faults, []);
  assert.ok(count.pasted > 50, JSON.stringify(count));
  // Ctrl-D of the soft reset.
  assert.equal(count.plain, 1);

  // Onto a board that runs: the restart that holds off its watchdog needs no speed.
  const again = await deployTo(on.port);
  assert.deepEqual([again.write, again.same], [[], COUNT - 1]);
  assert.deepEqual(on.front.faults, []);
  assert.equal(on.front.count.plain, 3);
});

test("A board that knows nothing of raw-paste mode is asked once, and gets its code without", async () => {
  await using on = await startOther({});
  const { write } = await deployTo(on.port, { config: on.config });
  assert.equal(write.length, COUNT);
  await on.board.waitFor("Running main loop");
  assert.equal(on.front.count.pasted, 0);
  assert.ok(on.front.count.plain > 50);
  assert.equal(on.front.count.asked, 1);
});

test("A board that breaks a paste off says why, and stays as it was", async () => {
  await using on = await startOther({ window: 32, abort: 20 });
  await assert.rejects(
    deployTo(on.port, { config: on.config }),
    /no memory left for writing\./,
  );
  assert.deepEqual(on.front.faults, []);
  assert.ok(on.front.count.pasted > 20, "what was begun is removed");
  assert.ok(!(await names(on.board)).includes("weir.new"));
  const { write } = await deployTo(on.port, { config: on.config });
  assert.equal(write.length, COUNT);
});

test("A virtual board says that it has no raw-paste mode", async () => {
  await using on = await startTarget();
  await using transport = await openTransport(on.port);
  const repl = rawRepl(transport);
  await repl.enter();
  await transport.write(new TextEncoder().encode("\x05A\x01"));
  assert.ok(await repl.hear(/R\0/, 20_000));
  // One that knows of the mode says so, and waits for code as before.
  assert.equal(await repl.run("print(1 + 1)"), "2\n");
});
