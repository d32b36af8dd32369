/**
 * Tries weir with the packages that jsr/ stands in for, where the network
 * reaches JSR: `deno task originals` checks and tests, `deno task originals
 * COMMAND` runs a command, such as `deno run -A main.ts --help`.
 *
 * It works in a copy of the checkout, without jsr/, `links` and deno.lock. So
 * Deno takes the originals and makes a lock file of its own, and the checkout
 * stays as it is.
 *
 * @module
 */
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../", import.meta.url));

const CHECK = ["deno", "check"];
const TEST = ["deno", "test", "-A", "--doc", "--parallel"];

const LEFT_OUT = /^(jsr\/|deno\.lock$)/;

/** Copies what git knows or would add. */
async function copyCheckout(folder: string): Promise<void> {
  const { stdout } = await new Deno.Command("git", {
    args: ["ls-files", "-z", "--cached", "--others", "--exclude-standard"],
    cwd: ROOT,
    stderr: "inherit",
  }).output();
  const paths = new TextDecoder().decode(stdout).split("\0");
  for (const path of paths) {
    if (path === "" || LEFT_OUT.test(path)) continue;
    await Deno.mkdir(dirname(`${folder}/${path}`), { recursive: true });
    try {
      await Deno.copyFile(`${ROOT}/${path}`, `${folder}/${path}`);
    } catch (error) {
      // Removed, and not committed yet.
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }
  const file = `${folder}/deno.json`;
  const { links: _, ...config } = JSON.parse(await Deno.readTextFile(file));
  await Deno.writeTextFile(file, JSON.stringify(config, null, 2));
}

async function run([program, ...args]: string[], cwd: string): Promise<number> {
  const path = program === "deno" ? Deno.execPath() : program;
  return (await new Deno.Command(path, { args, cwd }).spawn().status).code;
}

if (import.meta.main) {
  const folder = await Deno.makeTempDir({ prefix: "weir-originals-" });
  let code = 0;
  try {
    await copyCheckout(folder);
    const commands = Deno.args.length > 0 ? [Deno.args] : [CHECK, TEST];
    for (const command of commands) {
      code = await run(command, folder);
      if (code !== 0) break;
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
  Deno.exit(code);
}
