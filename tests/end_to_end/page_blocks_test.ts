/**
 * Runs the blocks of README and docs, those of a page in one folder, with a
 * virtual board in place of the board:
 *
 * - `sh` and `bash`: to the end, which must be a good one;
 * - `sh background`: runs while the page goes on, until Ctrl-C;
 * - `sh interrupt`: each line runs until it ends or, once it has connected,
 *   until Ctrl-C;
 * - `sh terminal`: each line runs in a terminal until it records, and then
 *   until Ctrl-C;
 * - `console`: each command says what stands below it; numbers may differ, and
 *   `…` is anything;
 * - `pycon`: a session at a board's prompt;
 * - `ignore` and a reason: is not run.
 */
import assert from "node:assert/strict";
import {
  type CodeBlock,
  codeBlocks,
  commands,
  examples,
} from "../helpers/code_blocks.ts";
import {
  inTime,
  startPrompt,
  stationConfig,
} from "../helpers/virtual_boards.ts";
import { type Desk, setUpDesk, THERE } from "../helpers/desk.ts";
import { follow } from "../helpers/follow.ts";
import { startMosquitto } from "../helpers/mosquitto.ts";
import { MOSQUITTO, testNeeding } from "../helpers/needs.ts";
import { PAGES, readPage } from "../helpers/pages.ts";
import { type Shell, startShell } from "../helpers/shell.ts";
import { openTerminal } from "../helpers/terminal.ts";

/** What the pages run, and what a desk is set up with. */
const NEEDED = { tmux: "tmux", openssl: "openssl", ...MOSQUITTO };

const SHELLS = ["sh", "bash", "console", "pycon"];

for (const page of PAGES) {
  const text = await readPage(page);
  const blocks = codeBlocks(text).filter(({ language, how }) =>
    SHELLS.includes(language) && !how.startsWith("ignore")
  );
  if (blocks.length === 0) continue;

  testNeeding(NEEDED, `the blocks of ${page} do what they say`, async () => {
    await using desk = await setUpDesk(text);
    await using stack = new AsyncDisposableStack();
    const background: Shell[] = [];
    for (const block of blocks) {
      const here = { ...block, text: desk.here(block.text) };
      if (block.how === "background") {
        const shell = stack.use(startShell(`exec ${here.text}`, desk.options));
        background.push(shell);
        await shell.stderr.match(THERE);
      } else if (block.language !== "pycon") await runBlock(here, desk);
    }
    for (const shell of background.reverse()) {
      shell.interrupt();
      await endsWell(shell);
    }
    const sessions = blocks.filter(({ language }) => language === "pycon");
    if (sessions.length > 0) await runSessions(sessions);
  });
}

async function runBlock(block: CodeBlock, desk: Desk): Promise<void> {
  const { language, how, text } = block;
  if (language === "console") {
    for (const example of examples(text)) await runExample(example, desk);
  } else if (how === "terminal") {
    for (const command of commands(text)) await runInTerminal(command, desk);
  } else if (how === "interrupt") {
    for (const command of commands(text)) {
      await using shell = startShell(`exec ${command}`, desk.options);
      const there = shell.stderr.match(THERE).then(() => true, () => false);
      if (await there) shell.interrupt();
      await endsWell(shell);
    }
  } else {
    assert.equal(how, "", `${language} ${how}`);
    await using shell = startShell(text, { ...desk.options, shell: language });
    await endsWell(shell);
  }
}

async function endsWell(shell: Shell): Promise<void> {
  assert.equal(await shell.code, 0, shell.said());
}

async function runExample(
  { command, says, afterwards }: ReturnType<typeof examples>[number],
  desk: Desk,
): Promise<void> {
  await using shell = startShell(`exec ${command}`, desk.options);
  const saying = says.map((line, index) => {
    const pattern = alike(line);
    // The second of two lines of a kind is the second that is said.
    const nth = says.slice(0, index + 1).filter((line) => pattern.test(line));
    return Promise.any(
      [shell.stdout, shell.stderr]
        .map((lines) => lines.match(pattern, nth.length)),
    ).catch(() => assert.fail(`${pattern} was not said:\n${shell.said()}`));
  });
  await Promise.all(saying);
  if (afterwards) shell.interrupt();
  await endsWell(shell);
  for (const pattern of (afterwards ?? []).map(alike)) {
    assert.match(shell.said(), pattern);
  }
}

/** Matches a line but for its numbers. */
function alike(line: string): RegExp {
  const number = /-?\d+(?:\.\d+)*/;
  const parts = line.split(/(-?\d+(?:\.\d+)*|…)/).map((part) =>
    part === "…"
      ? ".*"
      : number.test(part)
      ? number.source
      : RegExp.escape(part)
  );
  return new RegExp(`^${parts.join("")}$`, "m");
}

async function runInTerminal(command: string, desk: Desk): Promise<void> {
  const { cwd, env } = desk.options;
  await using terminal = await openTerminal(cwd);
  const set = Object.entries(env).map(([name, value]) => `${name}=${value}`);
  await terminal.run(["env", ...set, "sh", "-c", `exec ${command}`]);
  await terminal.shows(/● (durable|recording) /);
  await terminal.press("C-c");
  assert.equal(await terminal.code(), 0, await terminal.screen());
}

/** Types sessions on a board that has the firmware and does not run it yet. */
async function runSessions(blocks: CodeBlock[]): Promise<void> {
  await using broker = await startMosquitto();
  await using board = await startPrompt({
    files: { "config.py": stationConfig(broker.port) },
  });
  for (const { text } of blocks) {
    const session = text.split("\n").map((line) =>
      line.startsWith(">>> ")
        ? line.replace(
          /'\d+\.\d+\.\d+\.\d+', 1883/,
          `'127.0.0.1', ${broker.port}`,
        )
        : line.replaceAll(/\d[\d.]*/g, "...")
    ).join("\n");
    await inTime(follow(board, session)).catch((error) =>
      assert.fail(`${error.message}. The session was:\n${board.output}`)
    );
  }
}
