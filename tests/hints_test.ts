import assert from "node:assert/strict";
import { HINTS, withHint } from "../cli/hints.ts";
import { ERROR_CODES, WeirError } from "../pipeline/mod.ts";
import { readPage } from "./helpers/pages.ts";

const ROOT = new URL("../", import.meta.url);

/** The code of a room, without comments, by file. */
async function codeOf(...rooms: string[]): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  const read = async (folder: URL) => {
    for await (const { name, isDirectory } of Deno.readDir(folder)) {
      const file = new URL(name, folder);
      if (isDirectory) await read(new URL(`${name}/`, folder));
      else if (/\.(tsx?|py)$/.test(name)) {
        const text = await Deno.readTextFile(file);
        found.set(file.href, text.replaceAll(/^ *(\*|\/\/|\/\*|#).*$/gm, ""));
      }
    }
  };
  for (const room of rooms) await read(new URL(`${room}/`, ROOT));
  return found;
}

Deno.test("no option of the command line stands in the kit, a run, the screen or the firmware", async () => {
  const files = await codeOf(
    "pipeline",
    "plot",
    "run",
    "tui",
    "web",
    "firmware",
  );
  assert.ok(files.size > 100, `${files.size} files`);
  const named: string[] = [];
  for (const [file, code] of files) {
    for (const line of code.split("\n")) {
      // esptool's options are not weir's.
      if (/[^-\w]--[a-z]/.test(line.replaceAll("- --", ""))) {
        if (!line.includes("esptool")) named.push(`${file}: ${line.trim()}`);
      }
    }
  }
  assert.deepEqual(named, []);
});

Deno.test("what the kit says would help has a hint, and each hint is asked for", async () => {
  const code = [...(await codeOf("pipeline", "web", "firmware")).values()].join(
    "\n",
  );
  const keys = Object.keys(HINTS);
  const asked = [...code.matchAll(/\bhelp: "([^"]+)"/g)].map(([, key]) => key);
  assert.ok(asked.length > 5, asked.join());
  assert.deepEqual(asked.filter((key) => !keys.includes(key)), []);
  const computed = ["read-permission", "write-permission"];
  assert.deepEqual(
    keys.filter((key) => !code.includes(`"${key}"`) && !computed.includes(key)),
    [],
  );
});

Deno.test("a hint follows the message, and an error without one is its message", () => {
  const error = (message: string, help?: string) =>
    new WeirError("ERR_WEIR_PORT", message, { facts: { help, port: 1884 } });
  assert.equal(
    withHint(error("Cannot listen", "repl-port")),
    "Cannot listen. Try: --repl 1884",
  );
  assert.equal(withHint(error("Is it there?", "ca")).match(/\?\./), null);
  assert.equal(withHint(error("It is gone")), "It is gone");
});

Deno.test("every error code is in the docs, with what happened", async () => {
  const page = await readPage("docs/error-codes.md");
  const rows = [...page.matchAll(/^\| `(ERR_WEIR_\w+)` +\| (.*?) +\|/gm)]
    .map(([, code, what]) => [code, `${what}.`]);
  assert.deepEqual(Object.fromEntries(rows), { ...ERROR_CODES });
});

Deno.test("every error code is given by some error", async () => {
  const rooms = ["pipeline", "firmware", "cli", "commands", "run"];
  const files = await codeOf(...rooms);
  const code = [...files].filter(([file]) =>
    !file.endsWith("pipeline/error.ts")
  ).map(([, text]) => text).join("\n");
  const unused = Object.keys(ERROR_CODES).filter((name) =>
    !code.includes(`"${name}"`)
  );
  assert.deepEqual(unused, []);
});
