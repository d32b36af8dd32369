import type { Message } from "../event.ts";
import { checkTopicFilter, findOverlap } from "../mqtt/topic_filter.ts";
import type { Outcome } from "./outcome.ts";
import { readByRule } from "./read_by_rule.ts";
import { readMessage } from "./read_message.ts";
import type { Rule } from "./rule.ts";

/** Of how many topics it is remembered which rule is for them. */
const MAX_TOPICS = 10_000;

type Read = (message: Message, outcome: Outcome) => void;

/**
 * Reads messages by rules: the first one whose filter covers a message's topic
 * applies to it. A message without one is read as it is without rules.
 *
 * @throws {WeirError} if a filter or an id is wrong.
 */
export function readByRules(rules: readonly Rule[]): Read {
  const readers = rules.map((rule) => ({
    filter: rule.filter,
    read: readerOf(rule),
  }));
  const known = new Map<string, Read>();
  return (message, outcome) => {
    const { topic } = message;
    let read = known.get(topic);
    if (!read) {
      read = readers.find(({ filter }) =>
        filter === undefined || findOverlap([filter, topic]) !== undefined
      )?.read ?? readMessage;
      if (known.size === MAX_TOPICS) {
        known.clear();
      }
      known.set(topic, read);
    }
    read(message, outcome);
  };
}

/**
 * Checks a rule, as `parse()` does.
 *
 * @throws {WeirError} if its filter or its id is wrong.
 *
 * @example
 * ```ts
 * import { checkRule } from "../mod.ts";
 *
 * checkRule({ filter: "rtl_433/+/events", id: "{model}/{id}", time: "time" });
 * ```
 */
export function checkRule({ filter, ...rule }: Rule): void {
  if (filter !== undefined) checkTopicFilter(filter);
  readByRule(rule);
}

function readerOf(rule: Rule): Read {
  checkRule(rule);
  if (rule.exclude) return (_message, outcome) => void outcome.excluded++;
  const read = readByRule(rule);
  return (message, outcome) =>
    readMessage(message, outcome, { text: rule.text ?? true, read });
}
