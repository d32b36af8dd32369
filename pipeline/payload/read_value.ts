import type { Message, SensorEvent } from "../event.ts";
import { Opaque, type TimedValue } from "./decoder.ts";
import { parseIso } from "./device_time.ts";
import { isGap, isHeld, isObject, nameOf } from "./kinds_of_value.ts";
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
export interface Reading {
  message: Message;
  outcome: Outcome;
  /** What ids begin with: its topic, unless its decoder knows better. */
  path: string;
  /** How many events there may still be. */
  events: number;
  /** How many characters ids may still have. */
  characters: number;
  /** Why a part of the message is no event, and how many more are not. */
  reason?: string;
  reasons: number;
  /** Why there is no event in a message that has no other reason for it. */
  nothing?: string;
  /** The time that a rule found. */
  ts?: number;
  /** The id that a rule gives to a sensor that is named; or what it lacks for it. */
  rename?: (sensor_id: string) => { id: string } | { missing: string };
  /** Whether a rule keeps a field, by the field's path. */
  keeps?: (field: string) => boolean;
  /** Where fields' paths begin in their ids. */
  start: number;
}

/** Reads the value of a message. Returns whether it is within the bounds. */
export type ReadTop = (reading: Reading, value: unknown) => boolean;

/**
 * Appends the events that the value of a message holds, counts its gaps, and
 * rejects what is neither.
 */
export function readValue(
  message: Message,
  value: unknown,
  outcome: Outcome,
  read: ReadTop = readTop,
  path = message.topic,
): void {
  // The tutorial's payload, first: most messages are one of these.
  if (
    read === readTop && Array.isArray(value) && value.length === 3 &&
    typeof value[0] === "string" && Number.isFinite(value[1]) &&
    isHeld(value[2])
  ) {
    pushNamed(message, outcome, value[0], value[2], value[1]);
    return;
  }
  const { events, rejects } = outcome;
  const { topic, payload, time } = message;
  const before = events.length;
  const gaps = outcome.gaps;
  const reading: Reading = {
    message,
    outcome,
    path,
    events: MAX_EVENTS,
    characters: MAX_IDS.characters +
      MAX_IDS.times * (payload.length + topic.length),
    reasons: 0,
    // Fields that are not there are slower to look up.
    ts: undefined,
    rename: undefined,
    keeps: undefined,
    start: 0,
  };
  if (!read(reading, value)) {
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
    reading.reason = reading.nothing ??
      `an ${
        Array.isArray(value) ? "array" : "object"
      } without a number, string or boolean in it`;
    reading.reasons = 1;
  }
  if (reading.reason === undefined) return;
  const more = reading.reasons > 1 ? `, and ${reading.reasons - 1} more` : "";
  rejects.push({ time, topic, reason: reading.reason + more, payload });
}

/** Reads it as it is without a rule. */
function readTop(reading: Reading, value: unknown): boolean {
  const { path } = reading;
  const elements = elementsOf(value);
  return elements === undefined
    ? readOne(reading, path, value, "")
    : elements.every((element, index) =>
      readOne(reading, `${path}/${index}`, element, `element ${index}: `)
    );
}

/** The elements of an array, unless it is a reading itself. */
export function elementsOf(value: unknown): unknown[] | undefined {
  return Array.isArray(value) && !isNamed(value) &&
      (value.length === 0 || value.some(isObject))
    ? value
    : undefined;
}

const isNamed = (value: unknown[]) =>
  value.length === 3 && typeof value[0] === "string";

/**
 * Reads the value of a message, or an element of it: `where` says which one.
 * Without a reading in it that names its sensor, ids begin with `path`.
 */
export function readOne(
  reading: Reading,
  path: string,
  value: unknown,
  where: string,
): boolean {
  if (Array.isArray(value)) {
    return isNamed(value)
      ? readNamed(reading, value[0], value[1], value[2], where)
      : wrong(
        reading,
        where ? `${where.replace(":", " is")}${NOT_READING}` : NOT_READING,
      );
  }
  if (isObject(value)) return readObject(reading, path, value, where);
  if (where !== "" && value !== null) {
    return wrong(
      reading,
      `${where.replace(":", " is")}${nameOf(value)}, not a reading`,
    );
  }
  return readScalar(reading, path, value);
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
  const renamed = reading.rename?.(id);
  if (renamed) {
    if ("missing" in renamed) return wrong(reading, where + renamed.missing);
    id = renamed.id;
  }
  if (
    time !== undefined ? !Number.isFinite(time) : typeof ts === "string"
  ) {
    return wrong(reading, `${where}ts is ${nameOf(ts)}, not a time`);
  }
  if (isObject(val) || val instanceof Opaque) {
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
  pushNamed(
    message,
    outcome,
    id as string,
    val,
    time as number | undefined,
    reading.ts,
  );
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
  const { keeps } = reading;
  const names = Object.keys(fields);
  for (const name of names) {
    const value = (fields as Record<string, unknown>)[name];
    const scalar = !isObject(value);
    if (
      keeps && scalar && !keeps(`${path}/${name}`.slice(reading.start))
    ) continue;
    if (isGap(value)) {
      reading.outcome.gaps++;
      continue;
    }
    reading.characters -= path.length + 1 + name.length;
    if (reading.characters < 0) return false;
    const id = `${path}/${name}`;
    if (scalar) {
      if (!readScalar(reading, id, value)) return false;
    } else if (depth === MAX_DEPTH) {
      wrong(reading, `nested over ${MAX_DEPTH} levels`);
    } else if (!readFields(reading, id, value, depth + 1)) return false;
  }
  return true;
}

/** Reads a value that is one event. */
export function readScalar(
  reading: Reading,
  id: string,
  value: unknown,
): boolean {
  const { message, outcome, ts } = reading;
  if (isGap(value)) {
    outcome.gaps++;
    return true;
  }
  if (typeof value === "object") return readDecoded(reading, id, value);
  if (reading.events-- === 0) return false;
  if (!isHeld(value)) outcome.inexact = true;
  // Without a template an id begins with its topic.
  if (reading.rename) outcome.named(id, message.topic);
  const val = value as SensorEvent["val"];
  // A field more in every event would slow all of them down.
  outcome.events.push(
    ts === undefined
      ? makeEvent(message, id, message.time, val)
      : { ...makeEvent(message, id, ts, val, ts), timed: true },
  );
  return true;
}

/** Reads a value that JSON does not have. The time of a rule goes before its own. */
function readDecoded(reading: Reading, id: string, value: unknown): boolean {
  if (value instanceof Opaque) {
    return wrong(reading, `${id} is ${value.what}, not a value`);
  }
  const { ts } = reading;
  const timed = value as TimedValue;
  reading.ts = ts ?? timed.ts;
  const within = readScalar(reading, id, timed.value);
  reading.ts = ts;
  return within;
}

/**
 * An event that names its sensor. It has the time that a rule found, or its
 * own, or its message's.
 */
function pushNamed(
  message: Message,
  outcome: Outcome,
  sensor_id: string,
  val: unknown,
  own: number | undefined,
  found?: number,
): void {
  if (!isHeld(val)) outcome.inexact = true;
  outcome.named(sensor_id, message.topic);
  const ts = found ?? own;
  const event = makeEvent(
    message,
    sensor_id,
    ts ?? message.time,
    val as SensorEvent["val"],
    ts,
  );
  outcome.events.push(found === undefined ? event : { ...event, timed: true });
}

/** Takes note that a part of the message is wrong. The rest may go on. */
export function wrong(reading: Reading, reason: string): true {
  reading.reason ??= reason;
  reading.reasons++;
  return true;
}
