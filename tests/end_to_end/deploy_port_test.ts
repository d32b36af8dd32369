/** The port that a board is on: finding it, opening it, and what is wrong with it. */
import assert from "node:assert/strict";
import { deviceFiles } from "../../firmware/device_files.ts";
import { findPort } from "../../firmware/deploy/ports.ts";
import { rawRepl } from "../../firmware/deploy/raw_repl.ts";
import { openTransport } from "../../firmware/deploy/open_transport.ts";
import { withHint } from "../../cli/hints.ts";
import { broker, type WeirError } from "../../pipeline/mod.ts";
import { inTime } from "../helpers/virtual_boards.ts";
import { deployTo, startTarget } from "../helpers/deploying.ts";
import { makeFolder } from "../helpers/folder.ts";
import { freePort } from "../helpers/mosquitto.ts";
import { testNeeding } from "../helpers/needs.ts";
import { run } from "../helpers/run.ts";
import { weir } from "../helpers/weir.ts";
import { until } from "../helpers/until.ts";

const test = (name: string, run: () => Promise<void>) =>
  Deno.test(name, () => inTime(run()));

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
});

test("A port that another program has locked is refused", async () => {
  await using folder = await makeFolder();
  const device = folder.path("ttyUSB0");
  using other = await Deno.open(device, { write: true, create: true });
  await other.lock(true);
  await assert.rejects(
    openTransport(device),
    /ttyUSB0: another program has it open\. Close it\. Which one\? Try: fuser/,
  );
  await other.unlock();
  await assert.rejects(openTransport(device), /is no serial port/);
});

test("The port is found where there is one, and asked for where there are none or several", async () => {
  await using folder = await makeFolder();
  const devices = folder.path("");
  await assert.rejects(findPort(devices), /no serial port.*no data lines/);
  await Deno.writeTextFile(folder.path("ttyUSB0"), "");
  await Deno.writeTextFile(folder.path("tty7"), "");
  assert.match(await findPort(devices), /\/ttyUSB0$/);
  await Deno.writeTextFile(folder.path("ttyACM0"), "");
  await assert.rejects(findPort(devices), (error: WeirError) => {
    assert.match(error.message, /several serial ports: .*ttyACM0.*ttyUSB0/);
    return /Try: --port .*\/ttyACM0$/.test(withHint(error));
  });
});

test("Without Deno's permission to open devices, weir deploy says how to give it", async () => {
  for (const args of [[], ["--port", "/dev/ttyUSB0"]]) {
    await using run = weir(["deploy", ...args], { permissions: ["-P"] });
    assert.equal(await run.code, 1);
    assert.match(
      run.stderr.text(),
      /with all permissions\. Start it with them: deno run -A main\.ts deploy/,
    );
    assert.doesNotMatch(run.stderr.text(), /\n\s+at /);
  }
});

test("A device that is not the user's is told with how to make it so", async () => {
  await using folder = await makeFolder();
  const device = folder.path("ttyUSB0");
  await Deno.writeTextFile(device, "", { mode: 0o000 });
  const script = new URL("../helpers/open_as_nobody.ts", import.meta.url);
  const said = await run(Deno.execPath(), [
    ...["run", "-q", "-A", script.pathname, device],
  ]);
  assert.match(said, /no permission\. Try: .*dialout/);
});

test("A prompt is its latest client's", async () => {
  await using on = await startTarget();
  await using first = await openTransport(on.port);
  const heard = rawRepl(first);
  await heard.enter();
  await using second = await openTransport(on.port);
  const repl = rawRepl(second);
  await repl.enter();
  assert.equal(await repl.run("print(1 + 1)"), "2\n");
  await assert.rejects(heard.enter(), /connection/);
});

/** Starts a virtual board as `weir sim` does, with its prompt. */
async function startSim(
  permissions: string[],
  env: Record<string, string> = {},
) {
  const stack = new AsyncDisposableStack();
  const local = stack.use(await broker({ port: 0 }));
  const port = freePort();
  const sim = stack.use(
    weir(
      ["sim", "--boards", "1", "-b", local.url, "--repl", `${port}`],
      { permissions, env },
    ),
  );
  const prompt = await sim.stderr.match(/^lux-1: prompt at tcp:/);
  await sim.stderr.match(/lux-1: Connection successful/);
  return {
    sim,
    prompt,
    port: `tcp://127.0.0.1:${port}`,
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

test("sim --repl serves the prompts of its boards, without permission to run socat", async () => {
  await using on = await startSim(["-P"]);
  assert.equal(on.prompt, `lux-1: prompt at ${on.port}`);
  const { write } = await deployTo(on.port);
  assert.ok(write.includes("ring.mpy"));
});

test("sim --repl goes without a terminal device where there is no socat", async () => {
  await using on = await startSim(["-A"], { PATH: "/nowhere" });
  assert.equal(on.prompt, `lux-1: prompt at ${on.port}`);
});

/** The ids of the socat processes that lead to a port. */
async function socats(port: string): Promise<number[]> {
  const found: number[] = [];
  const { host } = new URL(port);
  for await (const { name } of Deno.readDir("/proc")) {
    const file = `/proc/${name}/cmdline`;
    const line = await Deno.readTextFile(file).catch(() => "");
    if (line.startsWith("socat\0") && line.includes(`tcp:${host}`)) {
      found.push(Number(name));
    }
  }
  return found;
}

if (Deno.build.os === "linux") {
  testNeeding(
    { socat: "socat" },
    "weir deploy goes over a terminal device, as a serial port is one",
    () =>
      inTime((async () => {
        await using on = await startSim(["-A"]);
        const device = / and (\/dev\/.+)$/.exec(on.prompt)![1];
        await using first = weir(["deploy", "--port", device]);
        assert.equal(await first.code, 0, first.stderr.text());
        assert.match(first.stderr.text(), /Writing \d+ files .*ring\.mpy/);
        assert.match(first.stderr.text(), /^The board runs/m);
        // The device and the TCP port are two ways to one prompt.
        // All but config.py, which is the board's own.
        assert.equal(
          (await deployTo(on.port)).same,
          Object.keys(deviceFiles).length - 1,
        );
      })()),
  );

  testNeeding(
    { socat: "socat" },
    "A socat that dies does not take the boards with it, and none is left behind",
    () =>
      inTime((async () => {
        for (const signal of ["SIGTERM", "SIGKILL"] as const) {
          await using on = await startSim(["-A"]);
          const [pid] = await socats(on.port);
          Deno.kill(pid, "SIGKILL");
          await deployTo(on.port);
          const [next] = await socats(on.port);
          assert.ok(next !== undefined && next !== pid);
          on.sim.kill(signal);
          await on.sim.code;
          await until("none is left", async () =>
            (await socats(on.port)).length === 0);
        }
      })()),
  );
}
