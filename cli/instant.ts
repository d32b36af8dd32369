import { escape } from "../pipeline/escape.ts";
import { readDuration } from "./duration.ts";
import { UsageError } from "./usage_error.ts";

const DAY = /^\d{4}-\d\d-\d\d$/;
const ISO = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)?$/;

/**
 * A time as it is typed, in seconds since 1970: ISO 8601 (local, unless it names
 * a zone), `now`, `today` and `yesterday` (local midnight), or `-2h` before now.
 *
 * @throws {UsageError} if it is none.
 */
export function readInstant(text: string, name: string): number {
  const now = new Date();
  if (text === "now") return now.getTime() / 1000;
  if (text === "today" || text === "yesterday") {
    const day = now.getDate() - (text === "today" ? 0 : 1);
    return new Date(now.getFullYear(), now.getMonth(), day).getTime() / 1000;
  }
  if (/^-\d/.test(text)) {
    return now.getTime() / 1000 - readDuration(text.slice(1));
  }
  const time = DAY.test(text)
    ? Date.parse(`${text}T00:00`)
    : ISO.test(text)
    ? Date.parse(text)
    : NaN;
  if (!Number.isNaN(time)) return time / 1000;
  throw new UsageError(
    `${name} is a time like 2026-01-31, 2026-01-31T12:00, yesterday or -2h, not ${
      escape(text)
    }.`,
  );
}
