import { WeirError } from "../error.ts";
import type { Message, Reject } from "../event.ts";
import type { Read } from "./outcome.ts";
import { readMessage } from "./read_message.ts";
import { type Reader, readWith } from "./reader.ts";
import type { Rule } from "./rule.ts";
import { readByRules } from "./rules.ts";

/** Options that say how messages are read. */
export interface ReadOptions {
  /** Reads messages in the place of what is described here. */
  read?: Reader;
  /**
   * How messages are read, by topic: the first rule whose filter covers a
   * message's topic applies to it. Not with `read`.
   */
  rules?: readonly Rule[];
  /** The largest payload that is read, in bytes. Default: 1 MiB. */
  maxPayload?: number;
}

/**
 * Makes a function that loads what messages are read with.
 *
 * @throws {WeirError} if a rule is wrong.
 */
export function loadReader(
  { read, rules = [], maxPayload = 1_048_576 }: ReadOptions,
): () => Promise<Read> {
  if (read && rules.length > 0) {
    throw new WeirError(
      "ERR_WEIR_ARGUMENT",
      "parse() takes a reader or rules, not both.",
    );
  }
  const load = rules.length > 0 ? readByRules(rules) : undefined;
  return async () => {
    const readOne = read ? readWith(read) : await load?.() ?? readMessage;
    return (message, outcome) => {
      if (isOwn(message.topic)) return;
      const { payload, bytes: size = payload.length } = message;
      if (size > maxPayload || size > payload.length) {
        outcome.rejects.push(tooLarge(message, size, maxPayload));
      } else readOne(message, outcome);
    };
  };
}

/** Topics that tell of a board, and hold no readings. */
const OWN_TOPIC = /^weir\/[^/]+\/(status|request|reply|config)$/;

/** Whether it is one of weir's own topics. */
export function isOwn(topic: string): boolean {
  return topic.startsWith("weir/") && OWN_TOPIC.test(topic);
}

function tooLarge(message: Message, size: number, allowed: number): Reject {
  const { time, topic, payload } = message;
  const cut = size > payload.length;
  // What was not taken in whole would be too much for a smaller machine.
  const advice = cut ? ". Limit the size of messages at the broker" : "";
  const reason = `${size} bytes are over the ${allowed} allowed${advice}`;
  return { time, topic, reason, payload, bytes: cut ? size : undefined };
}
