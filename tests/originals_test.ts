import assert from "node:assert/strict";
import config from "../deno.json" with { type: "json" };
import { run } from "./helpers/run.ts";

const ROOT = new URL("../", import.meta.url);

const exists = (path: string) =>
  Deno.stat(new URL(path, ROOT)).then(() => true, () => false);

/** In the copy that `deno task originals` tests, there is neither. */
const ignore = !await exists(".git") || !await exists("jsr");

Deno.test({
  name:
    "deno task originals works in a copy without stand-ins and lock, and leaves the checkout alone",
  ignore,
  async fn() {
    const switched = () =>
      Promise.all(
        ["deno.json", "deno.lock", "jsr/command/mod.ts"].map((path) =>
          Deno.readTextFile(new URL(path, ROOT))
        ),
      );
    const before = await switched();
    const script = `
      const names = [...Deno.readDirSync(".")].map(({ name }) => name);
      const config = JSON.parse(Deno.readTextFileSync("deno.json"));
      Deno.writeTextFileSync("deno.lock", "{}");
      console.log(JSON.stringify({ names, config, cwd: Deno.cwd() }));`;
    const { names, config: copied, cwd } = JSON.parse(
      await run(Deno.execPath(), [
        ...["task", "-q", "originals", "deno", "eval", "--no-config", script],
      ]),
    );
    const { links, ...rest } = config;
    assert.ok(links.length > 0);
    assert.deepEqual(copied, rest);
    for (const name of ["main.ts", "cli", "tests", ".github"]) {
      assert.ok(names.includes(name), name);
    }
    for (const name of ["jsr", "deno.lock", ".git", "node_modules"]) {
      assert.ok(!names.includes(name), name);
    }
    assert.deepEqual(await switched(), before);
    assert.equal(await Deno.stat(cwd).catch(() => "gone"), "gone");
  },
});

Deno.test({
  name: "deno task originals ends with the exit code of its command",
  ignore,
  async fn() {
    const { code } = await new Deno.Command(Deno.execPath(), {
      args: ["task", "-q", "originals", "deno", "eval", "Deno.exit(7)"],
      cwd: ROOT,
    }).output();
    assert.equal(code, 7);
  },
});

Deno.test({
  name: "a stand-in has the lowest version that its range takes",
  ignore,
  async fn() {
    const imports: Record<string, string> = config.imports;
    for (const link of (config as { links: string[] }).links) {
      const text = await Deno.readTextFile(new URL(`${link}/deno.jsonc`, ROOT));
      const [, name] = /"name": "(.*)"/.exec(text)!;
      const [, version] = /"version": "(.*)"/.exec(text)!;
      assert.equal(imports[name], `jsr:${name}@^${version}`);
    }
  },
});
