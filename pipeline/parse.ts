import { startBranch } from "./branch.ts";
import type { Message, Reject, SensorEvent } from "./event.ts";
import type { Sink, Stage } from "./flow.ts";
import { readMessage } from "./payload/read_message.ts";
import { reportRejects } from "./report_rejects.ts";

/** Options of {@linkcode parse}. */
export interface ParseOptions {
  /**
   * Takes what could not become events, and is awaited before the batch goes
   * on. By default it is told on stderr: the first ones each, the
   * rest by their number.
   */
  rejects?: Sink<Reject, unknown>;
  /** The largest payload that is read, in bytes. Default: 1 MiB. */
  maxPayload?: number;
}

/**
 * Makes events of messages, each decided by its payload (UTF-8 JSON, RFC 8259):
 *
 * - `[sensor_id, ts, val]` and `{"sensor_id":…,"ts":…,"val":…}`: one event. What
 *   else is in such an object is passed over.
 * - A bare number, string or boolean: one event, the topic is the sensor id.
 * - Any other object: one event for each scalar field, its id `topic/field`, or
 *   `topic/field/field` where it is nested. `null` and arrays in it are no
 *   readings and are passed over.
 *
 * An event of a payload that holds no time gets the time of its message. All
 * else is a reject; it never stops the flow. Messages on weir's own topics
 * (`weir/<sensor_id>/status` and the like) are passed over.
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
  return async function* (flow) {
    const rejected = startBranch(sink);
    let close = () => rejected.end();
    try {
      for await (const messages of flow) {
        const events: SensorEvent[] = [];
        const rejects: Reject[] = [];
        for (const message of messages) {
          readMessage(message, maxPayload, events, rejects);
        }
        if (rejects.length > 0) await rejected.push(rejects);
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
