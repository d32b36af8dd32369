import { checkTopicFilter, escape, findOverlap } from "../pipeline/mod.ts";
import { usage, UsageError } from "./usage_error.ts";

/**
 * Reads the topics to subscribe to: the one that a command is given, and those
 * of its `--topic`.
 *
 * @throws {UsageError} where one is none.
 *
 * @example
 * ```ts
 * import { readTopics } from "./topic_arguments.ts";
 *
 * if (readTopics("a", ["b/#"]).join() !== "a,b/#") throw new Error();
 * ```
 */
export function readTopics(topic: string, more: string[] = []): string[] {
  const topics = [topic, ...more];
  for (const given of topics) {
    usage(() => checkTopicFilter(given));
  }
  return topics;
}

/**
 * Refuses topics of which one covers another: each message on both would come
 * twice. Of two that only overlap it warns on stderr; a durable recording, which
 * records each message once, refuses them, too.
 *
 * @throws {UsageError} where that is so.
 *
 * @example
 * ```ts
 * import { checkOverlap } from "./topic_arguments.ts";
 *
 * checkOverlap(["lab/+", "zigbee2mqtt/#"]);
 * ```
 */
export function checkOverlap(
  topics: readonly string[],
  { durable }: { durable?: string } = {},
): void {
  const overlap = findOverlap(topics);
  if (!overlap) return;
  const [wide, narrow] = [overlap.wide, overlap.narrow].map(escape);
  if (wide === narrow) {
    throw new UsageError(`The topic ${wide} is given twice. Leave out one.`);
  }
  if (overlap.covered) {
    throw new UsageError(
      `The topic ${wide} covers ${narrow}: what comes on both would come twice. Leave out ${narrow}.`,
    );
  }
  if (durable !== undefined) {
    throw new UsageError(
      `--durable does not go with topics that overlap: what comes on both ${wide} and ${narrow} would be recorded twice.`,
    );
  }
  console.error(
    `Warning: the topics ${wide} and ${narrow} overlap. What comes on both may come twice.`,
  );
}
