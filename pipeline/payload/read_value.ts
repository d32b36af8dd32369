import { shorten } from "../shorten.ts";
import type { Message, SensorEvent } from "../event.ts";
import { parseIso } from "./device_time.ts";
import { makeEvent } from "./make_event.ts";
import type { Outcome } from "./outcome.ts";

/** How deep the fields of a message may lie in each other. */
const MAX_DEPTH = 32;

/** How many events one message may become. */
const MAX_EVENTS = 1000;

/**
 * How many characters the ids of one message's fields may have in all: so many,
 * and so many times its own length. A long name around thousands of fields would
 * otherwise make a gigabyte of a megabyte.
 */
const MAX_IDS = { characters: 65_536, times: 16 };

const NOT_READING = "an array that is not [sensor_id, ts, val]";

/** The reading of one message, under way. */
interface Reading {
  message: Message;
  outcome: Outcome;
  /** How many events there may still be. */
  events: number;
  /** How many characters ids may still have. */
  characters: number;
  /** Why a part of the message is no event, and how many more are not. */
  reason?: string;
  reasons: number;
}

/**
 * Appends the events that the value of a message holds, counts its gaps, and
 * rejects what is neither.
 */
export function readValue(
  message: Message,
  value: unknown,
  outcome: Outcome,
): void {
  // The tutorial's payload, first: most messages are one of these.
  if (
    Array.isArray(value) && value.length === 3 &&
    typeof value[0] === "string" && Number.isFinite(value[1]) &&
    isHeld(value[2])
  ) {
    pushNamed(message, value[0], value[1], value[2], outcome);
    return;
  }
  const { events, rejects } = outcome;
  const { topic, payload, time } = message;
  const before = events.length;
  const gaps = outcome.gaps;
  const reading: Reading = {
    message,
    outcome,
    events: MAX_EVENTS,
    characters: MAX_IDS.characters +
      MAX_IDS.times * (payload.length + topic.length),
    reasons: 0,
  };
  if (!readTop(reading, value)) {
    // All or nothing: half of such a message would be no reading of it.
    events.length = before;
    outcome.gaps = gaps;
    reading.reason = reading.events < 0
      ? `over ${MAX_EVENTS} readings in one message`
      : "its fields have too long names for so many";
    reading.reasons = 1;
  } else if (
    reading.reason === undefined && events.length === before &&
    outcome.gaps === gaps
  ) {
    reading.reason = `an ${
      Array.isArray(value) ? "array" : "object"
    } without a number, string or boolean in it`;
    reading.reasons = 1;
  }
  if (reading.reason === undefined) return;
  const more = reading.reasons > 1 ? `, and ${reading.reasons - 1} more` : "";
  rejects.push({ time, topic, reason: reading.reason + more, payload });
}

/** Reads a message's value. Returns whether it is within the bounds. */
function readTop(reading: Reading, value: unknown): boolean {
  const { topic } = reading.message;
  if (!isObject(value)) return readScalar(reading, topic, value);
  if (!Array.isArray(value)) return readObject(reading, topic, value, "");
  if (value.length === 3 && typeof value[0] === "string") {
    return readNamed(reading, value[0], value[1], value[2], "");
  }
  if (value.length > 0 && !value.some(isObject)) {
    return wrong(reading, NOT_READING);
  }
  return value.every((element, index) => {
    const where = `element ${index}`;
    if (Array.isArray(element)) {
      const [sensor_id, ts, val] = element;
      return element.length === 3 && typeof sensor_id === "string"
        ? readNamed(reading, sensor_id, ts, val, `${where}: `)
        : wrong(reading, `${where} is ${NOT_READING}`);
    }
    if (isObject(element)) {
      return readObject(reading, `${topic}/${index}`, element, `${where}: `);
    }
    if (element !== null) {
      return wrong(reading, `${where} is ${nameOf(element)}, not a reading`);
    }
    reading.outcome.gaps++;
    return true;
  });
}

/** Reads an object: it is a reading itself, or it has fields. */
function readObject(
  reading: Reading,
  path: string,
  fields: object,
  where: string,
): boolean {
  if ("sensor_id" in fields && "val" in fields) {
    const { sensor_id, ts, val } = fields as Record<string, unknown>;
    return readNamed(reading, sensor_id, ts, val, where);
  }
  return readFields(reading, path, fields, 1);
}

/** Reads a reading: an id, a time, if it has one, and a value or none. */
function readNamed(
  reading: Reading,
  sensor_id: unknown,
  ts: unknown,
  val: unknown,
  where: string,
): boolean {
  const { message, outcome } = reading;
  let id = sensor_id;
  if (typeof sensor_id === "number" && Number.isFinite(sensor_id)) {
    if (!Number.isSafeInteger(sensor_id)) outcome.inexact = true;
    id = JSON.stringify(sensor_id);
  }
  if (typeof id !== "string") {
    return wrong(
      reading,
      `${where}sensor_id is ${nameOf(sensor_id)}, not text`,
    );
  }
  const time = typeof ts === "string" ? parseIso(ts) : ts ?? undefined;
  if (
    time !== undefined ? !Number.isFinite(time) : typeof ts === "string"
  ) {
    return wrong(reading, `${where}ts is ${nameOf(ts)}, not a time`);
  }
  if (isObject(val)) {
    return wrong(
      reading,
      `${where}val is ${nameOf(val)}, not a number, string or boolean`,
    );
  }
  if (isGap(val)) {
    outcome.gaps++;
    return true;
  }
  if (reading.events-- === 0) return false;
  pushNamed(message, id, time as number | undefined, val, outcome);
  return true;
}

/**
 * Reads each field, also of the objects and arrays in it. Returns whether they
 * are within the bounds.
 */
function readFields(
  reading: Reading,
  path: string,
  fields: object,
  depth: number,
): boolean {
  const names = Object.keys(fields);
  for (const name of names) {
    const value = (fields as Record<string, unknown>)[name];
    if (isGap(value)) {
      reading.outcome.gaps++;
      continue;
    }
    reading.characters -= path.length + 1 + name.length;
    if (reading.characters < 0) return false;
    const id = `${path}/${name}`;
    if (!isObject(value)) {
      if (!readScalar(reading, id, value)) return false;
    } else if (depth === MAX_DEPTH) {
      wrong(reading, `nested over ${MAX_DEPTH} levels`);
    } else if (!readFields(reading, id, value, depth + 1)) return false;
  }
  return true;
}

function readScalar(reading: Reading, id: string, value: unknown): boolean {
  const { message, outcome } = reading;
  if (isGap(value)) {
    outcome.gaps++;
    return true;
  }
  if (reading.events-- === 0) return false;
  if (!isHeld(value)) outcome.inexact = true;
  outcome.events.push(
    makeEvent(message, id, message.time, value as SensorEvent["val"]),
  );
  return true;
}

/** An event that names its sensor; without a time it has its message's. */
function pushNamed(
  message: Message,
  sensor_id: string,
  ts: number | undefined,
  val: unknown,
  outcome: Outcome,
): void {
  if (!isHeld(val)) outcome.inexact = true;
  outcome.named(sensor_id, message.topic);
  const time = ts ?? message.time;
  outcome.events.push(
    makeEvent(message, sensor_id, time, val as SensorEvent["val"], ts),
  );
}

/** Takes note that a part of the message is wrong. The rest may go on. */
function wrong(reading: Reading, reason: string): true {
  reading.reason ??= reason;
  reading.reasons++;
  return true;
}

/** Whether it is a value, and a number without more digits than a double holds. */
function isHeld(value: unknown): value is SensorEvent["val"] {
  return typeof value === "number"
    ? value <= Number.MAX_SAFE_INTEGER && value >= Number.MIN_SAFE_INTEGER
    : typeof value === "string" || typeof value === "boolean";
}

/** Whether a device says that it has no value. JSON's 1e999 reads as Infinity. */
function isGap(value: unknown): value is null | number {
  return value === null ||
    typeof value === "number" && !Number.isFinite(value);
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

/** What a value is, for a reason. */
function nameOf(value: unknown): string {
  if (value === undefined) return "left out";
  if (Array.isArray(value)) return "an array";
  if (isObject(value)) return "an object";
  return shorten(JSON.stringify(value), 100);
}
