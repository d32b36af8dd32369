/**
 * Puts a `weir` command on the PATH that runs a bundle of this checkout:
 * `deno task install`, or `deno task install --root FOLDER`.
 *
 * @module
 */
import config from "../deno.json" with { type: "json" };
import { bundle } from "./bundle.ts";
import { FLAGS } from "./executable_flags.ts";

const { main } = await bundle("dist/installed").catch(({ message }) => {
  console.error(message);
  Deno.exit(1);
});
// Deno keeps a copy of the configuration beside the command.
const folder = await Deno.makeTempDir({ prefix: "weir-install-" });
const copy = `${folder}/deno.json`;
const { imports, unstable } = config;
await Deno.writeTextFile(copy, JSON.stringify({ imports, unstable }));
const { code, stderr } = await new Deno.Command(Deno.execPath(), {
  args: [
    ...["install", "--global", "--force", "--no-lock", "--name", "weir"],
    ...["--config", copy, ...FLAGS, ...Deno.args],
    main,
  ],
}).output();
await Deno.remove(folder, { recursive: true });
// Where it is, and how to get it onto the PATH; not each package on the way.
const text = new TextDecoder().decode(stderr);
console.error(code === 0 ? text.slice(text.search(/.*Success/)).trim() : text);
Deno.exit(code);
