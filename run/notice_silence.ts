import { mqtt } from "../pipeline/mqtt/source.ts";
import { findOverlap } from "../pipeline/mqtt/topic_filter.ts";
import type { ConnectionSettings } from "./run_settings.ts";

/** For so many seconds topics like those that are silent are looked for. */
const LOOK = 2;

/** No more messages than these are looked at. */
const MAX_LOOKED_AT = 10_000;

/**
 * Looks on a connection of its own for a topic that differs from a silent one in
 * case, or in a slash at its start or end.
 */
export async function findAlike(
  topics: readonly string[],
  { url, urls = [url], connect }: ConnectionSettings,
  signal: AbortSignal,
): Promise<string | undefined> {
  const wanted = topics.map(alike);
  const found = (topic: string) =>
    wanted.some((filter) => findOverlap([filter, alike(topic)])) &&
    !topics.some((filter) => findOverlap([filter, topic]));
  const options = {
    ...connect,
    clientId: undefined,
    signal: AbortSignal.any([signal, AbortSignal.timeout(LOOK * 1000)]),
  };
  let left = MAX_LOOKED_AT;
  try {
    for await (const messages of mqtt(urls, "#", options)) {
      const message = messages.find(({ topic }) => found(topic));
      if (message) return message.topic;
      if ((left -= messages.length) <= 0) return undefined;
    }
  } catch {
    // Not every broker lets everybody look at all topics.
  }
  return undefined;
}

/** A topic without what people mistake in it. */
function alike(topic: string): string {
  return topic.toLowerCase().replace(/^\/+|\/+$/g, "");
}
