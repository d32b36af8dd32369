import type { Message, Reject, SensorEvent } from "./event.ts";
import type { Stage } from "./flow.ts";
import { isOwn, loadReader, type ReadOptions } from "./payload/load_reader.ts";
import { createOutcome } from "./payload/outcome.ts";
import type { Rule } from "./payload/rule.ts";
import { findRule } from "./payload/rules.ts";

/** What a message becomes, and why. */
export interface Explained {
  /** The message. */
  message: Message;
  /** Whether it is passed over: its topic is weir's own, or it says nothing. */
  nothing: boolean;
  /** The rule that applies to it, if one does. */
  rule?: Rule;
  /** Its readings. */
  events: readonly SensorEvent[];
  /** The message, or parts of it, that cannot become events. */
  rejects: readonly Reject[];
  /** How many of its values are gaps. */
  gaps: number;
  /** How many of its readings have no time where the rule looks for it. */
  untimed: number;
  /** Whether the rule leaves it out. */
  excluded: boolean;
}

/**
 * Says of each message what {@linkcode parse} makes of it, and by which rule.
 *
 * @throws {WeirError} if a rule is wrong.
 *
 * @example
 * ```ts
 * import { explain, type Message, pipe } from "./mod.ts";
 *
 * async function* source(): AsyncGenerator<Message[]> {
 *   const payload = new TextEncoder().encode('{"model":"WH2","t":17.4}');
 *   const rest = { time: 1484535480.613, qos: 0, retain: false, dup: false } as const;
 *   yield [{ topic: "rtl", payload, ...rest }];
 * }
 * const rules = [{ filter: "rtl", id: "{model}" }];
 * for await (const [{ rule, events }] of pipe(source(), explain({ rules }))) {
 *   if (rule !== rules[0] || events[0].sensor_id !== "WH2/t") throw events;
 * }
 * ```
 */
export function explain(
  options: ReadOptions = {},
): Stage<Message, Explained> {
  const { rules = [] } = options;
  const load = loadReader(options);
  return async function* (flow) {
    const read = await load();
    for await (const messages of flow) {
      yield messages.map((message): Explained => {
        const outcome = createOutcome();
        read(message, outcome);
        const { events, rejects, gaps, untimed, excluded } = outcome;
        return {
          message,
          nothing: excluded + events.length + rejects.length + gaps === 0,
          rule: isOwn(message.topic)
            ? undefined
            : findRule(rules, message.topic),
          events,
          rejects,
          gaps,
          untimed,
          excluded: excluded > 0,
        };
      });
    }
  };
}
