import { WeirError } from "../error.ts";
import { checkTopicFilter, findOverlap } from "../mqtt/topic_filter.ts";
import { DECODER_NAMES, DECODERS } from "./decoders.ts";
import type { Read } from "./outcome.ts";
import { readByRule } from "./read_by_rule.ts";
import { readMessage } from "./read_message.ts";
import type { Rule } from "./rule.ts";

/** Of how many topics it is remembered which rule is for them. */
const MAX_TOPICS = 10_000;

/**
 * Makes a function that loads what the rules need and reads messages by them: the
 * first rule whose filter covers a message's topic applies to it. A message
 * without one is read as it is without rules.
 *
 * @throws {WeirError} if a rule is wrong.
 */
export function readByRules(rules: readonly Rule[]): () => Promise<Read> {
  rules.forEach(checkRule);
  return async () => {
    const readers = new Map(
      await Promise.all(
        rules.map(async (rule) => [rule, await readerOf(rule)] as const),
      ),
    );
    const known = new Map<string, Read>();
    return (message, outcome) => {
      const { topic } = message;
      let read = known.get(topic);
      if (!read) {
        const rule = findRule(rules, topic);
        read = rule ? readers.get(rule)! : readMessage;
        if (known.size === MAX_TOPICS) known.clear();
        known.set(topic, read);
      }
      read(message, outcome);
    };
  };
}

/** The rule that applies to a topic. */
export function findRule(
  rules: readonly Rule[],
  topic: string,
): Rule | undefined {
  return rules.find(({ filter }) =>
    filter === undefined || findOverlap([filter, topic]) !== undefined
  );
}

/**
 * Checks a rule, as `parse()` does.
 *
 * @throws {WeirError} if its filter, its id, its decoder or a column is wrong.
 *
 * @example
 * ```ts
 * import { checkRule } from "../mod.ts";
 *
 * checkRule({ filter: "rtl_433/+/events", id: "{model}/{id}", time: "time" });
 * ```
 */
export function checkRule(rule: Rule): void {
  const { filter, decode = "json", columns = [] } = rule;
  if (filter !== undefined) checkTopicFilter(filter);
  if (!DECODER_NAMES.includes(decode)) {
    throw new WeirError(
      "ERR_WEIR_ARGUMENT",
      `There is no decoder "${decode}". Choose one of ${
        DECODER_NAMES.join(", ")
      }.`,
    );
  }
  const twice = columns.find((name, at) => columns.indexOf(name) < at);
  if (twice !== undefined) {
    throw new WeirError(
      "ERR_WEIR_ARGUMENT",
      `Two columns are called "${twice}". Give each a name of its own.`,
    );
  }
  readByRule(rule);
}

async function readerOf(rule: Rule): Promise<Read> {
  if (rule.exclude) return (_message, outcome) => void outcome.excluded++;
  const makeDecoder = await DECODERS[rule.decode ?? "json"]();
  const how = { decode: makeDecoder(rule), read: readByRule(rule) };
  return (message, outcome) => readMessage(message, outcome, how);
}
