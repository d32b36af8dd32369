import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { broker, publish } from "../pipeline/mod.ts";
import { openTerminal } from "../tests/helpers/terminal.ts";

const ROOT = new URL("../", import.meta.url);
const MAIN = fileURLToPath(new URL("main.ts", ROOT));
const COMPILED = fileURLToPath(new URL("dist/weir", ROOT));

/** What no recording may wait for. */
const HEAVY = ["ink", "react", "yoga-layout", "aedes"];

/**
 * Measures how long `--help` takes, from source and, where `deno task compile`
 * was run before, from `dist/weir`: the best of each, in turn. And tells what
 * each command loads, read from Deno's own log while it does its work once.
 *
 * @throws where `record` loads the terminal UI or a broker.
 */
export async function benchStartup(
  _messages: number,
  runs: number,
): Promise<void> {
  await tellTimes(runs);
  const folder = await Deno.makeTempDir();
  try {
    await using local = await broker({ port: 0 });
    const reading = '["lux-1", 624, 284.1312]';
    await publish(local.url, "sensor-data", [reading], { retain: true });
    const file = `${folder}/test.csv`;
    const at = ["-b", local.url];
    const one = [...at, "--count", "1"];
    const record = ["record", "sensor-data", file, "--retained", ...one];
    const loaded = tell("record", await loads(record));
    const heavy = HEAVY.filter((name) => loaded.includes(name));
    if (heavy.length > 0) throw new Error(`record loads ${heavy.join(", ")}`);
    tell("--help", await loads(["--help"]));
    tell("pub", await loads(["pub", "x", "1", ...at]));
    tell("sub", await loads(["sub", "sensor-data", ...one]));
    tell("broker", await loads(["broker", "--port", "0"], /^Broker is listen/));
    tell(
      "sim",
      await loads(["sim", "--boards", "1", ...at], /board publishes/),
    );
    if (spawnSync("tmux", ["-V"]).error) {
      return console.log(
        "Left out, for want of a terminal (Debian: tmux): tui",
      );
    }
    tell("tui", await loadsInTerminal(["tui", "sensor-data", ...at], folder));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function tellTimes(runs: number): Promise<void> {
  const source = ["run", "-q", "-A", MAIN, "--help"];
  const isCompiled = await Deno.stat(COMPILED).then(() => true, () => false);
  const sources: number[] = [];
  const compiled: number[] = [];
  for (let run = 0; run < runs; run++) {
    sources.push(await time(Deno.execPath(), source));
    if (isCompiled) compiled.push(await time(COMPILED, ["--help"]));
  }
  const best = (times: number[]) => `${Math.min(...times).toFixed(0)} ms`;
  console.log(`main.ts --help    ${best(sources)}`);
  if (isCompiled) console.log(`dist/weir --help  ${best(compiled)}`);
}

/** Milliseconds that a program takes to its end. */
async function time(program: string, args: string[]): Promise<number> {
  const start = performance.now();
  await new Deno.Command(program, { args }).output();
  return performance.now() - start;
}

/** Deno's arguments for a command that is to say what it loads. */
const logging = (args: string[]) => [
  ...["run", "-A", "--log-level=debug", MAIN],
  ...args,
];

/** The log of a command until it ends, or until a line matches `stays`. */
async function loads(args: string[], stays?: RegExp): Promise<string> {
  const child = new Deno.Command(Deno.execPath(), {
    args: logging(args),
    env: { NO_COLOR: "1" },
    stdout: "null",
    stderr: "piped",
  }).spawn();
  let log = "";
  let from = 0;
  for await (const text of child.stderr.pipeThrough(new TextDecoderStream())) {
    log += text;
    const lines = log.slice(from).split("\n");
    from = log.length - lines.pop()!.length;
    if (stays && lines.some((line) => stays.test(line))) child.kill("SIGINT");
  }
  await child.status;
  return log;
}

/** The log of a command that needs a terminal, until it shows sensors. */
async function loadsInTerminal(
  args: string[],
  folder: string,
): Promise<string> {
  await using terminal = await openTerminal(folder);
  const log = `${folder}/log`;
  const command = [Deno.execPath(), ...logging(args)]
    .map((word) => `'${word}'`).join(" ");
  await terminal.run(["sh", "-c", `${command} 2> '${log}'`]);
  await terminal.shows(/● connected/);
  await terminal.press("C-c");
  await terminal.code();
  return await Deno.readTextFile(log);
}

/** Prints what a command loads by its log, and returns the packages' names. */
function tell(command: string, log: string): string[] {
  const urls = new Set(
    [...log.matchAll(/module_loader.*?(file:\/\/[^\s"']+)/g)]
      .map(([, url]) => url),
  );
  const own = [...urls].filter((url) => url.startsWith(ROOT.href));
  const packages = [...urls].map((url) =>
    /\/(?:npm\/[^/]+|node_modules)\/((?:@[^/]+\/)?[^/]+)\//.exec(url)?.[1]
  ).filter((name) => name !== undefined);
  const names = [...new Set(packages)].sort();
  console.log(
    `${command}: ${own.length} modules of weir, ${packages.length} of ${
      names.join(", ")
    }`,
  );
  return names;
}
