import { Buffer, isUtf8 } from "node:buffer";
import type { Message, Reject, SensorEvent } from "../event.ts";

/** How deep the fields of an object may lie in each other. */
const MAX_DEPTH = 32;

/** How much of a payload that is too large goes into its reject, in bytes. */
const MAX_KEPT = 65_536;

/**
 * How many characters the ids of one message's fields may have in all: so many,
 * and so many times its own length. A long name around thousands of fields would
 * otherwise make a gigabyte of a megabyte.
 */
const MAX_IDS = { characters: 65_536, times: 16 };

/** weir's own topics: they tell of a board, and are no readings. */
const OWN_TOPIC = /^weir\/[^/]+\/(status|request|reply|config)$/;

/**
 * Appends the events that a message holds to `events`, or why it holds none to
 * `rejects`. See `parse()` for what is an event.
 *
 * @example
 * ```ts
 * import type { Reject, SensorEvent } from "../mod.ts";
 * import { readMessage } from "./read_message.ts";
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
  if (text.includes("\\u") && hasHalfCharacter(value)) {
    return reject("half a character (a lone surrogate) in its text");
  }

  if (isTriple(value)) {
    events.push(reading(message, value));
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
    if (isTriple(named)) events.push(reading(message, named));
    else {
      const before = events.length;
      const reasons = readFields(message, value as Fields, events);
      if (reasons.length > 0) {
        const more = reasons.length > 1
          ? `, and ${reasons.length - 1} more`
          : "";
        reject(reasons[0] + more);
      } else if (events.length === before) {
        reject("an object without a number, string or boolean in it");
      }
    }
  }
}

/** An object of a message. */
type Fields = Record<string, unknown>;

/**
 * Appends one event for each scalar field, also of the objects in it. Returns
 * why the others are none.
 */
function readFields(
  message: Message,
  fields: Fields,
  events: SensorEvent[],
): string[] {
  const { topic, payload, time } = message;
  const before = events.length;
  const reasons: string[] = [];
  let left = MAX_IDS.characters +
    MAX_IDS.times * (payload.length + topic.length);

  const read = (fields: Fields, path: string, depth: number): void => {
    for (const name of Object.keys(fields)) {
      const value = fields[name];
      if (value === null || Array.isArray(value)) continue;
      left -= path.length + 1 + name.length;
      if (left < 0) return;
      const id = `${path}/${name}`;
      if (isValue(value)) events.push(event(message, id, time, value));
      else if (typeof value !== "object") {
        reasons.push(`${shorten(id)} is not a finite number`);
      } else if (depth === MAX_DEPTH) {
        reasons.push(`nested over ${MAX_DEPTH} levels`);
      } else read(value as Fields, id, depth + 1);
    }
  };
  read(fields, topic, 1);
  if (left >= 0) return reasons;
  events.length = before;
  return ["its fields have too long names for so many"];
}

function shorten(id: string): string {
  return id.length > 200 ? `${id.slice(0, 200)}…` : id;
}

/** Several times as fast as a `TextDecoder` at the size of a reading. */
function decode(payload: Uint8Array): string {
  const { buffer, byteOffset, length } = payload;
  return Buffer.isBuffer(payload)
    ? payload.toString()
    : Buffer.from(buffer, byteOffset, length).toString();
}

/**
 * Whether there is half of a surrogate pair in a text of it, which JSON can
 * write as an escape and UTF-8 cannot. `JSON.stringify` leaves it an escape, and
 * nothing else that looks like it (ECMA-262, 25.5.4.3).
 */
function hasHalfCharacter(value: unknown): boolean {
  return /(?<!\\)(\\\\)*\\ud[89a-f]/.test(JSON.stringify(value));
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
  device_ts: undefined,
  topic: "",
  retain: false,
  dup: false,
};

/** The event of `[sensor_id, ts, val]`, with what its device said of the time. */
function reading(
  message: Message,
  [sensor_id, ts, val]: [string, number, SensorEvent["val"]],
): SensorEvent {
  const made = event(message, sensor_id, ts, val);
  made.device_ts = ts;
  return made;
}

/** A copy, for the reason that `toMessage()` gives. */
function event(
  { time, topic, retain, dup }: Message,
  sensor_id: string,
  ts: number,
  val: SensorEvent["val"],
): SensorEvent {
  return { ...EVENT, sensor_id, ts, val, time, topic, retain, dup };
}
