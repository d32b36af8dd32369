/**
 * Puts a `weir` command on the PATH that runs this checkout:
 * `deno task install`, or `deno task install --root FOLDER`.
 *
 * @module
 */
import { fileURLToPath } from "node:url";
import config from "../deno.json" with { type: "json" };
import { PERMISSIONS } from "./executable_permissions.ts";

const ROOT = new URL("../", import.meta.url);
const path = (name: string) => fileURLToPath(new URL(name, ROOT));

// Deno keeps a copy of the configuration beside the command, where paths that
// are relative to the checkout lead nowhere.
const { imports, compilerOptions, unstable } = config;
const links = (config as { links?: string[] }).links?.map(path);
const folder = await Deno.makeTempDir({ prefix: "weir-install-" });
const copy = `${folder}/deno.json`;
await Deno.writeTextFile(
  copy,
  JSON.stringify({ imports, compilerOptions, unstable, links }),
);
const { code, stderr } = await new Deno.Command(Deno.execPath(), {
  args: [
    ...["install", "--global", "--force", "--no-lock", "--name", "weir"],
    ...["--config", copy, ...PERMISSIONS, ...Deno.args],
    path("main.ts"),
  ],
}).output();
await Deno.remove(folder, { recursive: true });
// Where it is, and how to get it onto the PATH; not each package on the way.
const text = new TextDecoder().decode(stderr);
console.error(code === 0 ? text.slice(text.search(/.*Success/)).trim() : text);
Deno.exit(code);
