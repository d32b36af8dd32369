import type { Rule } from "../pipeline/mod.ts";
import { DECODER_NAMES } from "../pipeline/payload/decoders.ts";
import { checkRule } from "../pipeline/payload/rules.ts";
import {
  oneOf,
  type Option,
  option,
  type Reader,
  repeatable,
  text,
  toggle,
  type Values,
} from "./define_option.ts";
import { UsageError } from "./usage_error.ts";

/** A value that is right as this part of a rule. */
function partOf<T>(name: keyof Rule, read: Reader<T>): Reader<T> {
  return (typed, option) => {
    const value = read(typed, option);
    try {
      checkRule({ [name]: value });
    } catch (error) {
      throw new UsageError(`${option}: ${(error as Error).message}`);
    }
    return value;
  };
}

const part = (name: keyof Rule) => partOf(name, text);

const list: Reader<string[]> = (typed, name) =>
  typed.split(",").map((field) => text(field.trim(), name));

/** Options that say how messages are read. */
export const ruleOptions = {
  time: option(
    "--time <field>",
    "The field with the time, such as last_seen or meta/t: recorded in the place of the host's.",
    part("time"),
  ),
  id: option(
    "--id <template>",
    "The sensor's id: text with {field}, {topic}, {topic[1]}, {sensor_id}. Names of fields follow it.",
    part("id"),
  ),
  fields: option(
    "--fields <list>",
    "Record only these fields: Heap,Wifi/RSSI; * is one level, ** all below.",
    list,
  ),
  value: option(
    "--value <field>",
    "Record only this field, under the id alone.",
    part("value"),
  ),
  each: option(
    "--each <field>",
    "Read each element of this array as a message of its own.",
    part("each"),
  ),
  exclude: repeatable(
    "--exclude <filter>",
    "Leave out these topics; repeatable.",
    part("filter"),
  ),
  decode: option(
    "--decode <name>",
    `Decode payloads: ${
      DECODER_NAMES.join(", ")
    }. Default: json, or text as it is.`,
    oneOf(...DECODER_NAMES),
  ),
  columns: option(
    "--columns-in <list>",
    "The names of the columns of --decode csv: t,humidity. Default: 0,1,2.",
    partOf("columns", list),
  ),
  noText: toggle("--no-text", "Reject text that is not JSON."),
};

/** The values of options that say how messages are read. */
export type RuleValues = Values<typeof ruleOptions>;

/** A `[[rule]]` of a config file. */
export type FileRule =
  & { filter?: string; exclude?: boolean }
  & Partial<Omit<RuleValues, "exclude">>;

/** `--config`: its value is what the file holds. */
export const configOption = {
  configFile: {
    flags: "--config <file>",
    help:
      "Read options and rules from this TOML file. Also WEIR_CONFIG. Options that are typed go before it.",
    read: ([path]) => void (path !== undefined && text(path, "--config")),
  } as Option<GivenConfig | undefined>,
};

/** A config file beside a command line. */
export interface GivenConfig {
  rules: readonly FileRule[];
  /** The fields of options that were typed. */
  typed: ReadonlySet<string>;
}

/**
 * The rules by which messages are read: the topics that are left out, those of a
 * config file, and one for all other topics. An option that is typed goes before
 * the same one of each rule in the file.
 */
export function readRules(
  given: RuleValues & Values<typeof configOption>,
): Rule[] {
  const { rules = [], typed } = given.configFile ?? {};
  const parts = Object.entries(given).filter(([field, value]) =>
    field !== "exclude" && Object.hasOwn(ruleOptions, field) &&
    value !== undefined && value !== false
  );
  const first = Object.fromEntries(
    parts.filter(([field]) => typed?.has(field)),
  );
  return [
    ...given.exclude.map((filter) => ({ filter, exclude: true })),
    ...rules.map((rule) => toRule(rule.exclude ? rule : { ...rule, ...first })),
    ...parts.length > 0 ? [toRule(Object.fromEntries(parts))] : [],
  ];
}

function toRule({ noText, ...rule }: FileRule): Rule {
  if (rule.columns && rule.decode !== "csv") {
    throw new UsageError("--columns-in names the columns of --decode csv.");
  }
  return { ...rule, ...noText ? { text: false } : {} };
}
