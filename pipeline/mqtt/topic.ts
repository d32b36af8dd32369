import { WeirError } from "../error.ts";
import { escape } from "../text.ts";

/**
 * Checks a topic filter (MQTT 5, section 4.7): `#` stands alone and last, `+`
 * stands alone between slashes, and there is something in it.
 *
 * @throws {WeirError} where it is none.
 *
 * @example
 * ```ts
 * import { checkTopicFilter } from "./topic.ts";
 *
 * checkTopicFilter("zigbee2mqtt/+/availability");
 * ```
 */
export function checkTopicFilter(filter: string): void {
  const levels = filter.split("/");
  const valid = filter !== "" && !filter.includes("\0") &&
    levels.every((level, index) =>
      level === "+" || !/[+#]/.test(level) ||
      (level === "#" && index === levels.length - 1)
    );
  if (!valid) {
    throw new WeirError(
      `"${
        escape(filter)
      }" is not a topic to subscribe to: # stands alone at the end, + alone between slashes.`,
    );
  }
}

/**
 * Checks a topic to publish on (MQTT 5, section 4.7): no wildcards in it.
 *
 * @throws {WeirError} where it is none.
 *
 * @example
 * ```ts
 * import { checkTopic } from "./topic.ts";
 *
 * checkTopic("sensor-data");
 * ```
 */
export function checkTopic(topic: string): void {
  if (topic === "" || /[+#\0]/.test(topic)) {
    throw new WeirError(
      `"${
        escape(topic)
      }" is not a topic to publish on: it may not be empty, nor have + or # in it.`,
    );
  }
}
