import type { Options, Values } from "./define_option.ts";

/** A command as its file in commands/ declares it. */
// Of any options: their type does not matter here.
// deno-lint-ignore no-explicit-any
export interface Command<O extends Options = any> {
  /** The first line stands in the list of commands. */
  description: string;
  /** `<topic> [file]`; the last one may be `[name...]`. */
  arguments?: string;
  /** The only values of an argument, for completion. */
  choices?: Readonly<Record<string, readonly string[]>>;
  /** Its options; each is a field of the action's first argument. */
  options?: O;
  /** What each example does, and its command line. */
  examples: readonly (readonly [string, string])[];
  /** What to say of more arguments than there are, if there is something to say. */
  tooMany?(args: readonly string[]): string | undefined;
  /** What the command does. */
  action(options: Values<O>, ...args: string[]): unknown;
}

/** The commands by name, each loaded when it is used. */
export type Commands = Readonly<
  Record<string, () => Promise<{ command: Command }>>
>;

/** Declares a command: infers the type of its action's options. */
export function defineCommand<O extends Options>(
  command: Command<O>,
): Command<O> {
  return command;
}

/** An argument of a command. */
export interface Argument {
  /** Its name; one called `file` is completed with the names of files. */
  name: string;
  /** Whether it may be left out. */
  optional: boolean;
  /** Whether it takes all that follow. */
  variadic: boolean;
}

/** A command's arguments. */
export function argumentsOf(command: Command): Argument[] {
  return [...(command.arguments ?? "").matchAll(/([<[])(\w+)(\.{3})?[>\]]/g)]
    .map(([, bracket, name, dots]) => ({
      name,
      optional: bracket === "[",
      variadic: dots !== undefined,
    }));
}
