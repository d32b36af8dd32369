import type { Folder } from "./folder.ts";
import { type Lines, readLines } from "./lines.ts";

const ROOT = new URL("../../", import.meta.url);

/** Runs an example in a folder, as it is but for the addresses: the broker's, and `args`. */
export async function startExample(
  name: string,
  url: string,
  folder: Folder,
  ...args: string[]
): Promise<{ stdout: Lines } & AsyncDisposable> {
  const text = await Deno.readTextFile(new URL(`examples/${name}`, ROOT));
  const moved = text
    .replaceAll("mqtt://localhost", url)
    .replaceAll("../pipeline/mod.ts", new URL("pipeline/mod.ts", ROOT).href);
  await Deno.writeTextFile(folder.path(name), moved);
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "-q", "-A", "--config", new URL("deno.json", ROOT).pathname],
      folder.path(name),
      ...args.length > 0 ? [url, ...args] : [],
    ],
    cwd: folder.path("."),
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const stdout = readLines(child.stdout);
  return {
    stdout,
    async [Symbol.asyncDispose]() {
      child.kill("SIGKILL");
      await child.status;
      await stdout.ended;
    },
  };
}
