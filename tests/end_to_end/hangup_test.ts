import assert from "node:assert/strict";
import { makeFolder } from "../helpers/folder.ts";
import { startMosquitto } from "../helpers/mosquitto.ts";
import { terminalTest } from "../helpers/needs.ts";
import { openTerminal } from "../helpers/terminal.ts";
import { MAIN } from "../helpers/weir.ts";

/** Starts `weir record` in a terminal, which is to close, and records a reading. */
async function recordInTerminal(starter: string[]) {
  const mosquitto = await startMosquitto();
  const folder = await makeFolder();
  const terminal = await openTerminal(folder.path(""));
  await terminal.run([
    ...[...starter, "sh", "-c"],
    'echo $$ > pid; exec "$0" "$@" 2> told',
    ...[Deno.execPath(), "run", "-q", "-A", MAIN],
    ...["record", "x", "x.csv", "-b", mosquitto.url],
  ]);
  /** Waits for what comes to a file. */
  const comes = async (name: string, pattern: RegExp) => {
    for (const end = performance.now() + 60_000;;) {
      const text = await folder.read(name).catch(() => "");
      if (pattern.test(text)) return text;
      assert.ok(performance.now() < end, `${name}: ${text}`);
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
  };
  await comes("told", /^Connected/);
  await mosquitto.publish("-t", "x", "-m", "1");
  await comes("x.csv", /,x,1\r\n$/);
  return {
    mosquitto,
    folder,
    comes,
    close: () => terminal[Symbol.asyncDispose](),
    async [Symbol.asyncDispose]() {
      const pid = Number(await folder.read("pid"));
      // It has ended, unless the test failed.
      if (await isThere(pid)) Deno.kill(pid, "SIGKILL");
      await terminal[Symbol.asyncDispose]();
      await mosquitto[Symbol.asyncDispose]();
      await folder[Symbol.asyncDispose]();
    },
  };
}

const isThere = (pid: number) =>
  Deno.stat(`/proc/${pid}`).then(() => true, () => false);

terminalTest("record ends gracefully when its terminal is closed", async () => {
  await using run = await recordInTerminal(["env"]);
  await run.close();
  await run.comes("told", /\nRecorded 1 event .*\n$/);
});

terminalTest(
  "record under nohup goes on when its terminal is closed",
  async () => {
    await using run = await recordInTerminal(["nohup"]);
    await run.close();
    await run.mosquitto.publish("-t", "x", "-m", "2");
    await run.comes("x.csv", /,x,1\r\n.*,x,2\r\n$/);
    Deno.kill(Number(await run.folder.read("pid")), "SIGTERM");
    await run.comes("told", /\nRecorded 2 events .*\n$/);
  },
);
