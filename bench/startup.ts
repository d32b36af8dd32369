/**
 * How long commands take to start, and what each of them loads:
 *
 *     deno task bench:startup
 *
 * The times are of `--help`, from source and, where `deno task compile` was run
 * before, of `dist/weir`: the best of each, in turn. What is loaded is read from
 * Deno's own log while a command does its work once.
 *
 * @module
 */
import { fileURLToPath } from "node:url";
import { broker, publish } from "../pipeline/mod.ts";

const ROOT = new URL("../", import.meta.url);
const MAIN = fileURLToPath(new URL("main.ts", ROOT));
const COMPILED = fileURLToPath(new URL("dist/weir", ROOT));
const RUNS = 9;

/** Milliseconds that a program takes to its end. */
async function time(program: string, args: string[]): Promise<number> {
  const start = performance.now();
  await new Deno.Command(program, { args }).output();
  return performance.now() - start;
}

async function tellTimes(): Promise<void> {
  const source = ["run", "-q", "-A", MAIN, "--help"];
  const isCompiled = await Deno.stat(COMPILED).then(() => true, () => false);
  const sources: number[] = [];
  const compiled: number[] = [];
  for (let run = 0; run < RUNS; run++) {
    sources.push(await time(Deno.execPath(), source));
    if (isCompiled) compiled.push(await time(COMPILED, ["--help"]));
  }
  const best = (times: number[]) => `${Math.min(...times).toFixed(0)} ms`;
  console.log(`main.ts --help    ${best(sources)}`);
  if (isCompiled) console.log(`dist/weir --help  ${best(compiled)}`);
}

/** What a command loads until it ends, or until its stderr matches `stays`. */
async function loads(args: string[], stays?: RegExp): Promise<Set<string>> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--log-level=debug", MAIN, ...args],
    env: { NO_COLOR: "1" },
    stdout: "null",
    stderr: "piped",
  }).spawn();
  const modules = new Set<string>();
  let rest = "";
  for await (const text of child.stderr.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + text).split("\n");
    rest = lines.pop()!;
    for (const line of lines) {
      const [, url] = /module_loader.*?(file:\/\/[^\s"']+)/.exec(line) ?? [];
      if (url) modules.add(url);
      if (stays?.test(line)) child.kill("SIGINT");
    }
  }
  await child.status;
  return modules;
}

/** `57 modules of weir, and of mqtt, ws`. */
function tell(modules: Set<string>): string {
  const own = [...modules].filter((url) => url.startsWith(ROOT.href));
  const packages = [...modules].map((url) =>
    /\/(?:npm\/[^/]+|node_modules)\/((?:@[^/]+\/)?[^/]+)\//.exec(url)?.[1]
  ).filter((name) => name !== undefined);
  return `${own.length} modules of weir, ${packages.length} of ${
    [...new Set(packages)].sort().join(", ")
  }`;
}

await tellTimes();
await using local = await broker({ port: 0 });
const reading = '["lux-1", 624, 284.1312]';
await publish(local.url, "sensor-data", [reading], { retain: true });
const file = `${await Deno.makeTempDir()}/test.csv`;
const at = ["-b", local.url];
const one = [...at, "--count", "1"];
const COMMANDS: [string[], RegExp?][] = [
  [["--help"]],
  [["pub", "x", "1", ...at]],
  [["sub", "sensor-data", ...one]],
  [["record", "sensor-data", file, "--retained", ...one]],
  [["broker", "--port", "0"], /^Broker is listening/],
  [["sim", "--boards", "1", ...at], /board publishes/],
];
for (const [args, stays] of COMMANDS) {
  console.log(`\n${args[0]}: ${tell(await loads(args, stays))}`);
}
await Deno.remove(file);
