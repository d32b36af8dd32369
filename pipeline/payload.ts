import { Buffer, isUtf8 } from "node:buffer";
import type { Message, Reject, SensorEvent } from "./event.ts";

/** How deep the fields of an object may lie in each other. */
const MAX_DEPTH = 32;

/** How much of a payload that is too large goes into its reject, in bytes. */
const MAX_KEPT = 65_536;

/** weir's own topics: they tell of a board, and are no readings. */
const OWN_TOPIC = /^weir\/.+\/(status|request|reply|config)$/;

/**
 * Appends the events that a message holds to `events`, or why it holds none to
 * `rejects`. See `parse()` for what is an event.
 *
 * @example
 * ```ts
 * import type { Reject, SensorEvent } from "./mod.ts";
 * import { readMessage } from "./payload.ts";
 *
 * const events: SensorEvent[] = [];
 * const rejects: Reject[] = [];
 * const message = {
 *   topic: "attic/temperature",
 *   payload: new TextEncoder().encode("21.5"),
 *   time: 1484535480.613,
 *   qos: 0 as const,
 *   retain: false,
 *   dup: false,
 * };
 * readMessage(message, 1024, events, rejects);
 * if (events[0].sensor_id !== "attic/temperature") throw events;
 * ```
 */
export function readMessage(
  message: Message,
  maxPayload: number,
  events: SensorEvent[],
  rejects: Reject[],
): void {
  const { topic, payload, time } = message;
  if (topic.startsWith("weir/") && OWN_TOPIC.test(topic)) return;

  const reject = (reason: string) => {
    rejects.push({ time, topic, reason, payload });
  };
  if (payload.length > maxPayload) {
    rejects.push({
      time,
      topic,
      reason: `${payload.length} bytes are over the ${maxPayload} allowed` +
        ` (kept: the first ${Math.min(MAX_KEPT, payload.length)})`,
      // A copy: a view would keep all of a large payload in memory.
      payload: payload.slice(0, MAX_KEPT),
    });
    return;
  }
  const text = decode(payload);
  // Decoding puts U+FFFD for what is not UTF-8; the payload may hold its own.
  if (text.includes("\ufffd") && !isUtf8(payload)) return reject("not UTF-8");
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return reject("not JSON");
  }

  if (isTriple(value)) {
    events.push(event(message, value[0], value[1], value[2]));
  } else if (Array.isArray(value)) {
    reject("an array that is not [sensor_id, ts, val]");
  } else if (value === null) {
    reject("null");
  } else if (typeof value !== "object") {
    if (isValue(value)) {
      events.push(event(message, topic, time, value));
    } else reject("not a finite number");
  } else {
    const { sensor_id, ts, val } = value as Record<string, unknown>;
    const named = [sensor_id, ts, val];
    if (isTriple(named) && Object.keys(value).length === 3) {
      events.push(event(message, named[0], named[1], named[2]));
      return;
    }
    const before = events.length + rejects.length;
    readFields(message, value as Record<string, unknown>, events, reject);
    if (events.length + rejects.length === before) {
      reject("an object without a number, string or boolean in it");
    }
  }
}

/** Appends one event for each scalar field, also of the objects in it. */
function readFields(
  message: Message,
  object: Record<string, unknown>,
  events: SensorEvent[],
  reject: (reason: string) => void,
  path = message.topic,
  depth = 1,
): void {
  for (const [name, value] of Object.entries(object)) {
    const id = `${path}/${name}`;
    if (value === null || Array.isArray(value)) continue;
    if (isValue(value)) {
      events.push(event(message, id, message.time, value));
    } else if (typeof value !== "object") {
      reject(`${id} is not a finite number`);
    } else if (depth === MAX_DEPTH) reject(`nested over ${MAX_DEPTH} levels`);
    else {
      const nested = value as Record<string, unknown>;
      readFields(message, nested, events, reject, id, depth + 1);
    }
  }
}

/** Several times as fast as a `TextDecoder` at the size of a reading. */
function decode(payload: Uint8Array): string {
  const { buffer, byteOffset, length } = payload;
  return Buffer.isBuffer(payload)
    ? payload.toString()
    : Buffer.from(buffer, byteOffset, length).toString();
}

/** Whether it is `[sensor_id, ts, val]`. */
function isTriple(
  value: unknown,
): value is [string, number, SensorEvent["val"]] {
  return Array.isArray(value) && value.length === 3 &&
    typeof value[0] === "string" && Number.isFinite(value[1]) &&
    isValue(value[2]);
}

/** Whether it can be the value of an event. JSON's 1e999 reads as Infinity. */
function isValue(value: unknown): value is SensorEvent["val"] {
  return typeof value === "number"
    ? Number.isFinite(value)
    : typeof value === "string" || typeof value === "boolean";
}

/** What every event is a copy of, in the order of its fields. */
const EVENT: SensorEvent = {
  sensor_id: "",
  ts: 0,
  val: 0,
  time: 0,
  topic: "",
  retain: false,
  dup: false,
};

/** A copy, for the reason that `toMessage()` gives. */
function event(
  { time, topic, retain, dup }: Message,
  sensor_id: string,
  ts: number,
  val: SensorEvent["val"],
): SensorEvent {
  return { ...EVENT, sensor_id, ts, val, time, topic, retain, dup };
}
