import assert from "node:assert/strict";
import { deploy, type DeployOptions } from "../../firmware/deploy/deploy.ts";
import { findPort } from "../../firmware/deploy/ports.ts";
import { rawRepl } from "../../firmware/deploy/raw_repl.ts";
import { openTransport } from "../../firmware/deploy/transport.ts";
import type { Plan } from "../../firmware/deploy/upload.ts";
import { deviceFiles } from "../../firmware/device.ts";
import {
  type Board,
  type BoardOptions,
  serveRepl,
  startBoard,
} from "../../firmware/simulator/mod.ts";
import { broker } from "../../pipeline/mod.ts";
import { inTime, stationConfig } from "../helpers/boards.ts";
import { makeFolder } from "../helpers/folder.ts";
import { readLines } from "../helpers/lines.ts";
import { freePort } from "../helpers/mosquitto.ts";
import { pythonTest } from "../helpers/needs.ts";
import { weir } from "../helpers/weir.ts";

/** A board whose prompt is on a TCP port, and a broker for it. */
async function start(options: BoardOptions = {}) {
  const stack = new AsyncDisposableStack();
  const local = stack.use(await broker({ port: 0 }));
  const board = stack.use(
    await startBoard({
      light: { kind: "constant", lux: 284.1312 },
      ...options,
    }),
  );
  const { port } = stack.use(serveRepl(board));
  return {
    board,
    config: stationConfig(local.port),
    port: `tcp://127.0.0.1:${port}`,
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

/** Deploys, and resolves with what was planned. */
async function deployTo(port: string, options: DeployOptions = {}) {
  let plan: Plan | undefined;
  await using transport = await openTransport(port);
  const onPlan = (planned: Plan) => plan = planned;
  await deploy(transport, { onPlan, timeout: 20, ...options });
  const { write, remove, same } = plan!;
  return { write: write.map(({ name }) => name), remove, same };
}

const names = async (board: Board) => Object.keys(await board.files()).sort();
const test = (name: string, run: () => Promise<void>) =>
  Deno.test(name, () => inTime(run()));
const COUNT = Object.keys(deviceFiles).length;

test("A fresh board gets the firmware, compiled, and runs it; then only what changed", async () => {
  await using on = await start();
  const { board, config, port } = on;
  const first = await deployTo(port, { config });
  assert.equal(first.write.length, COUNT);
  assert.equal(first.write.at(-1), "main.py");
  assert.deepEqual(await names(board), first.write.toSorted());
  assert.ok(first.write.includes("ring.mpy"));
  await board.waitFor("Running main loop");

  // It runs now, and its watchdog is armed: an upload takes longer than that needs to bite.
  const second = await deployTo(port, { source: true });
  assert.deepEqual(
    second.remove.sort(),
    first.write.filter((name) => name.endsWith(".mpy")).sort(),
  );
  assert.equal(second.write.length, COUNT - 2);
  assert.equal(second.same, 1);
  const files = await board.files();
  assert.deepEqual(
    Object.keys(files).sort(),
    [
      ...Object.keys(deviceFiles).filter((name) => name !== "client.py"),
      "main.py",
    ].sort(),
  );
  assert.equal(
    new TextDecoder().decode(files["ring.py"]),
    deviceFiles["ring.py"],
  );
  const WATCHDOG = 1;
  assert.ok(!board.boots.includes(WATCHDOG), `${board.boots}`);

  const third = await deployTo(port, {
    source: true,
    config: config + "# x\n",
  });
  assert.deepEqual([third.write, third.remove, third.same], [
    ["config.py"],
    [],
    COUNT - 1,
  ]);
});

test("An upload that was cut off is taken up again, and leaves nothing behind", async () => {
  await using on = await start();
  const { board, config, port } = on;
  const cutOff = async () => {
    await using transport = await openTransport(port);
    let bytes = 0;
    await deploy(transport, {
      config,
      onProgress: (more) => {
        bytes += more;
        if (bytes > 5000) transport[Symbol.asyncDispose]();
      },
    });
  };
  await assert.rejects(
    cutOff(),
    /connection .* is gone.*Run the command again/,
  );
  const there = await names(board);
  assert.ok(
    there.includes("weir.tmp") && !there.includes("main.py"),
    `${there}`,
  );
  board.faults.powerCycle();
  await board.waitFor(() => board.boots.length === 2);
  const { write, same } = await deployTo(port, { config });
  assert.ok(same >= 2 && write.length < COUNT, `${same}`);
  assert.equal(same + write.length, COUNT);
  assert.ok(!(await names(board)).includes("weir.tmp"));
});

test("A full flash is told, and what was on the board still runs", async () => {
  await using on = await start();
  const { board, config, port } = on;
  await deployTo(port, { config });
  board.faults.flashFull(25_000);
  await assert.rejects(
    deployTo(port, { source: true }),
    /The board's flash is full: \w+\.py does not fit/,
  );
  const from = board.output.length;
  await board.waitFor("Connection successful", from);
  assert.ok(!(await names(board)).includes("weir.tmp"));
});

test("--dry-run changes nothing, and --no-autostart leaves the start to a person", async () => {
  await using on = await start();
  const { board, config, port } = on;
  const planned = await deployTo(port, { config, dryRun: true });
  assert.equal(planned.write.length, COUNT);
  assert.deepEqual(await names(board), []);
  await deployTo(port, { config });
  const { write, remove } = await deployTo(port, { autostart: false });
  assert.deepEqual([write, remove], [["client.py"], ["main.py"]]);
  await board.waitFor(/>>> $/);
  board.type("import client\r");
  await board.waitFor("Running main loop", board.output.length);
});

test("What starts a board and is not weir's is left alone", async () => {
  const main = "print('mine')\n";
  await using on = await start({ files: { "main.py": main } });
  const { board, config, port } = on;
  await assert.rejects(
    deployTo(port, { config }),
    /main\.py that is not weir's/,
  );
  await deployTo(port, { config, autostart: false });
  const files = await board.files();
  assert.equal(new TextDecoder().decode(files["main.py"]), main);
  assert.ok("client.py" in files);
});

test("The board's error code is shown, with what to do", async () => {
  await using on = await start();
  const { config, port } = on;
  const refused = async (text: string) => {
    await using folder = await makeFolder();
    await Deno.writeTextFile(folder.path("config.py"), text);
    await using run = weir([
      ...["deploy", "--port", port],
      ...["--config", folder.path("config.py")],
    ]);
    assert.equal(await run.code, 1);
    assert.doesNotMatch(run.stderr.text(), /secret1234|\n\s+at /);
    return run.stderr.text();
  };
  assert.match(
    await refused(config.replace("SLEEP_TIME = 5", "SLEEP_TIME = 0")),
    /E_CFG: SLEEP_TIME must be a number .*\n[^]*Correct config\.py/,
  );
  assert.match(
    await refused(config.replace(/"my_wifi_password"/, '"secret1234"')),
    /E_WIFI_AUTH: wrong password for my_wifi_sid[^]*Check WIFI_PASSWORD/,
  );
});

test("A sensor that does not answer is told, though the board has reached its broker", async () => {
  await using on = await start();
  on.board.faults.i2c(Infinity);
  await assert.rejects(
    deployTo(on.port, { config: on.config }),
    /not its sensor[^]*E_I2C: no answer[^]*wiring/,
  );
});

test("Without a config.py nothing is written", async () => {
  await using on = await start();
  await assert.rejects(deployTo(on.port), /no config\.py yet.*--new/);
  assert.deepEqual(await names(on.board), []);
});

test("Where there is no MicroPython, or nothing at all, it says how to flash one", async () => {
  const answering = async (answer: string) => {
    using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const serving = (async () => {
      using connection = await listener.accept();
      const buffer = new Uint8Array(256);
      while (await connection.read(buffer)) {
        await connection.write(new TextEncoder().encode(answer));
      }
    })();
    await using run = weir([
      "deploy",
      "--port",
      `tcp://127.0.0.1:${listener.addr.port}`,
    ]);
    assert.equal(await run.code, 1);
    await serving.catch(() => {});
    return run.stderr.text();
  };
  const [nothing, another] = await Promise.all([
    answering(""),
    answering("ets Jan  8 2013,rst cause:2, boot mode:(3,6)\r\n"),
  ]);
  assert.match(nothing, /^Nothing answers on tcp:.*[^]*esptool/m);
  assert.match(
    another,
    /^What answers is no MicroPython on tcp:.*[^]*esptool/m,
  );
});

test("A wrong port is told with its likely cause", async () => {
  const open = (port: string) => openTransport(port);
  await assert.rejects(open("/dev/ttyUSB99"), /no such port\. Is the board/);
  await assert.rejects(open("/dev/null"), /\/dev\/null is no serial port/);
  await assert.rejects(open("tcp://localhost"), /Write it like tcp:/);
  await assert.rejects(
    open(`tcp://127.0.0.1:${freePort()}`),
    /connection refused. Is a virtual board running/,
  );
  await using folder = await makeFolder();
  const devices = folder.path("");
  await assert.rejects(findPort(devices), /no serial port.*no data lines/);
  await Deno.writeTextFile(folder.path("ttyUSB0"), "");
  await Deno.writeTextFile(folder.path("tty7"), "");
  assert.match(await findPort(devices), /\/ttyUSB0$/);
  await Deno.writeTextFile(folder.path("ttyACM0"), "");
  await assert.rejects(findPort(devices), /several serial ports: .*--port/);
});

/** Opens a pseudo-terminal, prints its path, and carries bytes between it and a TCP port. */
const PTY = `
import os, pty, select, socket, sys, tty
ours, theirs = pty.openpty()
tty.setraw(theirs)
board = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
print(os.ttyname(theirs), flush=True)
while True:
    for f in select.select([ours, board], [], [])[0]:
        data = os.read(ours, 4096) if f == ours else board.recv(4096)
        if not data: sys.exit()
        board.sendall(data) if f == ours else os.write(ours, data)
`;

pythonTest(
  "weir deploy goes over a terminal device, as a serial port is one",
  () =>
    inTime((async () => {
      await using on = await start();
      const { board, config, port } = on;
      await using folder = await makeFolder();
      await Deno.writeTextFile(folder.path("config.py"), config);
      const pty = new Deno.Command("python3", {
        args: ["-c", PTY, new URL(port).port],
        stdout: "piped",
      }).spawn();
      try {
        const lines = readLines(pty.stdout);
        const device = await lines.match(/^\/dev\//);
        await using run = weir([
          ...["deploy", "--port", device, "--config", folder.path("config.py")],
        ]);
        assert.equal(await run.code, 0, run.stderr.text());
        assert.match(
          run.stderr.text(),
          /Writing 18 files \(\d+ bytes\), 0 are/,
        );
        assert.match(run.stderr.text(), /The board runs, and has reached/);
        await board.waitFor("Running main loop");
        await using again = weir(["deploy", "--port", device, "--dry-run"]);
        assert.equal(await again.code, 0, again.stderr.text());
        assert.match(again.stderr.text(), /Nothing to write: all 17 files are/);
      } finally {
        pty.kill();
        await pty.status;
      }
    })()),
);

test("A prompt on a port says that it has no raw-paste mode, and the latest client has it", async () => {
  await using on = await start();
  const bytes = (text: string) => new TextEncoder().encode(text);
  await using first = await openTransport(on.port);
  const heard = rawRepl(first);
  await heard.enter();
  await first.write(bytes("\x05A\x01"));
  assert.ok(await heard.hear(/R\0/, 20_000));
  await using second = await openTransport(on.port);
  const repl = rawRepl(second);
  await repl.enter();
  assert.equal(await repl.run("print(1 + 1)"), "2\n");
  await assert.rejects(heard.enter(), /connection/);
});

test("sim --repl serves the prompts of its boards", async () => {
  await using local = await broker({ port: 0 });
  const port = freePort();
  await using sim = weir([
    ...["sim", "--boards", "1", "-b", local.url, "--repl", `${port}`],
  ], { permissions: ["-P"] });
  await sim.stderr.match(/^lux-1: prompt at tcp:/);
  await sim.stderr.match(/lux-1: Connection successful/);
  const { write } = await deployTo(`tcp://127.0.0.1:${port}`);
  assert.ok(write.includes("ring.mpy"));
});
