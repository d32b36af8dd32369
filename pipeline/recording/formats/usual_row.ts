import type { Row } from "../row_format.ts";

/** `1484535480.613,2017-01-16T02:58:00.613Z,` */
const TIMES = 40;

/** Where the datetime begins in that. */
const DATETIME = 15;

/** `2017-01-16T` */
const DAY = 11;

const [DOT, COLON, COMMA, Z] = Array.from(
  ".:,Z",
  (character) => character.charCodeAt(0),
);

/**
 * Reads a row of the tutorial's columns from a text, from `start` to `end`, if
 * it is as weir writes nearly all of them: a time of ten digits, CRLF, and no
 * quotes, which the caller knows. Of another row it returns nothing.
 */
export function readUsualRow(
  text: string,
  start: number,
  end: number,
): Row | undefined {
  const id = start + TIMES;
  const cr = end - 2;
  if (cr <= id || text.indexOf("\r", id) !== cr) return undefined;
  if (text.charCodeAt(start + DATETIME - 1) !== COMMA) return undefined;
  if (text.charCodeAt(id - 1) !== COMMA) return undefined;
  const comma = text.indexOf(",", id);
  if (comma < 0 || comma >= cr) return undefined;
  const another = text.indexOf(",", comma + 1);
  if (another >= 0 && another < cr) return undefined;
  const ts = readUsualTime(text, start, text, start + DATETIME);
  if (Number.isNaN(ts)) return undefined;
  return {
    ts,
    sensor_id: text.slice(id, comma),
    value: text.slice(comma + 1, cr),
  };
}

/** The day of the time before, and when it began, in ms since 1970. */
let lastDay = "";
let dayStart = NaN;

/**
 * The time that stands at these places as `1484535480.613` and as
 * `2017-01-16T02:58:00.613Z`, in seconds since 1970; NaN if one of them is
 * written otherwise, or is another time. `Date.parse()` is slow.
 */
export function readUsualTime(
  timestamps: string,
  at: number,
  datetimes: string,
  from: number,
): number {
  if (
    timestamps.charCodeAt(at + 10) !== DOT ||
    datetimes.charCodeAt(from + 13) !== COLON ||
    datetimes.charCodeAt(from + 16) !== COLON ||
    datetimes.charCodeAt(from + 19) !== DOT ||
    datetimes.charCodeAt(from + 23) !== Z
  ) return NaN;
  if (lastDay === "" || !datetimes.startsWith(lastDay, from)) {
    lastDay = datetimes.slice(from, from + DAY);
    dayStart = startOf(lastDay);
  }
  const hours = readDigits(datetimes, from + 11, 2);
  const minutes = readDigits(datetimes, from + 14, 2);
  const seconds = readDigits(datetimes, from + 17, 2);
  if (!(hours < 24 && minutes < 60 && seconds < 60)) return NaN;
  const ms = dayStart + ((hours * 60 + minutes) * 60 + seconds) * 1000 +
    readDigits(datetimes, from + 20, 3);
  const same = readDigits(timestamps, at, 10) * 1000 +
    readDigits(timestamps, at + 11, 3);
  return ms === same ? ms / 1000 : NaN;
}

/** When a day such as `2017-01-16T` began, in ms since 1970, or NaN. */
function startOf(day: string): number {
  const start = Date.parse(`${day}00:00:00.000Z`);
  // Date.parse() takes other texts as well, and a 30th of February.
  return !Number.isNaN(start) && new Date(start).toISOString().startsWith(day)
    ? start
    : NaN;
}

/** The number that so many digits are, or NaN. */
function readDigits(text: string, at: number, count: number): number {
  let number = 0;
  for (let index = at; index < at + count; index++) {
    const digit = text.charCodeAt(index) - 48;
    // Of nothing as well, which is NaN.
    if (!(digit >= 0 && digit <= 9)) return NaN;
    number = number * 10 + digit;
  }
  return number;
}
