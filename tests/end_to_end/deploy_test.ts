import assert from "node:assert/strict";
import { deploy, type DeployOptions } from "../../firmware/deploy/deploy.ts";
import { openTransport } from "../../firmware/deploy/open_transport.ts";
import { deviceFiles } from "../../firmware/device_files.ts";
import type { Board } from "../../firmware/simulator/mod.ts";
import { switching } from "../../firmware/deploy/upload.ts";
import { precompile } from "../../firmware/precompile.ts";
import { broker } from "../../pipeline/mod.ts";
import { inTime, startStation } from "../helpers/virtual_boards.ts";
import { deployTo, names, startTarget } from "../helpers/deploying.ts";

const test = (name: string, run: () => Promise<void>) =>
  Deno.test(name, () => inTime(run()));
const COUNT = Object.keys(deviceFiles).length;

/** The reset cause of a watchdog that bit. */
const WATCHDOG = 1;

test("A fresh board gets the firmware, compiled, and runs it; then only what changed", async () => {
  await using on = await startTarget();
  const { board, config, port } = on;
  const first = await deployTo(port, { config });
  assert.equal(first.write.length, COUNT);
  assert.equal(first.write.at(-1), "main.py");
  assert.deepEqual(await names(board), first.write.toSorted());
  assert.ok(first.write.includes("ring.mpy"));
  await board.waitFor("Running main loop");

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

for (
  const [kind, files] of [
    ["", {}],
    [" that has no memory which a reset spares", {
      "boot.py": "import machine\ndel machine.RTC.memory\n",
    }],
  ] as const
) {
  test(`The armed watchdog of a board${kind} does not bite in the middle of an upload`, async () => {
    await using on = await startTarget({ files });
    const { board, config, port } = on;
    await deployTo(port, { config });
    const { told } = await deployTo(port, {
      // Longer than the watchdog waits.
      onPlan: () =>
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 4000),
      source: true,
    });
    assert.ok(told.includes("Restarting the board without its watchdog"));
    assert.ok(!board.boots.includes(WATCHDOG), `${board.boots}`);
    assert.ok(!(await names(board)).includes("weir.hold"));
    // The next start is held by nothing.
    const from = board.output.length;
    board.faults.powerCycle();
    await board.waitFor("First sample published", from);
  });
}

/** Deploys, and loses the connection after so many bytes. */
async function cutOff(port: string, options: DeployOptions) {
  await using transport = await openTransport(port);
  let bytes = 0;
  await deploy(transport, {
    ...options,
    onProgress: (more) => {
      bytes += more;
      if (bytes > 5000) transport[Symbol.asyncDispose]();
    },
  });
}

test("An upload that was cut off leaves the old set running, is taken up again, and leaves nothing behind", async () => {
  await using on = await startTarget();
  const { board, config, port } = on;
  await deployTo(port, { config });
  const before = await board.files();
  await assert.rejects(
    cutOff(port, { source: true }),
    /connection .* is gone.*Run the command again/,
  );
  const { length: from } = board.output;
  board.faults.powerCycle();
  await board.waitFor("First sample published", from);
  const between = Object.entries(await board.files());
  const beside = between.filter(([name]) => name.startsWith("weir.new/"));
  assert.ok(beside.length >= 2);
  assert.deepEqual(
    Object.fromEntries(between.filter((file) => !beside.includes(file))),
    before,
  );
  const { write, same } = await deployTo(port, { source: true });
  assert.ok(same >= 3 && write.length < COUNT, `${same}`);
  assert.equal(same + write.length, COUNT - 1);
  assert.ok(!(await names(board)).some((name) => /weir|mpy/.test(name)));
});

test("What an upload left and a later one does not want goes", async () => {
  await using on = await startTarget();
  const { board, config, port } = on;
  await assert.rejects(cutOff(port, { config, source: true }));
  const { write } = await deployTo(port, { config });
  assert.ok(write.includes("ring.mpy"), `${write}`);
  assert.deepEqual(
    await names(board),
    Object.keys(deviceFiles).map((name) =>
      name === "config.py"
        ? name
        : name === "client.py"
        ? "main.py"
        : name.replace(/py$/, "mpy")
    ).sort(),
  );
});

test("A board that loses its power while the new set takes its place has it after the next start", async () => {
  const compiled = await precompile(deviceFiles);
  for (const done of ["ring.mpy", "link.mpy"]) {
    // One file is in its place, another is not, and of both the source is to go.
    const left = done === "ring.mpy" ? "link.mpy" : "ring.mpy";
    await using local = await broker({ port: 0 });
    await using board = await startStation(local.port, {}, {
      files: {
        [done]: compiled[done],
        [`weir.new/${left}`]: compiled[left],
        "weir_switch.py": switching(["link.py", "ring.py"]),
      },
    });
    await board.waitFor("First sample published");
    const there = await names(board);
    assert.ok(there.includes("ring.mpy") && there.includes("link.mpy"));
    assert.ok(!there.some((name) => /weir|link.py|ring.py/.test(name)));
  }
});

test("A file that arrives other than it was sent does not take the place of what was there", async () => {
  await using on = await startTarget({ files: { "ring.py": "# old" } });
  await using transport = await openTransport(on.port);
  const { write } = transport;
  let name = "";
  transport.write = (bytes) => {
    const text = new TextDecoder().decode(bytes);
    // One letter of the base64 in the middle of it.
    const at = name === "ring.py" && text.startsWith("_f.write") ? 100 : 0;
    if (at) bytes[at] = text[at] === "A" ? 0x42 : 0x41;
    return write(bytes);
  };
  await assert.rejects(
    deploy(transport, {
      config: on.config,
      source: true,
      onProgress: (_, of) => name = of,
    }),
    /ring\.py did not arrive as it was sent/,
  );
  const files = await on.board.files();
  assert.equal(new TextDecoder().decode(files["ring.py"]), "# old");
  assert.ok("weir.new/restart.py" in files && !("weir.new/ring.py" in files));
});

test("A board that is unplugged, during the upload or at its start, is told as such", async () => {
  const unplugged = async (options: (board: Board) => DeployOptions) => {
    await using on = await startTarget();
    await assert.rejects(
      deployTo(on.port, { config: on.config, ...options(on.board) }),
      /The connection to tcp:.* is gone\. Was the board unplugged\?/,
    );
  };
  await unplugged((board) => ({
    onProgress: (_, name) => name === "ring.mpy" && board.stop(),
  }));
  await unplugged((board) => ({
    onProgress: (_, name) =>
      name === "main.py" &&
      board.waitFor("Connecting to").then(() => board.stop()),
  }));
});

test("A full flash is told, and what was on the board still runs", async () => {
  await using on = await startTarget();
  const { board, config, port } = on;
  await deployTo(port, { config });
  board.faults.flashFull(25_000);
  await assert.rejects(
    deployTo(port, { source: true }),
    /The board's flash is full: the new files do not fit/,
  );
  const from = board.output.length;
  await board.waitFor("Connection successful", from);
  assert.ok(!(await names(board)).some((name) => name.startsWith("weir.new")));
});

test("--dry-run changes nothing, and --no-autostart leaves the start to a person", async () => {
  await using on = await startTarget();
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

test("A changed Wi-Fi password takes effect, and deploy names the network that the board is on", async () => {
  await using on = await startTarget();
  const { board, config, port } = on;
  const { told } = await deployTo(port, { config });
  assert.equal(told.at(-1), "The board is on the Wi-Fi network my_wifi_sid");
  await assert.rejects(
    deployTo(port, {
      config: config.replace("my_wifi_password", "another password"),
    }),
    /E_WIFI_AUTH: wrong password for my_wifi_sid/,
  );
  const from = board.output.length;
  await deployTo(port, { config });
  await board.waitFor("On the Wi-Fi network my_wifi_sid", from);
});

test("What starts a board and is not weir's is left alone", async () => {
  const main = "print('mine')\n";
  await using on = await startTarget({ files: { "main.py": main } });
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

test("Without a config.py nothing is written", async () => {
  await using on = await startTarget();
  await assert.rejects(deployTo(on.port), /no config\.py yet/);
  assert.deepEqual(await names(on.board), []);
});

test("A MicroPython that is too old is told, with how to flash another, and nothing is written", async () => {
  const old = `import sys
class implementation:
    name = 'micropython'
    version = (1, 18, 0)
class Old:
    modules = sys.modules
    platform = 'esp32'
Old.implementation = implementation
sys.modules['sys'] = Old
`;
  await using on = await startTarget({ files: { "boot.py": old } });
  await assert.rejects(
    deployTo(on.port, { config: on.config }),
    /runs micropython 1\.18, and .* needs MicroPython 1\.19 or later[^]*esptool[^]*ESP32_GENERIC\.bin$/,
  );
  assert.deepEqual(await names(on.board), ["boot.py"]);
});
