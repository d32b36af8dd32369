import { shorten } from "../shorten.ts";
import type { SensorEvent } from "../event.ts";
import { Opaque, TimedValue } from "./decoder.ts";

/** Whether it is a value, and a number without more digits than a double holds. */
export function isHeld(value: unknown): value is SensorEvent["val"] {
  return typeof value === "number"
    ? value <= Number.MAX_SAFE_INTEGER && value >= Number.MIN_SAFE_INTEGER
    : typeof value === "string" || typeof value === "boolean";
}

/** Whether a device says that it has no value. JSON's 1e999 reads as Infinity. */
export function isGap(value: unknown): value is null | number {
  return value === null ||
    typeof value === "number" && !Number.isFinite(value);
}

/** Whether it is an array or an object with fields. */
export function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null &&
    !(value instanceof TimedValue || value instanceof Opaque);
}

/** What a value is, for a reason. */
export function nameOf(value: unknown): string {
  if (value === undefined) return "left out";
  if (Array.isArray(value)) return "an array";
  if (isObject(value)) return "an object";
  if (value instanceof Opaque) return value.what;
  return shorten(JSON.stringify(value), 100);
}
