import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";

const ROOT = new URL("../", import.meta.url);
const ROOMS = ["cli", "commands", "firmware", "pipeline", "run", "tui"];

/** An import, export or `import()` of a file of the tree; also of types alone. */
const IMPORT = /\bfrom\s*"(\.[^"]+)"|\bimport\s*\(?\s*"(\.[^"]+)"/g;

/** The files of a room, by path, with the paths that each imports. */
async function imports(
  folder: URL,
  found: Map<string, string[]> = new Map(),
): Promise<Map<string, string[]>> {
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    const file = new URL(name, folder);
    if (isDirectory) await imports(new URL(`${name}/`, folder), found);
    else if (/\.tsx?$/.test(name)) {
      const text = await Deno.readTextFile(file);
      // Examples in doc comments import from mod.ts.
      const code = text.replaceAll(/^ *(\*|\/\/|\/\*).*$/gm, "");
      found.set(
        file.href,
        [...code.matchAll(IMPORT)].map(([, from, called]) =>
          new URL(from ?? called, file).href
        ),
      );
    }
  }
  return found;
}

const KIT = new URL("pipeline/", ROOT).href;

/** An error of the command line is told before the kit is loaded. */
const ALLOWED = ["mod.ts", "error.ts"].map((name) => KIT + name);

Deno.test("what builds on the kit imports it from its mod.ts alone", async () => {
  const past: string[] = [];
  for (const room of ["cli", "commands", "run", "tui"]) {
    for (const [file, targets] of await imports(new URL(`${room}/`, ROOT))) {
      for (const target of targets) {
        if (target.startsWith(KIT) && !ALLOWED.includes(target)) {
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
