/**
 * Stand-in for `jsr:@cliffy/command`, for networks that reach npm and no JSR.
 *
 * It holds the part of the API that weir uses, which prints help, over npm's
 * `commander`. Code written against this file compiles and behaves the same
 * against the original: `deno task originals`.
 *
 * @module
 */
import { Command as Commander } from "commander";

/**
 * A command with options, arguments and subcommands.
 *
 * @example
 * ```ts
 * import { Command } from "./mod.ts";
 *
 * new Command().name("greet").arguments("<who>").option("--loud", "Shout.");
 * ```
 */
// The original has types for its parent, options and arguments.
// deno-lint-ignore no-explicit-any
export class Command<_Types = any> {
  /** commander's own, which does the work. */
  readonly #inner = new Commander()
    .helpOption("-h, --help", "Show this help.")
    .helpCommand(false);

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

  /** Sets the positional arguments: `<topic> [file]`. */
  arguments(definition: string): this {
    this.#inner.arguments(definition);
    return this;
  }

  /** Adds an option: `-q, --qos <level>`. */
  option(flags: string, text: string): this {
    this.#inner.option(flags, text);
    return this;
  }

  /** Adds an example below the help. */
  example(name: string, command: string): this {
    const title = this.#examples++ === 0 ? "\nExamples:\n" : "";
    this.#inner.addHelpText("after", `${title}\n  ${name}:\n    ${command}`);
    return this;
  }
  #examples = 0;

  /** How help is printed. Here it has no colours in any case. */
  help(_settings: { colors: boolean }): this {
    return this;
  }

  /** Adds a subcommand. */
  command(name: string, command: Command): this {
    this.#inner.addCommand(command.#inner.name(name));
    return this;
  }

  /** Shows the help or the version that the arguments ask for, and exits. */
  async parse(args: string[]): Promise<void> {
    await this.#inner.parseAsync(args, { from: "user" });
  }
}
