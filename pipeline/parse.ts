import type { Message, Reject, SensorEvent } from "./event.ts";
import type { Sink, Stage } from "./flow.ts";
import { escape } from "./escape.ts";
import { loadReader, type ReadOptions } from "./payload/load_reader.ts";
import { createOutcome } from "./payload/outcome.ts";
import { type SharedId, watchIds } from "./payload/shared_ids.ts";
import { reportRejects } from "./report_rejects.ts";
import { startSideBranch } from "./side_branch.ts";
import { say } from "./say.ts";

/** Options of {@linkcode parse}. */
export interface ParseOptions extends ReadOptions {
  /**
   * Takes what could not become events, and is awaited before the batch goes
   * on. If it fails, the flow goes on without it; stderr says so. Default:
   * {@linkcode reportRejects}.
   */
  rejects?: Sink<Reject, unknown>;
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
  const { rejects: sink = reportRejects() } = options;
  const { onGaps, onUntimed, onExcluded, onSharedId = reportSharedId } =
    options;
  const load = loadReader(options);
  return async function* (flow) {
    const rejected = startSideBranch(sink, "reject");
    const named = watchIds(onSharedId);
    let close = () => rejected.end();
    try {
      const read = await load();
      for await (const messages of flow) {
        const outcome = createOutcome(named);
        for (const message of messages) read(message, outcome);
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

function reportSharedId({ sensor_id, topics }: SharedId): void {
  const [id, first, second] = [sensor_id, ...topics].map(escape);
  say(
    `Warning: ${id} comes from ${first} and from ${second}. They are one sensor in the recording.`,
  );
}
