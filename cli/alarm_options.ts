import { escape } from "../pipeline/escape.ts";
import type { Comparison, Limit } from "../run/limit.ts";
import { option, repeatable, text } from "./define_option.ts";
import { readDuration } from "./duration.ts";
import { UsageError } from "./usage_error.ts";

const VALUE =
  /^(.*?\S)\s*(>=|<=|!=|>|<|=)\s*(.*?\S)(?:\s+until\s+(\S+))?(?:\s+for\s+(\S+))?$/s;
const QUIET = /^(.*\S)\s+quiet\s+for\s+(\S+)$/s;

/**
 * A limit as it is typed: `attic/temperature > 30 for 1m`, `door = open`,
 * `* quiet for 10m`.
 *
 * @throws {UsageError} if it is none.
 */
export function readLimit(typed: string, name: string): Limit {
  const [, silent, silence] = QUIET.exec(typed) ?? [];
  if (silent !== undefined) {
    return { text: typed, sensors: silent, seconds: readDuration(silence) };
  }
  const [, sensors, comparison, value, until, time] = VALUE.exec(typed) ?? [];
  const wrong = (why: string) =>
    new UsageError(
      `${name} is like 'attic/temperature > 30 for 1m' or '* quiet for 10m', not ${
        escape(typed)
      }${why}.`,
    );
  if (sensors === undefined) throw wrong("");
  const isEqual = comparison === "=" || comparison === "!=";
  if (!isEqual && !isNumber(value)) {
    throw wrong(`: ${escape(value)} is no number`);
  }
  if (until !== undefined && (isEqual || !isNumber(until))) {
    throw wrong(": until takes a number, with > or <");
  }
  const isAbove = comparison.startsWith(">");
  const back = until === undefined ? undefined : Number(until);
  if (back !== undefined && (back > Number(value)) === isAbove) {
    throw wrong(`: until ${back} is on the wrong side of ${value}`);
  }
  return {
    text: typed,
    sensors,
    comparison: comparison as Comparison,
    value,
    until: back,
    seconds: time === undefined ? 0 : readDuration(time),
  };
}

const isNumber = (text: string) =>
  text.trim() !== "" && Number.isFinite(Number(text));

/** The options of alarms: `record` and `tui`. */
export const alarmOptions = {
  limits: repeatable(
    "--alarm <limit>",
    "Warn at this limit: 'attic/temperature > 30 for 1m', 'attic/* > 30 until 28', 'door = open for 10m', 'attic/* quiet for 10m'; repeatable.",
    readLimit,
  ),
  onAlarm: option(
    "--on-alarm <command>",
    "Run this command when an alarm goes off and when it is over. It finds WEIR_ALARM (on, over), WEIR_SENSOR, WEIR_VALUE, WEIR_LIMIT in its environment.",
    text,
  ),
};
