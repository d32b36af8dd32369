import { checkRule, type Rule } from "../pipeline/mod.ts";
import {
  option,
  type Reader,
  repeatable,
  text,
  toggle,
  type Values,
} from "./define_option.ts";
import { UsageError } from "./usage_error.ts";

/** A text that is right as this part of a rule. */
const part = (name: keyof Rule): Reader<string> => (typed, option) => {
  const value = text(typed, option);
  try {
    checkRule({ [name]: value });
  } catch (error) {
    throw new UsageError(`${option}: ${(error as Error).message}`);
  }
  return value;
};

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
  noText: toggle("--no-text", "Reject text that is not JSON."),
};

/** The values of options that say how messages are read. */
export type RuleValues = Values<typeof ruleOptions>;

/** The rules that options make, out of all options of a command: for all topics. */
export function readRules(given: RuleValues): Rule[] {
  const { exclude, noText, time, id, fields, value, each } = given;
  const rule: Rule = {
    ...{ time, id, fields, value, each },
    ...noText ? { text: false } : {},
  };
  const changes = Object.values(rule).some((part) => part !== undefined);
  return [
    ...exclude.map((filter) => ({ filter, exclude: true })),
    ...changes ? [rule] : [],
  ];
}
