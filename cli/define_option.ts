import { escape } from "../pipeline/escape.ts";
import { UsageError } from "./usage_error.ts";

/** The value of a text that was typed for the option `name`; throws if it is wrong. */
export interface Reader<T> {
  (text: string, name: string): T;
  /** The only values, for completion. */
  choices?: readonly string[];
}

/** An option of a command: its help, its check, its values for completion. */
export interface Option<T = unknown> {
  /** `-q, --qos <level>`; a switch has no value: `--quiet`. */
  readonly flags: string;
  /** An imperative, or a noun with its unit. */
  readonly help: string;
  /** The only values. */
  readonly choices?: readonly string[];
  /** Whether it may be given more than once. */
  readonly repeatable?: boolean;
  /** Its value, from the text of each time it was given. */
  read(given: readonly string[]): T;
}

/** Options, by the field that each one becomes. */
export type Options = Readonly<Record<string, Option>>;

/** The values of options. */
export type Values<O extends Options> = {
  [Field in keyof O]: O[Field] extends Option<infer T> ? T : never;
};

/** An option that takes a value. */
export function option<T>(
  flags: string,
  help: string,
  read: Reader<T>,
): Option<T | undefined>;
export function option<T>(
  flags: string,
  help: string,
  read: Reader<T>,
  preset: { default: NoInfer<T> },
): Option<T>;
export function option<T>(
  flags: string,
  help: string,
  read: Reader<T>,
  preset?: { default: NoInfer<T> },
): Option<T | undefined> {
  return {
    flags,
    help: preset ? `${help} (default: ${preset.default})` : help,
    choices: read.choices,
    read: ([text]) =>
      text === undefined ? preset?.default : read(text, longName(flags)),
  };
}

/** An option that takes a value and may be given more than once. */
export function repeatable<T>(
  flags: string,
  help: string,
  read: Reader<T>,
): Option<T[]> {
  return {
    flags,
    help,
    choices: read.choices,
    repeatable: true,
    read: (given) => given.map((text) => read(text, longName(flags))),
  };
}

/** An option without a value: whether it was given. */
export function toggle(flags: string, help: string): Option<boolean> {
  return { flags, help, read: (given) => given.length > 0 };
}

/** `--qos` of `-q, --qos <level>`. */
export function longName(flags: string): string {
  return /--[\w-]+/.exec(flags)![0];
}

/** Whether an option takes a value. */
export const takesValue = (flags: string): boolean => flags.includes("<");

/** Any text but a blank one. */
export const text: Reader<string> = (typed, name) => {
  if (typed.trim() !== "") return typed;
  throw new UsageError(`${name} is empty.`);
};

/** One of a few values. */
export function oneOf<const T extends string | number>(
  ...values: T[]
): Reader<T> {
  const choices = values.map(String);
  const read: Reader<T> = (typed, name) => {
    const index = choices.indexOf(typed);
    if (index >= 0) return values[index];
    throw new UsageError(
      `${name} is ${alternatives(choices)}, not ${escape(typed)}.`,
    );
  };
  read.choices = choices;
  return read;
}

/** `python, json or csv` */
export function alternatives(choices: readonly string[]): string {
  return `${choices.slice(0, -1).join(", ")} or ${choices.at(-1)}`;
}

/** A whole number in a range. */
export function integer(min: number, max = Infinity): Reader<number> {
  const range = max === Infinity ? `at least ${min}` : `from ${min} to ${max}`;
  return (typed, name) => {
    const value = /^-?\d+$/.test(typed) ? Number(typed) : NaN;
    if (value >= min && value <= max) return value;
    throw new UsageError(`${name} is ${range}, not ${escape(typed)}.`);
  };
}

/** A day: the longest that an option lets a command wait, in seconds. */
const DAY = 86_400;

/** A number of seconds, up to a day: at least `min`, or else more than 0. */
export function seconds(min?: number): Reader<number> {
  const range = min === undefined
    ? `more than 0 seconds and at most ${DAY}`
    : `from ${min} to ${DAY} seconds`;
  return (typed, name) => {
    const value = Number(typed);
    if (value > 0 && value >= (min ?? 0) && value <= DAY) return value;
    throw new UsageError(`${name} is ${range}, not ${escape(typed)}.`);
  };
}
