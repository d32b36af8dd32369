import { sleep } from "../backoff.ts";
import { WeirError } from "../error.ts";
import { escape } from "../escape.ts";
import { fileError } from "../recording/file_error.ts";
import { type Outgoing, publishBatches } from "../mqtt/publish.ts";
import { checkTopic } from "../mqtt/topic_filter.ts";
import { readIdTemplate } from "../payload/id_template.ts";
import { mergeInOrder } from "../recording/merge_in_order.ts";
import { readMessages, type RecordedMessage } from "./read_messages.ts";
import type { Replayed, ReplayOptions } from "./replay_settings.ts";

/** Replays recordings; see `replayMessages()`. */
export async function runReplay(
  url: string,
  paths: readonly string[],
  options: ReplayOptions,
): Promise<Replayed> {
  const { loop = false, signal, onProgress } = options;
  const { from = -Infinity, to = Infinity, speed = 1 } = options;
  const total = await sizeOf(paths);
  const topicOf = topics(options.topic);
  const result: Replayed = { messages: 0, faults: 0 };
  let bytes = 0;
  const onBytes = (count: number) => {
    bytes += count;
  };
  const read = (path: string) =>
    readMessages(path, {
      onBytes,
      onFault(line, text) {
        result.faults++;
        options.onFault?.(path, line, text);
      },
    });
  const once = () =>
    mergeInOrder(
      paths.map((path) => ({ from: -Infinity, read: () => read(path) })),
    );
  async function* batches(): AsyncGenerator<Outgoing[]> {
    do {
      bytes = 0;
      let count = 0;
      let clock: ReturnType<typeof startClock> | undefined;
      for await (const batch of once()) {
        // What is due at one moment goes out together.
        let due: Outgoing[] = [];
        const flush = function* () {
          if (due.length === 0) return;
          yield due;
          result.messages += due.length;
          due = [];
          onProgress?.(total > 0 ? bytes / total : 1, result.messages);
        };
        for (const message of batch) {
          if (message.ts < from || message.ts >= to) continue;
          count++;
          clock ??= startClock(message.ts, speed);
          if (clock.left(message.ts) >= 1) {
            yield* flush();
            await clock.waitFor(message.ts, signal);
          }
          if (signal?.aborted) return;
          const topic = topicOf(message);
          const { qos = message.qos } = options;
          // It is changed and not copied: there may be millions.
          due.push(Object.assign(message, { topic, qos }));
        }
        yield* flush();
        if (signal?.aborted) return;
      }
      // A loop over nothing would never end.
      if (count === 0) return;
    } while (loop && !signal?.aborted);
  }
  await publishBatches(url, batches(), options);
  return result;
}

/**
 * Knows when it is time for what was recorded at some time. It keeps to the time
 * at which it was started, so no delay adds up.
 */
function startClock(first: number, speed: number) {
  const started = performance.now();
  const dueAt = (ts: number) => started + (ts - first) * 1000 / speed;
  return {
    /** How many milliseconds are left. */
    left: (ts: number) =>
      speed === Infinity ? 0 : dueAt(ts) - performance.now(),
    waitFor: (ts: number, signal?: AbortSignal) => waitUntil(dueAt(ts), signal),
  };
}

/** A timer holds 24 days. */
const LONGEST = 86_400;

async function waitUntil(due: number, signal?: AbortSignal): Promise<void> {
  for (
    let left;
    !signal?.aborted && (left = (due - performance.now()) / 1000) > 0;
  ) await sleep(Math.min(left, LONGEST), signal);
}

async function sizeOf(paths: readonly string[]): Promise<number> {
  let total = 0;
  for (const path of paths) {
    try {
      total += (await Deno.stat(path)).size;
    } catch (error) {
      throw fileError(path, error, "read");
    }
  }
  return total;
}

/** The topic of each message: its own, or what a template says. */
function topics(template?: string): (message: RecordedMessage) => string {
  const written = template === undefined ? undefined : readIdTemplate(template);
  const known = new Map<string, string>();
  return ({ topic, sensor_id }) => {
    if (!written) {
      if (topic !== undefined) return topic;
      throw new WeirError(
        "ERR_WEIR_ARGUMENT",
        "The recording does not say on which topic a reading came.",
        { facts: { help: "replay-topic" } },
      );
    }
    const key = `${topic}\n${sensor_id}`;
    return known.get(key) ?? remember(
      known,
      key,
      (() => {
        const source = {
          topic: topic ?? "",
          // A wildcard in an id is none in a topic.
          sensor_id: sensor_id?.replaceAll(/[+#\0]/g, "_"),
          find: () => undefined,
        };
        const text = written.write(source);
        if ("id" in text) {
          checkTopic(text.id);
          return text.id;
        }
        throw new WeirError(
          "ERR_WEIR_ARGUMENT",
          `The topic ${
            escape(template!)
          } has no text for a message: ${text.missing}.`,
        );
      })(),
    );
  };
}

/** So many topics are remembered. */
const MAX_KNOWN = 10_000;

function remember(
  known: Map<string, string>,
  key: string,
  topic: string,
): string {
  if (known.size >= MAX_KNOWN) known.clear();
  known.set(key, topic);
  return topic;
}
