import { createHash } from "node:crypto";
import type { Message } from "../event.ts";
import type { Stage } from "../flow.ts";
import { filter } from "../stages/filter.ts";

/** Of how many topics it is known what they said last. */
const MAX_TOPICS = 10_000;

/**
 * Leaves out a retained message that says what the last message on its topic
 * said. A broker sends its retained messages at every subscription, so after a
 * lost connection they come again; those that have changed come through.
 * Of more than 10,000 topics it forgets those heard of the longest time ago.
 *
 * @example
 * ```ts
 * import { type Message, pipe, withoutRepeats } from "../mod.ts";
 *
 * const message = (text: string, retain: boolean): Message => ({
 *   topic: "attic",
 *   payload: new TextEncoder().encode(text),
 *   time: 1484535480.613,
 *   qos: 0,
 *   retain,
 *   dup: false,
 * });
 * async function* source() {
 *   yield [message("1", true), message("2", false)];
 *   yield [message("2", true)]; // the connection was lost, and is back
 *   yield [message("3", true)];
 * }
 * const kept = (await Array.fromAsync(pipe(source(), withoutRepeats()))).flat();
 * if (kept.length !== 3) throw kept;
 * ```
 */
export function withoutRepeats(): Stage<Message, Message> {
  return (flow) => {
    const last = new Map<string, string>();
    return filter<Message>(({ topic, payload, retain }) => {
      const digest = createHash("sha256").update(payload).digest("base64");
      if (retain && last.get(topic) === digest) return false;
      last.delete(topic);
      last.set(topic, digest);
      if (last.size > MAX_TOPICS) last.delete(last.keys().next().value!);
      return true;
    })(flow);
  };
}
