/** What README and docs name is there: commands, options, tasks, messages, files. */
import assert from "node:assert/strict";
import config from "../deno.json" with { type: "json" };
import { codeBlocks } from "./helpers/code_blocks.ts";
import { PAGES, readPage } from "./helpers/pages.ts";
import { weir } from "./helpers/weir.ts";

const ROOT = new URL("../", import.meta.url);

/** Why a block may stand in a page without being run. */
const REASONS: Record<string, string> = {
  hardware: "needs a board on a cable",
  prompt: "a person types there",
  long: "takes minutes to hours",
  elsewhere: "has a test of its own, or is the tests",
};

/** The text of every page, by its path. */
const pages = new Map(
  await Promise.all(
    PAGES.map(async (page) => [page, await readPage(page)] as const),
  ),
);

Deno.test("every block that is not run says why", () => {
  for (const [page, text] of pages) {
    for (const { language, how } of codeBlocks(text)) {
      const [, reason] = /^ignore *(.*)/.exec(how) ?? [];
      if (reason === undefined || language === "ts") continue;
      assert.ok(Object.hasOwn(REASONS, reason), `${page}: ${language} ${how}`);
    }
  }
});

Deno.test("every command stands in a fence or between backquotes", () => {
  for (const [page, text] of pages) {
    const prose = text.replaceAll(/^( *)```[^]*?^\1```$/gm, "");
    assert.doesNotMatch(prose, /^ {4,}(\$ |>>> |(weir|deno|npx) )/m, page);
  }
});

/** Code in a page: its blocks, and what stands between backquotes. */
function code(text: string): string[] {
  const prose = text.replaceAll(/^( *)```[^]*?^\1```$/gm, "");
  const spans = [...prose.matchAll(/`([^`]+)`/g)];
  return [
    ...codeBlocks(text).filter(({ language }) => language !== "text")
      .flatMap(({ text }) => text.replaceAll("\\\n", " ").split("\n")),
    ...spans.map(([, span]) => span.replaceAll(/\s+/g, " ")),
  ];
}

/** The options of each command, by its name; of weir itself by "". */
async function commandTree(): Promise<Map<string, string[]>> {
  await using run = weir(["completions", "bash"]);
  assert.equal(await run.code, 0);
  const script = run.stdout.text();
  return new Map(
    [...script.matchAll(/^ +(?:\*:1|-\*:(\w+)):\*\) words="(.*)" ;;$/gm)]
      .map(([, name = "", words]) => [
        name,
        words.split(" ").filter((word) => word.startsWith("-")),
      ]),
  );
}

Deno.test("every command of weir in README and docs is one, and takes the options it is given", async () => {
  const tree = await commandTree();
  assert.ok(tree.size > 10);
  let seen = 0;
  for (const [page, text] of pages) {
    for (const line of code(text)) {
      const given = /(?:^|[\s(])(?:weir|main\.ts) ([^#|>)]*)/.exec(line);
      if (!given) continue;
      const words = given[1].split(" ").filter((word) => word !== "");
      const name = words[0]?.startsWith("-") ? "" : words.shift() ?? "";
      seen++;
      const options = tree.get(name);
      assert.ok(options, `${page}: ${line}`);
      for (const word of words.filter((word) => /^--?[a-z]/.test(word))) {
        assert.ok(options.includes(word), `${page}: ${line}: ${word}`);
      }
    }
  }
  assert.ok(seen > 50, `${seen}`);
});

/** What stands alone in a page and is none: of another program, or the end of all options. */
const OTHERS = ["--no-lock", "--"];

Deno.test("every option that README and docs name is one of weir's", async () => {
  const all = new Set([...(await commandTree()).values()].flat());
  for (const [page, text] of pages) {
    for (const span of code(text).filter((span) => span.startsWith("--"))) {
      const [option] = span.split(/[ =]/);
      assert.ok(
        all.has(option) || OTHERS.includes(option),
        `${page}: ${option}`,
      );
    }
  }
});

Deno.test("every task in README and docs is one, and takes the options it is given", async () => {
  const tasks: Record<string, { description: string; command?: string }> =
    config.tasks;
  for (const [page, text] of pages) {
    for (const line of code(text)) {
      const given = /\bdeno(?:@\S+)? task ([^#|>)]*)/.exec(line);
      if (!given) continue;
      const [name, ...words] = given[1].split(" ")
        .filter((word) => word !== "--no-lock" && word !== "");
      assert.ok(Object.hasOwn(tasks, name), `${page}: ${line}`);
      const script = /\S+\.ts/.exec(tasks[name].command ?? "")?.[0];
      for (const word of words.filter((word) => word.startsWith("--"))) {
        const source = await readPage(script!);
        const declared = new RegExp(`^ +${word.slice(2)}: [[{]`, "m");
        assert.match(source, declared, line);
      }
    }
  }
});

Deno.test("every message in docs/troubleshooting.md is one that weir says", async () => {
  let sources = "";
  for (
    const folder of ["pipeline", "run", "cli", "commands", "firmware", "build"]
  ) {
    sources += await readAll(new URL(`${folder}/`, ROOT));
  }
  const page = pages.get("docs/troubleshooting.md")!;
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

async function readAll(folder: URL): Promise<string> {
  let text = "";
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    if (isDirectory) text += await readAll(new URL(`${name}/`, folder));
    else text += await Deno.readTextFile(new URL(name, folder));
  }
  return text;
}

Deno.test("every link from README and docs to a file leads to one", async () => {
  for (const [page, text] of pages) {
    for (const [, target] of text.matchAll(/\]\(([^)#:]+)(?:#[^)]*)?\)/g)) {
      const file = new URL(target, new URL(page, ROOT));
      assert.ok(await exists(file), `${page} links to ${target}`);
    }
  }
});

function exists(file: URL): Promise<boolean> {
  return Deno.stat(file).then(() => true, () => false);
}

Deno.test("README, the gate and the workflow name one version of Deno", async () => {
  const named = await Promise.all(
    ["README.md", ".ci/run", ".github/workflows/ci.yml"].map(async (path) => {
      const versions = (await readPage(path)).match(/\bdeno@[\d.]*\d/g) ?? [];
      assert.ok(versions.length > 0, path);
      return versions;
    }),
  );
  assert.equal(new Set(named.flat()).size, 1, `${named}`);
});

Deno.test("README leads to every page of docs", () => {
  for (const page of PAGES) {
    if (page === "README.md") continue;
    assert.ok(pages.get("README.md")!.includes(`](${page})`), page);
  }
});

Deno.test("docs/kit.md names every part of the kit", async () => {
  const kit = await import("../pipeline/mod.ts");
  const page = pages.get("docs/kit.md")!;
  for (const name of Object.keys(kit)) {
    assert.match(page, new RegExp(`\\b${name}\\b`), name);
  }
});
