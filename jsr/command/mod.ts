/**
 * Stand-in for `jsr:@cliffy/command`, for networks that reach npm and no JSR.
 *
 * It holds the part of the API that weir uses, over npm's `commander`. Deleting
 * `links` from the top-level `deno.json` switches to the original; code written
 * against this file compiles and behaves the same there. Differences known, for
 * weir to stay clear of: the original checks the type of an action's options
 * (here they are whatever the action says they are), prints a usage error below
 * the help on stdout, takes an unknown option for a positional argument, and
 * refuses an option given twice where this one keeps the last.
 *
 * @module
 */
import { Command as Commander, InvalidArgumentError, Option } from "commander";

/** What an option may say besides its flags and description. */
export interface OptionSettings {
  /** The value where the option is not given. */
  default?: unknown;
  /** Whether it may be given more than once; the value is then an array. */
  collect?: true;
}

/** A positional argument, or what an option takes. */
export interface Argument {
  /** Its name: `file` of `<file:string>`. */
  name: string;
}

/** An option, as {@linkcode Command.getOptions} tells of it. */
export interface OptionInfo {
  /** `-q` and `--qos`. */
  flags: string[];
  /** What its help says. */
  description: string;
  /** What it takes: one argument or none. */
  args: Argument[];
}

/** What a subcommand does with its options and arguments. */
export type Action = (
  // The original infers these from the flags; here the action's own types hold.
  // deno-lint-ignore no-explicit-any
  options: any,
  // deno-lint-ignore no-explicit-any
  ...args: any[]
) => unknown;

/**
 * A command with options, arguments and subcommands.
 *
 * @example
 * ```ts
 * import { Command } from "./mod.ts";
 *
 * await new Command()
 *   .name("greet")
 *   .arguments("<who:string>")
 *   .action((_options: unknown, who: string) => {
 *     if (who !== "you") throw new Error(who);
 *   })
 *   .parse(["you"]);
 * ```
 */
// The original has types for its parent, options and arguments.
// deno-lint-ignore no-explicit-any
export class Command<_Types = any> {
  /** commander's own, which does the work. */
  readonly #inner = new Commander()
    .helpOption("-h, --help", "Show this help.")
    .helpCommand(false)
    .showHelpAfterError("See --help.")
    .exitOverride((error) => Deno.exit(error.exitCode === 0 ? 0 : 2));

  /** Sets the name shown in help. */
  name(name: string): this {
    this.#inner.name(name);
    return this;
  }

  /** Sets the version that `--version` prints after the name. */
  version(version: string): this {
    this.#inner.version(
      `${this.#inner.name()} ${version}`,
      "-V, --version",
      "Show the version number for this program.",
    );
    return this;
  }

  /** Sets the text at the head of the help; a list of commands has its first line. */
  description(text: string): this {
    this.#inner.description(text).summary(text.split("\n")[0]);
    return this;
  }

  /** Sets the positional arguments: `<topic:string> [file:string]`. */
  arguments(definition: string): this {
    this.#inner.arguments(withoutTypes(definition));
    return this;
  }

  /** Adds an option: `-q, --qos <level:integer>`. Types: string, number, integer. */
  option(flags: string, text: string, settings: OptionSettings = {}): this {
    const type = /[<[][^:>\]]+:(\w+)/.exec(flags)?.[1];
    const option = new Option(withoutTypes(flags), text);
    if (settings.default !== undefined) option.default(settings.default);
    if (type) {
      option.argParser((value: string, before: unknown) => {
        const parsed = convert(value, type, `--${option.name()}`);
        if (!settings.collect) return parsed;
        return [...(before as unknown[] | undefined ?? []), parsed];
      });
    }
    this.#inner.addOption(option);
    return this;
  }

  /** Adds an example below the help. */
  example(name: string, command: string): this {
    const first = !this.#examples;
    this.#examples = true;
    this.#inner.addHelpText(
      "after",
      `${first ? "\nExamples:\n" : ""}\n  ${name}:\n    ${command}`,
    );
    return this;
  }
  #examples = false;

  /** How help is printed. Here it has no colours in any case. */
  help(_settings: { colors: boolean }): this {
    return this;
  }

  /** Sets what the command does. */
  action(action: Action): this {
    // commander hands over: arguments, options, the command itself.
    this.#inner.action(async (...given: unknown[]) => {
      await action(given.at(-2), ...given.slice(0, -2));
    });
    return this;
  }

  /** Adds a subcommand. */
  command(name: string, command: Command): this {
    this.#inner.addCommand(command.#inner.name(name));
    this.#commands.push(command);
    return this;
  }
  #commands: Command[] = [];

  /** The name shown in help. */
  getName(): string {
    return this.#inner.name();
  }

  /** The text at the head of the help. */
  getDescription(): string {
    return this.#inner.description();
  }

  /** The subcommands. */
  getCommands(): Command[] {
    return this.#commands;
  }

  /** The positional arguments. */
  getArguments(): Argument[] {
    return this.#inner.registeredArguments.map((argument) => ({
      name: argument.name(),
    }));
  }

  /** The options. */
  getOptions(): OptionInfo[] {
    return this.#inner.options.map(({ short, long, flags, description }) => ({
      flags: [short, long].filter((flag) => flag !== undefined),
      description,
      args: [...flags.matchAll(/[<[](.+?)[>\]]/g)].map(([, name]) => ({
        name,
      })),
    }));
  }

  /** Runs what the arguments ask for. Exits with 2 where they are wrong. */
  async parse(args: string[] = Deno.args): Promise<void> {
    await this.#inner.parseAsync(args, { from: "user" });
  }
}

/** `<file:string>` as commander writes it: `<file>`. */
function withoutTypes(definition: string): string {
  return definition.replace(/:\w+(?=[>\]])/g, "");
}

function convert(value: string, type: string, option: string): unknown {
  if (type === "string") return value;
  const number = value.trim() === "" ? NaN : Number(value);
  if (type === "integer" ? Number.isInteger(number) : !Number.isNaN(number)) {
    return number;
  }
  throw new InvalidArgumentError(
    `Option "${option}" must be of type "${type}", but got "${value}".`,
  );
}
