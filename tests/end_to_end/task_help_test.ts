import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";

/** What a task prints, and its exit code. */
async function task(...args: string[]) {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["task", ...args],
    cwd: fileURLToPath(import.meta.resolve("../../")),
    env: { NO_COLOR: "1" },
  }).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, stdout: text(stdout), stderr: text(stderr) };
}

for (const name of ["torture", "brokers", "fuzz", "soak"]) {
  Deno.test(`deno task ${name} --help names its options; a wrong option is told with them`, async () => {
    const help = await task(name, "--help");
    assert.equal(help.code, 0, help.stderr);
    assert.match(help.stdout, /^ {2}--seed <value> .*\(default: \d+\)$/m);
    const wrong = await task(name, "--sed", "1");
    assert.equal(wrong.code, 2);
    assert.match(wrong.stderr, /Unknown option '--sed'[^]*--seed <value>/);
  });
}
