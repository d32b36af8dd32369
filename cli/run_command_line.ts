import { counted } from "../pipeline/counted.ts";
import { WeirError } from "../pipeline/error.ts";
import { escape } from "../pipeline/escape.ts";
import { say, unsaidOut } from "../pipeline/say.ts";
import { didYouMean } from "./did_you_mean.ts";
import type { ConfigFile } from "./read_config.ts";
import type { Command, Commands } from "./define_command.ts";
import { dropPermissions } from "./drop_permissions.ts";
import { withHint } from "./hints.ts";
import { readArguments, readTyped } from "./read_arguments.ts";
import { UsageError } from "./usage_error.ts";

const TOP_OPTIONS = ["-h", "--help", "-V", "--version"];

/**
 * Runs the command line and ends the process: 0 done, 1 failed, 2 wrong usage.
 * A user's mistake gets a sentence; only a mistake of weir gets a stack trace.
 */
export async function runCommandLine(commands: Commands): Promise<never> {
  keepQuiet();
  const [name, ...rest] = Deno.args;
  let code = 0;
  try {
    await runCommand(commands, name, rest);
  } catch (error) {
    if (error instanceof WeirError) say(withHint(error));
    else if (error instanceof Deno.errors.NotCapable) {
      say(`${error.message}. Deno was started without it.`);
    } else say(Deno.inspect(error));
    code = error instanceof UsageError ? 2 : 1;
  }
  const { lines, error } = unsaidOut();
  if (error) {
    say(`${counted(lines, "line")} could not be printed: ${error.message}`);
    code ||= 1;
  }
  // A client that is still disconnecting must not keep the process alive.
  Deno.exit(code);
}

async function runCommand(
  commands: Commands,
  name: string | undefined,
  typed: string[],
): Promise<void> {
  if (name === undefined) {
    const { showIntro } = await import("./show_intro.ts");
    return await showIntro(commands);
  }
  const help = async (args: string[]) => {
    const { showHelp } = await import("./show_help.ts");
    await showHelp(commands, args);
  };
  if (TOP_OPTIONS.includes(name)) return await help([name]);
  if (!Object.hasOwn(commands, name)) {
    const what = name.startsWith("-") ? "option" : "command";
    throw new UsageError(
      `Unknown ${what} ${escape(name) || '""'}.${
        didYouMean(name, [...Object.keys(commands), ...TOP_OPTIONS])
      } See weir --help.`,
    );
  }
  const { command } = await commands[name]();
  const config = await findConfig(commands, name, command, typed);
  const read = readArguments(name, command, typed, config);
  if (!read) return await help([name, "--help"]);
  dropPermissions(name, read.options);
  await command.action(read.options, ...read.args);
}

/** The config file of a command that takes one, if it is given one. */
async function findConfig(
  commands: Commands,
  name: string,
  command: Command,
  typed: string[],
): Promise<ConfigFile | undefined> {
  const option = command.options?.configFile;
  if (!option) return undefined;
  const given = readTyped(name, command, typed)?.texts.get(option);
  if (!given) return undefined;
  const [path = configVariable()] = given;
  if (!path) return undefined;
  const { readConfig } = await import("./read_config.ts");
  return await readConfig(path, {
    from: given.length > 0 ? "--config" : "WEIR_CONFIG",
    command,
    commands: async () => {
      const all = Object.values(commands).map((load) => load());
      return (await Promise.all(all)).map(({ command }) => command)
        .filter(({ options }) => options?.configFile);
    },
  });
}

/** Whoever allows some variables only may have left it out. */
function configVariable(): string | undefined {
  const variable = "WEIR_CONFIG";
  const { state } = Deno.permissions.querySync({ name: "env", variable });
  return state === "granted" ? Deno.env.get(variable) : undefined;
}

/** If DEBUG is set, a part of mqtt.js prints every packet, with the password. */
function keepQuiet(): void {
  try {
    Deno.env.delete("DEBUG");
  } catch {
    // Without the permission, mqtt.js cannot see it either.
  }
}
