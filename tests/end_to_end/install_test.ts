import assert from "node:assert/strict";
import config from "../../deno.json" with { type: "json" };
import { broker, publish } from "../../pipeline/mod.ts";
import { type Folder, makeFolder } from "../helpers/folder.ts";
import { freePort } from "../helpers/mosquitto.ts";
import { terminalTest } from "../helpers/needs.ts";
import { run } from "../helpers/run.ts";
import { openTerminal } from "../helpers/terminal.ts";
import { weir, type WeirOptions } from "../helpers/weir.ts";

const ROOT = new URL("../../", import.meta.url);

/** Installs weir in a folder. */
async function install(folder: Folder): Promise<WeirOptions> {
  const script = new URL("build/install.ts", ROOT).pathname;
  const args = ["run", "--no-lock", "-A", script, "--root", folder.path(".")];
  await run(Deno.execPath(), args);
  // The command runs the deno of the PATH, and here that is this one.
  await Deno.symlink(Deno.execPath(), folder.path("bin/deno"));
  return {
    executable: folder.path("bin/weir"),
    cwd: folder.path("."),
    env: {
      NO_COLOR: "1",
      PATH: `${folder.path("bin")}:${Deno.env.get("PATH")}`,
      HOME: Deno.env.get("HOME") ?? "",
    },
  };
}

Deno.test("deno task install makes a weir command that runs in any folder", async () => {
  await using folder = await makeFolder();
  const installed = await install(folder);
  await using version = weir(["--version"], installed);
  assert.equal(await version.code, 0, version.stderr.text());
  assert.equal(
    version.stdout.text(),
    `weir ${config.version} ${Deno.build.target}\n`,
  );
  await using local = await broker({ port: 0 });
  await using recording = weir(
    ["record", "x", "test.csv", "-b", local.url, "--count", "1"],
    installed,
  );
  await recording.stderr.match(/^Connected/);
  await publish(local.url, "x", ["{not a reading", '["lux-1", 1, 284.1312]']);
  assert.equal(await recording.code, 0, recording.stderr.text());
  assert.match(await folder.read("test.csv"), /,lux-1,284\.1312\r\n$/);
  assert.match(await folder.read("test.csv.rejects.jsonl"), /not JSON/);
  // Workers, MicroPython and its compiler, which are files of their own.
  const prompt = freePort();
  await using boards = weir(
    ["sim", "--boards", "1", "--repl", `${prompt}`, "-b", local.url],
    installed,
  );
  await boards.stderr.match(/Connection successful/);
  await using deploy = weir(
    ["deploy", "--port", `tcp://127.0.0.1:${prompt}`],
    installed,
  );
  assert.equal(await deploy.code, 0, deploy.stderr.text());
  assert.match(deploy.stderr.text(), /Writing \d+ files .*tsl2591\.mpy/);
});

terminalTest("the installed command shows the terminal UI", async () => {
  await using folder = await makeFolder();
  const { executable = "", env = {} } = await install(folder);
  await using local = await broker({ port: 0 });
  await using terminal = await openTerminal(folder.path("."));
  await terminal.run([
    ...["env", `PATH=${env.PATH}`, executable, "tui", "x", "-b", local.url],
  ]);
  await terminal.shows(/● connected/);
  await publish(local.url, "x", ['["lux-1", 1, 284.1312]']);
  await terminal.shows(/lux-1\s+284\.1312/);
  await terminal.press("q");
  assert.equal(await terminal.code(), 0);
});

Deno.test("no command loads the terminal UI, a broker or WebAssembly before it is needed", async () => {
  const main = new URL("main.ts", ROOT).href;
  const graph = JSON.parse(
    await run(Deno.execPath(), ["info", "--json", main]),
  ) as {
    redirects: Record<string, string>;
    modules: {
      specifier: string;
      dependencies?: {
        isDynamic?: boolean;
        code?: { specifier?: string };
      }[];
    }[];
  };
  const modules = new Map(graph.modules.map((each) => [each.specifier, each]));
  const loaded = new Set<string>();
  const load = (given: string) => {
    const specifier = graph.redirects[given] ?? given;
    if (loaded.has(specifier)) return;
    loaded.add(specifier);
    for (
      const { isDynamic, code } of modules.get(specifier)?.dependencies ?? []
    ) {
      if (!isDynamic && code?.specifier) load(code.specifier);
    }
  };
  load(main);
  const early = [...loaded].filter((each) =>
    /\/(commands|jsr\/command)\//.test(each)
  );
  assert.deepEqual(early, [], "a command is loaded when it is used");
  const commands = [...Deno.readDirSync(new URL("commands", ROOT))];
  for (const { name } of commands) load(new URL(`commands/${name}`, ROOT).href);
  assert.ok(commands.length >= 12);
  assert.ok(loaded.size > 30, "the graph was read");
  // A list of names, for the help of a command.
  loaded.delete(`${ROOT.href}firmware/simulator/sensor_drivers.ts`);
  const names = [...loaded].map((each) => each.replace(ROOT.href, ""));
  const late = /^(npm:\/?(ink|react|aedes|mqtt|@micropython)|tui\/|firmware\/)/;
  assert.deepEqual(names.filter((name) => late.test(name)), []);
});
