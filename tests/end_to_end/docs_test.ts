/**
 * Runs the shell blocks of README and docs, those of a page in one folder:
 *
 * - `sh`: to its end, which must be a good one;
 * - `sh background`: runs while the page goes on, until Ctrl-C;
 * - `sh interrupt`: each line runs until it ends or, once it has connected,
 *   until Ctrl-C;
 * - `sh ignore`: needs a board or another machine, and is not run.
 */
import assert from "node:assert/strict";
import { type Folder, makeFolder } from "../helpers/folder.ts";
import { type Lines, readLines } from "../helpers/lines.ts";
import { freePort, startMosquitto } from "../helpers/mosquitto.ts";
import { commands, shellBlocks } from "../helpers/shell_blocks.ts";

const ROOT = new URL("../../", import.meta.url);

const PAGES = [
  "README.md",
  ...[...Deno.readDirSync(new URL("docs", ROOT))]
    .map(({ name }) => `docs/${name}`)
    .filter((name) => name.endsWith(".md")).sort(),
];

/** What tells that a command has come to where it stays. */
const THERE = /^(Connected|Broker is listening|\d+ boards? publish)/;

interface Shell extends AsyncDisposable {
  stderr: Lines;
  code: Promise<number>;
  /** What was run, and what it said. */
  said(): string;
  interrupt(): void;
}

/** A page's shell: `weir` is on the PATH, and its broker at a port of its own. */
function startShell(text: string, folder: Folder, port: number): Shell {
  const child = new Deno.Command("sh", {
    // Signals from here reach sh alone; it must become the command.
    args: ["-ec", text],
    cwd: folder.path("."),
    env: {
      PATH: `${folder.path("bin")}:${Deno.env.get("PATH")}`,
      WEIR_BROKER: `mqtt://127.0.0.1:${port}`,
      NO_COLOR: "1",
    },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const stdout = readLines(child.stdout);
  const stderr = readLines(child.stderr);
  const code = Promise.all([child.status, stdout.ended, stderr.ended])
    .then(([status]) => status.code);
  let running = true;
  child.status.then(() => running = false);
  return {
    stderr,
    code,
    said: () => `${text}\n${stdout.text()}\n${stderr.text()}`,
    interrupt: () => child.kill("SIGINT"),
    async [Symbol.asyncDispose]() {
      if (running) child.kill("SIGKILL");
      await code;
    },
  };
}

/** Puts a `weir` into the folder that runs from source, its broker at the port. */
async function putWeir(folder: Folder, port: number): Promise<void> {
  const main = new URL("main.ts", ROOT).pathname;
  const run = `exec '${Deno.execPath()}' run -q -A '${main}'`;
  await Deno.mkdir(folder.path("bin"));
  await Deno.writeTextFile(
    folder.path("bin/weir"),
    `#!/bin/sh\nif [ "$1" = broker ]; then shift; ${run} broker --port ${port} "$@"; fi\n${run} "$@"\n`,
    { mode: 0o755 },
  );
}

for (const page of PAGES) {
  const text = await Deno.readTextFile(new URL(page, ROOT));
  const blocks = shellBlocks(text).filter(({ how }) => how !== "ignore");
  if (blocks.length === 0) continue;

  Deno.test(`the shell blocks of ${page} do what they say`, async () => {
    await using folder = await makeFolder();
    await using stack = new AsyncDisposableStack();
    let port = freePort();
    if (!text.includes("```sh background\nweir broker")) {
      port = stack.use(await startMosquitto()).port;
    }
    await putWeir(folder, port);
    const background: Shell[] = [];
    for (const block of blocks) {
      const what = block.text.replaceAll(
        "mqtt://pi",
        `mqtt://127.0.0.1:${port}`,
      );
      if (block.how === "background") {
        const shell = stack.use(startShell(`exec ${what}`, folder, port));
        background.push(shell);
        await shell.stderr.match(THERE);
      } else if (block.how === "interrupt") {
        for (const command of commands({ ...block, text: what })) {
          await using shell = startShell(`exec ${command}`, folder, port);
          const there = shell.stderr.match(THERE).then(() => true, () => false);
          if (await there) shell.interrupt();
          assert.equal(await shell.code, 0, shell.said());
        }
      } else {
        await using shell = startShell(what, folder, port);
        assert.equal(await shell.code, 0, shell.said());
      }
    }
    for (const shell of background.reverse()) {
      shell.interrupt();
      assert.equal(await shell.code, 0, shell.said());
    }
  });
}

Deno.test("every message in docs/troubleshooting.md is one that weir says", async () => {
  let sources = "";
  for (const folder of ["pipeline", "commands", "build"]) {
    sources += await readAll(new URL(`${folder}/`, ROOT));
  }
  const page = await Deno.readTextFile(
    new URL("docs/troubleshooting.md", ROOT),
  );
  const rows = page.split("\n").filter((line) => line.startsWith("| `"));
  assert.ok(rows.length > 20);
  for (const row of rows) {
    const cell = row.split("|")[1];
    for (const [, message] of cell.matchAll(/`([^`]+)`/g)) {
      for (const part of message.split("…")) {
        const said = part.replace(/^[\s,:]+|[\s,:]+$/g, "");
        assert.ok(sources.includes(said), `nothing says: ${said}`);
      }
    }
  }
});

Deno.test("the command of examples/weir.service is one that weir takes", async () => {
  await using folder = await makeFolder();
  await using mosquitto = await startMosquitto();
  const unit = await Deno.readTextFile(new URL("examples/weir.service", ROOT));
  const [, command] = /^ExecStart=\/usr\/local\/bin\/(.*)$/m.exec(unit) ?? [];
  assert.ok(command);
  await putWeir(folder, mosquitto.port);
  await using shell = startShell(`exec ${command}`, folder, mosquitto.port);
  await shell.stderr.match(THERE);
  shell.interrupt();
  assert.equal(await shell.code, 0, shell.said());
});

async function readAll(folder: URL): Promise<string> {
  let text = "";
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    if (isDirectory) text += await readAll(new URL(`${name}/`, folder));
    else text += await Deno.readTextFile(new URL(name, folder));
  }
  return text;
}

Deno.test("every link from README and docs to a file leads to one", async () => {
  for (const page of PAGES) {
    const text = await Deno.readTextFile(new URL(page, ROOT));
    for (const [, target] of text.matchAll(/\]\(([^)#:]+)(?:#[^)]*)?\)/g)) {
      const file = new URL(target, new URL(page, ROOT));
      assert.ok(await exists(file), `${page} links to ${target}`);
    }
  }
});

function exists(file: URL): Promise<boolean> {
  return Deno.stat(file).then(() => true, () => false);
}
