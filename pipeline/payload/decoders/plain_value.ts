import { Opaque } from "../decoder.ts";
import { Unreadable } from "../outcome.ts";

/** How deep values may lie in each other. */
export const MAX_DEPTH = 64;

/**
 * The value as JSON would hold it: an integer that a double does not hold is its
 * digits, as text; a time is ISO 8601; bytes, and what `opaque` has words for,
 * are `Opaque`.
 *
 * @throws {Unreadable} if it is nested too deep, or has text that is not UTF-8.
 */
export function toPlain(
  value: unknown,
  opaque: (value: object) => string | undefined = () => undefined,
  depth = 0,
): unknown {
  if (typeof value === "bigint") return exactInteger(value);
  if (typeof value === "string") return checkCharacters(value);
  if (value === undefined) return null;
  if (typeof value !== "object" || value === null) return value;
  if (value instanceof Opaque) return value;
  if (depth === MAX_DEPTH) {
    throw new Unreadable(`nested over ${MAX_DEPTH} levels`);
  }
  const inner = (one: unknown) => toPlain(one, opaque, depth + 1);
  if (Array.isArray(value)) return value.map(inner);
  if (value instanceof Uint8Array) return new Opaque(bytesOf(value));
  if (value instanceof Date) {
    return Number.isNaN(value.getTime())
      ? new Opaque("a time that cannot be")
      : value.toISOString();
  }
  const words = opaque(value);
  if (words !== undefined) return new Opaque(words);
  return Object.fromEntries(
    Object.entries(value).map(([name, one]) => [
      checkCharacters(name),
      inner(one),
    ]),
  );
}

/** An integer as a number, or as text if a double does not hold its digits. */
export function exactInteger(value: bigint): number | string {
  const digits = `${value}`;
  return `${Number(value)}` === digits ? Number(value) : digits;
}

/** `1 byte`, `3 bytes` */
export function bytesOf({ length }: Uint8Array): string {
  return length === 1 ? "1 byte" : `${length} bytes`;
}

/** Half of a surrogate pair is a way to write what is not UTF-8. */
function checkCharacters(text: string): string {
  if (!text.isWellFormed()) throw new Unreadable("text that is not UTF-8");
  return text;
}
