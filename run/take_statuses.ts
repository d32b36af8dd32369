import type { Message, Stage } from "../pipeline/mod.ts";
import { findOverlap } from "../pipeline/mqtt/topic_filter.ts";

/** Where boards say how they are. */
const STATUS_TOPICS = "weir/+/status";

/** The statuses of boards, beside the messages that a run subscribes to. */
export interface Statuses {
  /** The topics to subscribe to for them, if `topics` do not bring them. */
  besides: readonly string[];
  /**
   * Lets messages by, and hands on each status when all that came before it is
   * done with. What was subscribed to for them alone goes no further.
   */
  stage: Stage<Message, Message>;
}

/**
 * Takes the statuses of boards out of the flow of messages. What the broker had
 * kept is left out: it was said long before.
 */
export function takeStatuses(
  topics: readonly string[],
  take: (status: Message) => Promise<void>,
): Statuses {
  const isWanted = (topic: string) =>
    topics.some((filter) => covers(filter, topic));
  return {
    besides: isWanted(STATUS_TOPICS) ? [] : [STATUS_TOPICS],
    async *stage(flow) {
      for await (const batch of flow) {
        let from = 0;
        for (const [index, message] of batch.entries()) {
          if (!isStatus(message.topic)) continue;
          if (index > from) yield batch.slice(from, index);
          if (!message.retain) await take(message);
          from = isWanted(message.topic) ? index : index + 1;
        }
        if (from === 0) yield batch;
        else if (from < batch.length) yield batch.slice(from);
      }
    },
  };
}

function isStatus(topic: string): boolean {
  return topic.startsWith("weir/") && /^weir\/[^/]+\/status$/.test(topic);
}

/** Whether a filter matches all topics that another one matches. */
export function covers(filter: string, other: string): boolean {
  const overlap = findOverlap([filter, other]);
  return overlap?.covered === true && overlap.wide === filter;
}
