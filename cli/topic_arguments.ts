import { escape } from "../pipeline/escape.ts";
import {
  checkTopicFilter,
  findOverlap,
} from "../pipeline/mqtt/topic_filter.ts";
import { say } from "../pipeline/say.ts";
import { asUsageError, UsageError } from "./usage_error.ts";

/**
 * The topics to subscribe to: a command's argument and its `--topic` options.
 *
 * @throws {UsageError} if one is not a topic filter.
 */
export function readTopics(topic: string, more: string[] = []): string[] {
  const topics = [topic, ...more];
  for (const given of topics) {
    asUsageError(() => checkTopicFilter(given));
  }
  return topics;
}

/**
 * Refuses topics of which one covers another, since each message on both would
 * arrive twice. If two only overlap, it warns on stderr; a durable recording
 * refuses them.
 *
 * @throws {UsageError} if they are refused.
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
  say(
    `Warning: the topics ${wide} and ${narrow} overlap. What comes on both may come twice.`,
  );
}
