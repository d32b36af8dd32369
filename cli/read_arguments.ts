import { parseArgs } from "node:util";
import { escape } from "../pipeline/mod.ts";
import { didYouMean } from "./did_you_mean.ts";
import { argumentsOf, type Command } from "./define_command.ts";
import {
  longName,
  type Option,
  type Options,
  type Values,
} from "./define_option.ts";
import { UsageError } from "./usage_error.ts";

/** What a command's action gets. */
export interface ReadArguments {
  /** The values of its options. */
  options: Values<Options>;
  /** The arguments. */
  args: string[];
}

/**
 * The options and arguments of a command, as its action gets them; undefined if
 * they ask for help. An unknown option does not become an argument, and a
 * shell's unset variable does not become a value.
 *
 * @throws {UsageError} if they are wrong.
 */
export function readArguments(
  name: string,
  command: Command,
  typed: string[],
): ReadArguments | undefined {
  const declared: [string, Option][] = Object.entries(command.options ?? {});
  const byName = new Map(
    declared.map(([, option]) => [longName(option.flags).slice(2), option]),
  );
  const { tokens } = parseArgs({
    args: typed,
    strict: false,
    tokens: true,
    options: {
      help: { type: "boolean", short: "h" },
      ...Object.fromEntries(
        [...byName].map(([name, { flags }]) => [name, {
          type: takesValue(flags) ? "string" as const : "boolean" as const,
          ...shortName(flags),
        }]),
      ),
    },
  });
  const given = new Map<Option, string[]>(
    declared.map(([, option]) => [option, []]),
  );
  const args: string[] = [];
  for (const token of tokens) {
    if (token.kind === "positional") args.push(token.value);
    if (token.kind !== "option") continue;
    if (token.name === "help") return undefined;
    const option = byName.get(token.name);
    if (!option) throw unknown(name, typed[token.index], [...byName.keys()]);
    const values = given.get(option)!;
    if (values.length > 0 && !option.repeatable) {
      throw new UsageError(`${token.rawName} is given twice. Leave out one.`);
    }
    values.push(checkValue(option, token));
  }
  const options = Object.fromEntries(
    declared.map(([field, option]) => [field, option.read(given.get(option)!)]),
  );
  checkArguments(name, command, args);
  return { options, args };
}

const takesValue = (flags: string) => flags.includes("<");

function shortName(flags: string): { short?: string } {
  const [, short] = /^-(\w),/.exec(flags) ?? [];
  return short === undefined ? {} : { short };
}

function checkValue(
  { flags }: Option,
  { rawName, value, inlineValue }: {
    rawName: string;
    value?: string;
    inlineValue?: boolean;
  },
): string {
  if (!takesValue(flags)) {
    if (value === undefined) return "";
    throw new UsageError(`${rawName} takes no value.`);
  }
  // parseArgs reads -b= as the value "=".
  if (value === "" || rawName.length === 2 && inlineValue && value === "=") {
    throw new UsageError(
      `${rawName} has an empty value. Give it one, or leave the option out.`,
    );
  }
  // An unset variable without quotes: --durable $ID --quiet.
  if (value === undefined || !inlineValue && /^-./.test(value)) {
    throw new UsageError(
      `${rawName} needs a value: ${flags}.` +
        (value === undefined
          ? ""
          : ` If that is ${escape(value)}: ${longName(flags)}=${
            escape(value)
          }`),
    );
  }
  return value;
}

function unknown(command: string, typed: string, known: string[]): UsageError {
  // What was given to it may be a secret.
  const option = escape(typed.split("=")[0]);
  const guess = didYouMean(option, known.map((name) => `--${name}`));
  return new UsageError(
    `Unknown option ${option}.${guess} See weir ${command} --help.\n` +
      'An argument that starts with "-" goes after --.',
  );
}

function checkArguments(name: string, command: Command, args: string[]): void {
  const declared = argumentsOf(command);
  const usage = ["weir", name, command.arguments].join(" ").trim();
  const [example] = command.examples;
  const missing = declared.find(({ optional }, at) =>
    !optional && args[at] === undefined
  );
  if (missing) {
    throw new UsageError(
      `Missing argument: ${missing.name}.\nUsage: ${usage}\nExample: ${
        example[1]
      }`,
    );
  }
  if (declared.some(({ name }, at) => name === "file" && args[at] === "")) {
    throw new UsageError("The name of the file is empty. Give it one.");
  }
  if (args.length > declared.length && !declared.at(-1)?.variadic) {
    throw new UsageError(
      command.tooMany?.(args) ??
        `Too many arguments: ${
          escape(args[declared.length])
        }.\nUsage: ${usage}`,
    );
  }
}
