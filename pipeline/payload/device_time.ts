/** A date and a time in ISO 8601: a zone may follow. */
const ISO =
  /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d(?::\d\d)?)(?:[.,](\d+))?\s?(Z|[+-]\d\d(?::?\d\d)?)?$/i;

/**
 * The seconds since 1970 of a time in ISO 8601, with milliseconds; `undefined`
 * if it is none. Without a zone it is the time of this computer's zone.
 */
export function parseIso(text: string): number | undefined {
  const found = text.length <= 64 ? ISO.exec(text) : null;
  if (!found) return undefined;
  const [, date, clock, fraction = "", zone = ""] = found;
  const seconds = clock.length === 5 ? `${clock}:00` : clock;
  const offset = /^[zZ]?$/.test(zone)
    ? zone.toUpperCase()
    : `${zone.slice(0, 3)}:${zone.slice(3).replace(":", "") || "00"}`;
  const ms = Date.parse(
    `${date}T${seconds}.${fraction.padEnd(3, "0").slice(0, 3)}${offset}`,
  );
  return Number.isNaN(ms) ? undefined : ms / 1000;
}

/**
 * The seconds since 1970, with milliseconds, of a time as devices write it: ISO
 * 8601, or a number of seconds, milliseconds, microseconds or nanoseconds, by its
 * size; `undefined` if it is none. In seconds, 1e11 is the year 5138; in
 * milliseconds, 1973.
 */
export function readDeviceTime(value: unknown): number | undefined {
  if (typeof value === "string" && !/^\d+(\.\d+)?$/.test(value)) {
    return parseIso(value);
  }
  const number = typeof value === "string" ? Number(value) : value;
  if (typeof number !== "number" || !(number > 0 && number < 1e20)) {
    return undefined;
  }
  let seconds = number;
  while (seconds >= 1e11) seconds /= 1000;
  return Math.round(seconds * 1000) / 1000;
}
