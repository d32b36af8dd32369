import { WeirError } from "./error.ts";
import type { Message, Reject, SensorEvent } from "./event.ts";
import type { Sink, Stage } from "./flow.ts";
import { escape } from "./escape.ts";
import { createOutcome, type Outcome } from "./payload/outcome.ts";
import { readMessage } from "./payload/read_message.ts";
import { type Reader, readWith } from "./payload/reader.ts";
import type { Rule } from "./payload/rule.ts";
import { readByRules } from "./payload/rules.ts";
import { type SharedId, watchIds } from "./payload/shared_ids.ts";
import { reportRejects } from "./report_rejects.ts";
import { startSideBranch } from "./side_branch.ts";
import { say } from "./say.ts";

/** Options of {@linkcode parse}. */
export interface ParseOptions {
  /**
   * Takes what could not become events, and is awaited before the batch goes
   * on. If it fails, the flow goes on without it; stderr says so. Default:
   * {@linkcode reportRejects}.
   */
  rejects?: Sink<Reject, unknown>;
  /** Reads messages in the place of what is described here. */
  read?: Reader;
  /**
   * How messages are read, by topic: the first rule whose filter covers a
   * message's topic applies to it. Not with `read`.
   */
  rules?: readonly Rule[];
  /** Is called with the number of a batch's gaps, if it has some. */
  onGaps?: (count: number) => void;
  /**
   * Is called with the number of a batch's readings that have no time where
   * their rule looks for it, if there are some. They have the host's time.
   */
  onUntimed?: (count: number) => void;
  /** Is called with the number of a batch's messages that a rule leaves out. */
  onExcluded?: (count: number) => void;
  /**
   * Is called once with each sensor id that comes from two topics (ten ids at
   * the most): they are one sensor from here on. Default: prints a warning on stderr.
   */
  onSharedId?: (shared: SharedId) => void;
  /** The largest payload that is read, in bytes. Default: 1 MiB. */
  maxPayload?: number;
}

/**
 * Makes events of messages, each decided by its payload:
 *
 * - `[sensor_id, ts, val]` and `{"sensor_id":…,"ts":…,"val":…}`: one event; an
 *   array of them: one each. An object needs no `ts`, which may also be ISO 8601.
 * - Any other object of JSON, or array of objects: one event for each scalar
 *   field, its id `topic/field`, or `topic/field/field` if it is nested; in
 *   arrays by index. At most 1,000 of one message.
 * - A bare number, string or boolean, or text that is not JSON (256 characters
 *   at the most): one event, the topic is the sensor id.
 *
 * A gap (`null`, `nan`, a number that overflows) is a value that the device says
 * it has not: it is counted, and makes no event. A number with more digits than a
 * double holds keeps them, as text. An event of a payload that holds no time gets
 * the time of its message. All else is a reject; it never stops the flow. Empty
 * payloads and messages on weir's own topics (`weir/<sensor_id>/status` and the
 * like) are passed over.
 *
 * @throws {WeirError} if a rule is wrong.
 *
 * @example
 * ```ts
 * import { type Message, parse, pipe } from "./mod.ts";
 *
 * const message = (topic: string, text: string): Message => ({
 *   topic,
 *   payload: new TextEncoder().encode(text),
 *   time: 1484535480.613,
 *   qos: 0,
 *   retain: false,
 *   dup: false,
 * });
 * async function* source() {
 *   yield [
 *     message("sensor-data", '["lux-1", 624, 284.1312]'),
 *     message("zigbee2mqtt/door", '{"contact": true, "battery": 97}'),
 *   ];
 * }
 * const events = (await Array.fromAsync(pipe(source(), parse()))).flat();
 * const ids = events.map((event) => event.sensor_id).join();
 * if (ids !== "lux-1,zigbee2mqtt/door/contact,zigbee2mqtt/door/battery") throw ids;
 * ```
 */
export function parse(options: ParseOptions = {}): Stage<Message, SensorEvent> {
  const { rejects: sink = reportRejects(), maxPayload = 1_048_576 } = options;
  const { onGaps, onUntimed, onExcluded, onSharedId = reportSharedId } =
    options;
  const load = loaderOf(options);
  return async function* (flow) {
    const rejected = startSideBranch(sink, "reject");
    const named = watchIds(onSharedId);
    let close = () => rejected.end();
    try {
      const read = await load();
      for await (const messages of flow) {
        const outcome = createOutcome(named);
        for (const message of messages) {
          if (isOwn(message.topic)) continue;
          const { payload, bytes: size = payload.length } = message;
          if (size > maxPayload || size > payload.length) {
            outcome.rejects.push(tooLarge(message, size, maxPayload));
          } else read(message, outcome);
        }
        const { events, rejects, gaps, untimed, excluded } = outcome;
        if (gaps > 0) onGaps?.(gaps);
        if (untimed > 0) onUntimed?.(untimed);
        if (excluded > 0) onExcluded?.(excluded);
        if (rejects.length > 0) {
          const { boundReject } = await import("./payload/bound_reject.ts");
          await rejected.push(rejects.map(boundReject));
        }
        if (events.length > 0) yield events;
      }
    } catch (error) {
      close = () => rejected.fail(error);
      throw error;
    } finally {
      await close();
    }
  };
}

type Read = (message: Message, outcome: Outcome) => void;

function loaderOf({ read, rules }: ParseOptions): () => Promise<Read> | Read {
  if (read && rules) {
    throw new WeirError(
      "ERR_WEIR_ARGUMENT",
      "parse() takes a reader or rules, not both.",
    );
  }
  if (read) return () => readWith(read);
  return rules && rules.length > 0 ? readByRules(rules) : () => readMessage;
}

/** weir's own topics: they tell of a board, and are no readings. */
const OWN_TOPIC = /^weir\/[^/]+\/(status|request|reply|config)$/;

function isOwn(topic: string): boolean {
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

function reportSharedId({ sensor_id, topics }: SharedId): void {
  const [id, first, second] = [sensor_id, ...topics].map(escape);
  say(
    `Warning: ${id} comes from ${first} and from ${second}. They are one sensor in the recording.`,
  );
}
