import { shorten } from "../shorten.ts";
import type { Message, SensorEvent } from "../event.ts";
import { makeEvent } from "./make_event.ts";
import type { Outcome } from "./outcome.ts";

/** What a {@linkcode Reader} finds in a message. */
export interface Reading {
  /** What names the sensor. */
  sensor_id: string;
  /** The value; `null` or a number that is not finite is a gap. */
  val: SensorEvent["val"] | null;
  /** What the device's clock says, in seconds since 1970, if it says anything. */
  ts?: number;
}

/**
 * Reads a message: returns its readings, or a text that says why there are
 * none, which makes it a reject. An empty array is a message that has nothing to
 * say. What it throws also makes a reject, with the error's message.
 *
 * @example
 * ```ts
 * import { type Message, parse, pipe, type Reader } from "../mod.ts";
 *
 * // 21.5;60
 * const climate: Reader = ({ topic, payload }) => {
 *   const cells = new TextDecoder().decode(payload).split(";").map(Number);
 *   if (cells.length !== 2) return `${cells.length} cells, not 2`;
 *   return [
 *     { sensor_id: `${topic}/temperature`, val: cells[0] },
 *     { sensor_id: `${topic}/humidity`, val: cells[1] },
 *   ];
 * };
 * async function* source(): AsyncGenerator<Message[]> {
 *   const payload = new TextEncoder().encode("21.5;60");
 *   const rest = { time: 1484535480.613, qos: 0, retain: false, dup: false } as const;
 *   yield [{ topic: "attic", payload, ...rest }];
 * }
 * for await (const events of pipe(source(), parse({ read: climate }))) {
 *   if (events[1].val !== 60) throw events;
 * }
 * ```
 */
export type Reader = (message: Message) => readonly Reading[] | string;

/** Reads messages with a reader of one's own. */
export function readWith(
  read: Reader,
): (message: Message, outcome: Outcome) => void {
  return (message, outcome) => {
    const before = outcome.events.length;
    try {
      const readings = read(message);
      if (typeof readings === "string") throw readings;
      for (const reading of readings) addReading(message, reading, outcome);
    } catch (error) {
      outcome.events.length = before;
      const { time, topic, payload } = message;
      const reason = error instanceof Error ? error.message : `${error}`;
      outcome.rejects.push({ time, topic, reason, payload });
    }
  };
}

function addReading(
  message: Message,
  { sensor_id, val, ts }: Reading,
  outcome: Outcome,
): void {
  if (typeof sensor_id !== "string") {
    throw new TypeError("the reader gave a sensor_id that is no string");
  }
  if (ts !== undefined && !Number.isFinite(ts)) {
    throw new TypeError(
      `the reader gave ${shorten(sensor_id, 100)} a ts that is no time`,
    );
  }
  switch (typeof val) {
    case "number":
      if (Number.isFinite(val)) break;
      outcome.gaps++;
      return;
    case "string":
    case "boolean":
      break;
    default:
      if (val !== null) {
        throw new TypeError(
          `the reader gave ${
            shorten(sensor_id, 100)
          } a val that is no number, string or boolean`,
        );
      }
      outcome.gaps++;
      return;
  }
  outcome.named(sensor_id, message.topic);
  const time = ts ?? message.time;
  outcome.events.push(makeEvent(message, sensor_id, time, val, ts));
}
