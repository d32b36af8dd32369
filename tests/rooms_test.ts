/** The rooms of docs/ARCHITECTURE.md: who imports whom, and what files are called. */
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";

const ROOT = new URL("../", import.meta.url);

/** The rooms, each with those that it may import. */
const ARROWS: Record<string, string[]> = {
  commands: ["cli", "web", "plot", "tui", "run", "pipeline", "firmware"],
  cli: ["web", "plot", "tui", "run", "pipeline", "firmware"],
  web: ["run", "pipeline"],
  plot: ["tui", "pipeline"],
  tui: ["run", "pipeline"],
  run: ["pipeline"],
  firmware: ["pipeline"],
  pipeline: [],
};
const ROOMS = Object.keys(ARROWS);

/** An import, export or `import()` of a file of the tree; also of types alone. */
const IMPORT = /\bfrom\s*"(\.[^"]+)"|\bimport\s*\(?\s*"(\.[^"]+)"/g;

/** What a file imports. */
function importsOf(text: string, file: URL): string[] {
  // Examples in doc comments import from mod.ts.
  const code = text.replaceAll(/^ *(\*|\/\/|\/\*).*$/gm, "");
  return [...code.matchAll(IMPORT)].map(([, from, called]) =>
    new URL(from ?? called, file).href
  );
}

/** The files of a room, by path, with the paths that each imports. */
async function imports(
  folder: URL,
  found: Map<string, string[]> = new Map(),
): Promise<Map<string, string[]>> {
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    const file = new URL(name, folder);
    if (isDirectory) await imports(new URL(`${name}/`, folder), found);
    else if (/\.tsx?$/.test(name)) {
      found.set(file.href, importsOf(await Deno.readTextFile(file), file));
    }
  }
  return found;
}

/** The room of a file, by its URL; a file of none is its own. */
const roomOf = (file: string) => file.slice(ROOT.href.length).split("/")[0];

Deno.test("rooms import only what lies below them", async () => {
  const wrong: string[] = [];
  for (const [room, below] of Object.entries(ARROWS)) {
    for (const [file, targets] of await imports(new URL(`${room}/`, ROOT))) {
      for (const target of targets) {
        const other = roomOf(target);
        if (![room, "deno.json", ...below].includes(other)) {
          wrong.push(`${file} imports ${target}`);
        }
      }
    }
  }
  assert.deepEqual(wrong, []);
});

Deno.test("main.ts imports commands and cli alone", async () => {
  const targets = importsOf(
    await Deno.readTextFile(new URL("main.ts", ROOT)),
    new URL("main.ts", ROOT),
  );
  assert.ok(targets.length > 10);
  for (const target of targets) {
    assert.match(roomOf(target), /^(commands|cli)$/, target);
  }
});

/** The files of source in a folder: TypeScript, and Python for boards. */
async function* sources(folder: URL): AsyncGenerator<string> {
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    if (isDirectory) yield* sources(new URL(`${name}/`, folder));
    else if (/\.(tsx?|py)$/.test(name)) yield new URL(name, folder).href;
  }
}

Deno.test("no two files have one name, but for mod.ts and the commands", async () => {
  const seen = new Map<string, string>();
  const twice: string[] = [];
  for (const room of [...ROOMS, "bench", "build", "tests"]) {
    if (room === "commands") continue;
    for await (const file of sources(new URL(`${room}/`, ROOT))) {
      const name = file.slice(file.lastIndexOf("/") + 1).replace(/\..*/, "");
      const other = seen.get(name);
      if (name !== "mod" && other) twice.push(`${other} and ${file}`);
      seen.set(name, file);
    }
  }
  assert.deepEqual(twice, []);
});

/** A function or a constant that a file exports. */
const EXPORT = /^export (?:async )?(?:function\*?|const|class) (\w+)/gm;

Deno.test("what a file exports another file uses", async () => {
  const main = new URL("main.ts", ROOT);
  const texts = new Map([[main.href, await Deno.readTextFile(main)]]);
  for (const room of [...ROOMS, "bench", "build", "tests"]) {
    for await (const file of sources(new URL(`${room}/`, ROOT))) {
      if (!file.endsWith(".py")) {
        texts.set(file, await Deno.readTextFile(new URL(file)));
      }
    }
  }
  const unused: string[] = [];
  for (const [file, text] of texts) {
    for (const [, name] of text.matchAll(EXPORT)) {
      const use = new RegExp(`\\b${name}\\b`);
      const used = [...texts].some(([other, text]) =>
        other !== file && use.test(text)
      );
      if (!used) unused.push(`${name} of ${file}`);
    }
  }
  assert.deepEqual(unused, []);
});

Deno.test("a viewer of a run imports run/ alone", async () => {
  const viewer = new URL("tests/helpers/line_viewer.ts", ROOT);
  const targets = importsOf(await Deno.readTextFile(viewer), viewer);
  assert.deepEqual(targets.map(roomOf), ["run"]);
});

const KIT = new URL("pipeline/", ROOT).href;

Deno.test("what builds on the kit imports it from its mod.ts alone", async () => {
  const past: string[] = [];
  for (const room of ["cli", "commands", "plot", "run", "tui", "web"]) {
    for (const [file, targets] of await imports(new URL(`${room}/`, ROOT))) {
      for (const target of targets) {
        if (target.startsWith(KIT) && target !== `${KIT}mod.ts`) {
          past.push(`${file} imports ${target}`);
        }
      }
    }
  }
  assert.deepEqual(past, []);
});

/** The shortest way from a file back to itself. */
function circle(file: string, graph: Map<string, string[]>): string[] {
  const ways = [[file]];
  const seen = new Set<string>();
  for (const way of ways) {
    for (const next of graph.get(way.at(-1)!) ?? []) {
      if (next === file) return [...way, next];
      if (seen.has(next)) continue;
      seen.add(next);
      ways.push([...way, next]);
    }
  }
  return [];
}

Deno.test("no file imports itself by way of others, not even for a type", async () => {
  const graph: Map<string, string[]> = new Map();
  for (const room of ROOMS) await imports(new URL(`${room}/`, ROOT), graph);
  assert.ok(graph.size > 100, `${graph.size} files`);
  const circles = [...graph.keys()].map((file) => circle(file, graph))
    .filter(({ length }) => length > 0)
    .map((way) =>
      way.map((file) => fileURLToPath(file).slice(fileURLToPath(ROOT).length))
        .join(" → ")
    );
  assert.deepEqual(circles, []);
});

Deno.test("the rooms print through say(), which no full disk of a log can stop", async () => {
  const wrong: string[] = [];
  for (const room of ROOMS) {
    for (const file of (await imports(new URL(`${room}/`, ROOT))).keys()) {
      if (file.endsWith("/pipeline/say.ts")) continue;
      const text = await Deno.readTextFile(new URL(file));
      const code = text.replaceAll(/^ *(\*|\/\/|\/\*).*$/gm, "");
      if (/\bconsole\./.test(code)) wrong.push(file);
    }
  }
  assert.deepEqual(wrong, []);
});
