import { escape } from "../pipeline/escape.ts";
import { checkTopicFilter } from "../pipeline/mqtt/topic_filter.ts";
import { readFile } from "./connection_options.ts";
import type { Command } from "./define_command.ts";
import {
  longName,
  type Option,
  type Options,
  takesValue,
} from "./define_option.ts";
import { didYouMean } from "./did_you_mean.ts";
import { type FileRule, ruleOptions } from "./rule_options.ts";
import { locateKeys } from "./toml_positions.ts";
import { asUsageError, UsageError } from "./usage_error.ts";

/** What a config file holds for a command. */
export interface ConfigFile {
  /** The texts of options, by field, as if they were typed. */
  given: ReadonlyMap<string, readonly string[]>;
  /** The topics to subscribe to. */
  topics: readonly string[];
  /** The file to record to. */
  file?: string;
  /** Its `[[rule]]` tables. */
  rules: readonly FileRule[];
}

/** What a config file is read for. */
interface ReadOptions {
  /** Where its path was given: an option or a variable. */
  from: string;
  /** The command that is run. */
  command: Command;
  /** All commands that read config files: their options are no mistake. */
  commands(): Promise<Command[]>;
}

/** A mistake at a key. */
type Fail = (key: string, what: string) => UsageError;

/**
 * Reads a config file: options by their name, `topics`, `file`, and `[[rule]]`
 * tables.
 *
 * @throws {UsageError} if it cannot be read, or is wrong: with line and column.
 */
export async function readConfig(
  path: string,
  { from, command, commands }: ReadOptions,
): Promise<ConfigFile> {
  const toml = await readFile(from, path);
  const { rule = [], topic = [], topics = topic, file, ...rest } =
    await parseToml(path, toml);
  let positions: ReturnType<typeof locateKeys>;
  const fail: Fail = (key, what) => {
    positions ??= locateKeys(toml);
    const { line, column } = positions.get(key) ??
      positions.get(key.split(".")[0]) ?? { line: 1, column: 1 };
    return new UsageError(`${path}:${line}:${column}: ${what}`);
  };
  const known = byName(command.options);
  const given = new Map<string, string[]>();
  for (const [key, value] of Object.entries(rest)) {
    const found = known.get(key);
    if (found) given.set(found.field, textsOf(key, value, found.option, fail));
    else await checkKnown(key, commands, fail);
  }
  if (file !== undefined && (typeof file !== "string" || file === "")) {
    throw fail("file", "file is the name of a file, a text.");
  }
  return {
    given,
    file,
    topics: readTopics(topics, topics === topic ? "topic" : "topics", fail),
    rules: readRuleTables(rule, fail),
  };
}

async function parseToml(
  path: string,
  toml: string,
): Promise<Record<string, unknown>> {
  const { parse, TomlError } = await import("smol-toml");
  try {
    return parse(toml);
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    const { line, column, message } = error;
    const [what] = message.replace(/^Invalid TOML document: /, "").split("\n");
    throw new UsageError(`${path}:${line}:${column}: not TOML: ${what}.`);
  }
}

/** Options by the key that they have in a file. */
function byName(options: Options = {}) {
  return new Map(
    Object.entries<Option>(options)
      .filter(([field]) => field !== "configFile" && field !== "topics")
      .map(([field, option]) =>
        [longName(option.flags).slice(2), { field, option }] as const
      ),
  );
}

/** Another command's option is no mistake: one file may be for several. */
async function checkKnown(
  key: string,
  commands: ReadOptions["commands"],
  fail: Fail,
): Promise<void> {
  const keys = (await commands()).flatMap(({ options }) => [
    ...byName(options).keys(),
  ]);
  if (keys.includes(key)) return;
  if (key === "password") {
    throw fail(key, "A password has no place here. Use password-file.");
  }
  const guess = didYouMean(key, [...keys, "topics", "file", "rule"]);
  throw fail(key, `Unknown key ${escape(key)}.${guess}`);
}

/** An option's value as the texts that are typed for it; checked. */
function textsOf(
  key: string,
  value: unknown,
  option: Option,
  fail: Fail,
): string[] {
  const name = key.slice(key.lastIndexOf(".") + 1);
  const texts = readTexts(name, value, option, (what) => fail(key, what));
  try {
    option.read(texts);
  } catch (error) {
    if (error instanceof UsageError) throw fail(key, error.message);
    throw error;
  }
  return texts;
}

function readTexts(
  name: string,
  value: unknown,
  { flags, repeatable }: Option,
  fail: (what: string) => UsageError,
): string[] {
  if (!takesValue(flags)) {
    if (typeof value === "boolean") return value ? [""] : [];
    throw fail(`${name} is true or false, not ${typeOf(value)}.`);
  }
  const isList = repeatable || flags.endsWith("<list>");
  const values = isList && Array.isArray(value) ? value : [value];
  const wrong = values.find((each) =>
    typeof each !== "string" && typeof each !== "number"
  );
  if (wrong !== undefined) {
    throw fail(
      `${name} is text or a number${isList ? ", or a list of them" : ""}, not ${
        typeOf(wrong)
      }.`,
    );
  }
  const texts = values.map(String);
  if (texts.includes("")) throw fail(`${name} is empty.`);
  return isList && !repeatable && texts.length > 0 ? [texts.join()] : texts;
}

function typeOf(value: unknown): string {
  if (Array.isArray(value)) return "a list";
  if (value instanceof Date) return "a date";
  if (typeof value === "string") return "text";
  return typeof value === "object" ? "a table" : `a ${typeof value}`;
}

function readTopics(value: unknown, key: string, fail: Fail): string[] {
  const topics = Array.isArray(value) ? value : [value];
  for (const topic of topics) checkFilter(topic, key, fail);
  return topics;
}

function checkFilter(value: unknown, key: string, fail: Fail): string {
  if (typeof value !== "string") {
    throw fail(key, `${key.split(".").at(-1)} is text, not ${typeOf(value)}.`);
  }
  try {
    asUsageError(() => checkTopicFilter(value));
  } catch (error) {
    if (error instanceof UsageError) throw fail(key, error.message);
    throw error;
  }
  return value;
}

function readRuleTables(tables: unknown, fail: Fail): FileRule[] {
  if (!Array.isArray(tables) || tables.some((each) => !isTable(each))) {
    throw fail("rule", "Rules are tables: write [[rule]] above each.");
  }
  return tables.map((table, at) => readRuleTable(table, `rule.${at}`, fail));
}

const isTable = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value) &&
  !(value instanceof Date);

function readRuleTable(
  table: Record<string, unknown>,
  path: string,
  fail: Fail,
): FileRule {
  const known = byName(ruleOptions);
  const rule: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(table)) {
    const where = `${path}.${key}`;
    const found = known.get(key);
    if (key === "filter") rule.filter = checkFilter(value, where, fail);
    else if (key === "exclude") {
      if (typeof value !== "boolean") {
        throw fail(
          where,
          "exclude is true or false; filter says which topics.",
        );
      }
      rule.exclude = value;
    } else if (found) {
      const texts = textsOf(where, value, found.option, fail);
      rule[found.field] = found.option.read(texts);
    } else {
      const guess = didYouMean(key, ["filter", ...known.keys()]);
      throw fail(where, `Unknown key ${escape(key)} of a rule.${guess}`);
    }
  }
  return rule;
}
