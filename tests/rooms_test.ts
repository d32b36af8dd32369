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

/** The file that each name of the kit stands in, as its mod.ts says. */
async function filesOfKit(): Promise<Map<string, string>> {
  const mod = new URL("mod.ts", KIT);
  const text = await Deno.readTextFile(mod);
  const exported = /^export (?:type )?\{([^}]*)\}\s*from "([^"]+)"/gm;
  const files = new Map<string, string>();
  for (const [, names, file] of text.matchAll(exported)) {
    for (const name of names.split(",")) {
      files.set(name.replace("type ", "").trim(), new URL(file, mod).href);
    }
  }
  return files;
}

/** What a file imports of the kit: names, and the file that they come from. */
const FROM_KIT =
  /\bimport (type )?\{([^}]*)\}\s*from\s*"([^"]+)"|const \{([^}]*)\} = await import\(\s*"([^"]+)"/g;

Deno.test("what builds on the kit imports what its mod.ts exports, values from where they stand", async () => {
  const files = await filesOfKit();
  assert.ok(files.size > 100);
  const wrong: string[] = [];
  for (const room of ["cli", "commands", "plot", "run", "tui", "web"]) {
    for (const file of (await imports(new URL(`${room}/`, ROOT))).keys()) {
      const text = await Deno.readTextFile(new URL(file));
      const code = text.replaceAll(/^ *(\*|\/\/|\/\*).*$/gm, "");
      for (
        const [, type, listed, from, loaded, called] of code.matchAll(FROM_KIT)
      ) {
        const target = new URL(from ?? called, file).href;
        if (!target.startsWith(KIT)) continue;
        for (const name of (listed ?? loaded).split(",")) {
          const [base] = name.trim().replace("type ", "").split(/ as |:/);
          if (base === "") continue;
          const place = type ? `${KIT}mod.ts` : files.get(base);
          if (!files.has(base) || target !== place) {
            wrong.push(`${file} imports ${base} from ${target}, not ${place}`);
          }
        }
      }
    }
  }
  assert.deepEqual(wrong, []);
});

/** An import or export of values, which is loaded with its file. */
const LOADED = /^(?:import|export)\b(?! type)[^;"]*?"(\.[^"]+)";/gm;

/** All files that are loaded with some. */
async function loadedWith(files: URL[]): Promise<Set<string>> {
  const seen = new Set<string>();
  const left = files.map(({ href }) => href);
  for (let file = left.pop(); file; file = left.pop()) {
    if (seen.has(file)) continue;
    seen.add(file);
    const text = await Deno.readTextFile(new URL(file));
    for (const [, target] of text.matchAll(LOADED)) {
      left.push(new URL(target, file).href);
    }
  }
  return seen;
}

Deno.test("record loads what a plain recording needs alone", async () => {
  const files = ["main", "commands/record", "run/plain_recording"];
  const loaded = await loadedWith(
    files.map((file) => new URL(`${file}.ts`, ROOT)),
  );
  assert.ok(loaded.has(new URL("pipeline/mqtt/source.ts", ROOT).href));
  const late =
    /^(firmware|plot|tui|web\/(?!http_settings)|pipeline\/(mod|live|boards|export|replay|series|durable\/(?!describe_loss)))/;
  const early = [...loaded].map((file) => file.slice(ROOT.href.length))
    .filter((file) => late.test(file));
  assert.deepEqual(early, []);
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
