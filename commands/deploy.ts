import { defineCommand } from "../cli/define_command.ts";
import {
  option,
  repeatable,
  seconds,
  text,
  toggle,
} from "../cli/define_option.ts";
import type { Plan } from "../firmware/deploy/upload.ts";
import { WeirError } from "../pipeline/error.ts";
import { say } from "../pipeline/say.ts";
import { endOnSignals } from "../cli/end_on_signals.ts";
import { UsageError } from "../cli/usage_error.ts";

/** `weir deploy`: puts the firmware on a board. */
export const command = defineCommand({
  description: "Put the firmware on a board that runs MicroPython.\n\n" +
    "Only what changed is written, each file is verified, and then it is started.\n" +
    "From source it needs deno run -A main.ts deploy:\n" +
    "Deno opens devices only with all permissions.",
  options: {
    port: option(
      "-p, --port <port>",
      "Serial port, or tcp://host:port of a virtual board. (default: the only port)",
      text,
    ),
    config: option(
      "--config <file>",
      "The config.py to put on the board. (default: keep the board's own)",
      text,
    ),
    new: toggle(
      "--new",
      "Ask for the few settings needed, and write config.py.",
    ),
    add: repeatable(
      "--add <file>",
      "Also copy this driver of your own. Repeat it for several.",
      text,
    ),
    noAutostart: toggle(
      "--no-autostart",
      "Do not start at boot. Start by hand: import client",
    ),
    source: toggle("--source", "Copy the modules as source, not compiled."),
    dryRun: toggle("--dry-run", "Show what would be done."),
    timeout: option(
      "--timeout <seconds>",
      "Wait this long for the first sample.",
      seconds(),
      { default: 60 },
    ),
  },
  examples: [
    ["The first time", "weir deploy --new"],
    ["After a change of config.py", "weir deploy --config config.py"],
    ["With a driver of your own", "weir deploy --add my_driver.py"],
    ["A virtual board", "weir deploy --port tcp://localhost:2323"],
  ],
  async action({ source, dryRun, timeout, noAutostart, ...options }) {
    const autostart = !noAutostart;
    if (options.new && options.config !== undefined) {
      throw new UsageError(
        "--new writes a config.py, --config takes one: give one of them.",
      );
    }
    if (options.new && dryRun) {
      throw new UsageError("--new writes a config.py, --dry-run nothing.");
    }
    const { findPort } = await import("../firmware/deploy/ports.ts");
    const port = options.port ?? await findPort();
    const { promptConfig } = await import("../cli/prompt_config.ts");
    const file = options.new ? "config.py" : options.config;
    const config = options.new
      ? await promptConfig("config.py")
      : file === undefined
      ? undefined
      : await readText(file, "there is no such file. Write one with --new");
    const authority = file === undefined
      ? undefined
      : await readAuthority(file, config!);
    const drivers = await readDrivers(options.add ?? []);
    const { deploy } = await import("../firmware/deploy/deploy.ts");
    const { openTransport } = await import(
      "../firmware/deploy/open_transport.ts"
    );
    await using transport = await openTransport(port);
    const bar = progressBar();
    using ending = endOnSignals();
    try {
      await deploy(transport, {
        signal: ending.signal,
        config,
        authority,
        drivers,
        autostart,
        source,
        dryRun,
        timeout,
        onPlan: (plan) => {
          say(`The board on ${port}`);
          tellPlan(plan, dryRun);
          bar.total = plan.write.reduce(
            (sum, file) => sum + file.data.length,
            0,
          );
        },
        onProgress: bar.add,
        tell: (what) => say(what),
      });
    } catch (error) {
      if (!ending.signal.aborted) throw error;
      throw new WeirError(
        "ERR_WEIR_BROKEN_OFF",
        "Broken off. What is done is kept: run the command again. The board starts what it has.",
      );
    } finally {
      bar.end();
    }
    if (dryRun) return;
    say(
      autostart
        ? "The board runs, and has published its first sample."
        : "Done. To start it, at the board's prompt (mpremote repl): import client",
    );
  },
});

/** Checks a `config.py`; returns the certificate that it names, from the file of that name beside it. */
async function readAuthority(file: string, text: string) {
  const { checkConfig } = await import("../firmware/deploy/check_config.ts");
  const name = await checkConfig(file, text);
  if (name === undefined) return undefined;
  const { readCertificate } = await import("../firmware/deploy/certificate.ts");
  const folder = file.slice(0, file.lastIndexOf("/") + 1);
  return { name, der: await readCertificate(folder + name) };
}

/** The sources of drivers, by file name. */
async function readDrivers(
  paths: readonly string[],
): Promise<Record<string, string>> {
  const drivers: Record<string, string> = {};
  if (paths.length === 0) return drivers;
  const { checkDriver } = await import("../firmware/deploy/check_driver.ts");
  for (const path of paths) {
    const source = await readText(path, "there is no such file");
    const found = await checkDriver(path, source);
    drivers[path.slice(path.lastIndexOf("/") + 1)] = source;
    for (const driver of found) {
      say(
        `For config.py: SENSORS = [("${driver.split(".")[0]}", "${driver}")]`,
      );
    }
  }
  return drivers;
}

async function readText(file: string, missing: string): Promise<string> {
  try {
    return await Deno.readTextFile(file);
  } catch (error) {
    const reason = error instanceof Deno.errors.NotFound
      ? missing
      : (error as Error).message;
    throw new WeirError("ERR_WEIR_FILE", `Cannot read ${file}: ${reason}.`);
  }
}

function tellPlan({ write, remove, same }: Plan, dryRun: boolean): void {
  const would = dryRun ? "Would write" : "Writing";
  const bytes = write.reduce((sum, { data }) => sum + data.length, 0);
  say(
    write.length === 0
      ? `Nothing to write: all ${same} files are there`
      : `${would} ${write.length} files (${bytes} bytes), ${same} are there: ${
        write.map(({ name }) => name).join(", ")
      }`,
  );
  if (remove.length > 0) {
    say(
      `${dryRun ? "Would remove" : "Removing"} ${remove.join(", ")}`,
    );
  }
}

const WIDTH = 30;

/** On a terminal only: a log wants no bar. */
function progressBar() {
  const shown = Deno.stderr.isTerminal();
  const show = (text: string) =>
    Deno.stderr.writeSync(new TextEncoder().encode(text));
  let done = 0;
  const bar = {
    total: 0,
    add(bytes: number, name: string) {
      done += bytes;
      if (!shown) return;
      const filled = Math.round(WIDTH * done / bar.total);
      const percent = Math.round(100 * done / bar.total);
      show(
        `\r${"█".repeat(filled)}${
          "░".repeat(WIDTH - filled)
        } ${percent} % ${name}\x1b[K`,
      );
      if (done >= bar.total) bar.end();
    },
    /** What comes next goes on a line of its own. */
    end() {
      if (shown && done > 0) show("\n");
      done = 0;
    },
  };
  return bar;
}
