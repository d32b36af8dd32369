import { parseArgs } from "node:util";
import { escape } from "../pipeline/escape.ts";
import type { ConfigFile } from "./read_config.ts";
import { didYouMean } from "./did_you_mean.ts";
import { argumentsOf, type Command } from "./define_command.ts";
import {
  longName,
  type Option,
  type Options,
  takesValue,
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

/** What was typed for a command. */
export interface Typed {
  /** The texts of each option. */
  texts: ReadonlyMap<Option, readonly string[]>;
  /** The arguments. */
  args: readonly string[];
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
  config?: ConfigFile,
): ReadArguments | undefined {
  const given = readTyped(name, command, typed);
  if (!given) return undefined;
  const declared: [string, Option][] = Object.entries(command.options ?? {});
  const fields = new Set<string>();
  const options = Object.fromEntries(declared.map(([field, option]) => {
    const texts = given.texts.get(option)!;
    if (texts.length > 0) fields.add(field);
    else if (config) return [field, option.read(config.given.get(field) ?? [])];
    return [field, option.read(texts)];
  }));
  if (!config) {
    checkArguments(name, command, given.args);
    return { options, args: [...given.args] };
  }
  options.configFile = { rules: config.rules, typed: fields };
  // Its topics and its file are for a command that subscribes.
  if (!("topics" in options)) {
    checkArguments(name, command, given.args);
    return { options, args: [...given.args] };
  }
  const [topic, ...more] = config.topics;
  if (given.args.length === 0) {
    options.topics = [...more, ...options.topics as string[]];
  }
  const args = argumentsOf(command).map(({ name }, at) =>
    given.args[at] ?? (name === "file" ? config.file : topic)
  ).filter((arg) => arg !== undefined);
  args.push(...given.args.slice(args.length));
  checkArguments(name, command, args);
  return { options, args };
}

/**
 * What was typed for a command; undefined if it asks for help.
 *
 * @throws {UsageError} if an option is unknown, or lacks a value.
 */
export function readTyped(
  name: string,
  command: Command,
  typed: string[],
): Typed | undefined {
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
  const texts = new Map<Option, string[]>(
    declared.map(([, option]) => [option, []]),
  );
  const args: string[] = [];
  for (const token of tokens) {
    if (token.kind === "positional") args.push(token.value);
    if (token.kind !== "option") continue;
    if (token.name === "help") return undefined;
    const option = byName.get(token.name);
    if (!option) throw unknown(name, typed[token.index], [...byName.keys()]);
    const values = texts.get(option)!;
    if (values.length > 0 && !option.repeatable) {
      throw new UsageError(`${token.rawName} is given twice. Leave out one.`);
    }
    values.push(checkValue(option, token));
  }
  return { texts, args };
}

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
  if (value === undefined || !inlineValue && /^-\D/.test(value)) {
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

function checkArguments(
  name: string,
  command: Command,
  args: readonly string[],
): void {
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
