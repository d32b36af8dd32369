import assert from "node:assert/strict";
import config from "../../deno.json" with { type: "json" };
import { makeFolder } from "../helpers/folder.ts";
import { run } from "../helpers/run.ts";

const ROOT = new URL("../../", import.meta.url);

Deno.test("deno task install makes a weir command that runs in any folder", async () => {
  await using folder = await makeFolder();
  const script = new URL("build/install.ts", ROOT).pathname;
  const args = ["run", "--no-lock", "-A", script, "--root", folder.path(".")];
  await run(Deno.execPath(), args);
  const weir = folder.path("bin/weir");
  // The command runs the deno of the PATH, and here that is this one.
  await Deno.symlink(Deno.execPath(), folder.path("bin/deno"));
  const { stdout } = await new Deno.Command(weir, {
    args: ["--version"],
    cwd: folder.path("."),
    env: {
      NO_COLOR: "1",
      PATH: `${folder.path("bin")}:${Deno.env.get("PATH")}`,
    },
  }).output();
  assert.equal(
    new TextDecoder().decode(stdout),
    `weir ${config.version} ${Deno.build.target}\n`,
  );
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
  const names = [...loaded].map((each) => each.replace(ROOT.href, ""));
  const late = /^(npm:\/?(ink|react|aedes|mqtt|@micropython)|tui\/|firmware\/)/;
  assert.deepEqual(names.filter((name) => late.test(name)), []);
});
