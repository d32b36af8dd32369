/**
 * What a terminal does not just show: control characters, line and paragraph
 * separators, the marks that turn the direction of text around (Unicode Bidi,
 * UAX #9), and halves of surrogate pairs.
 */
const CONTROL =
  // deno-lint-ignore no-control-regex
  /[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]|\p{Cs}/gu;

/**
 * Makes text from the network fit for a terminal: control characters become
 * what a programmer would write for them.
 *
 * @example
 * ```ts
 * import { escape } from "./escape.ts";
 *
 * if (escape("a\x1b[31m\n") !== "a\\x1b[31m\\n") throw new Error("not escaped");
 * ```
 */
export function escape(text: string): string {
  return text.replace(CONTROL, code);
}

/**
 * A value as JSON that is fit for a terminal: what `JSON.stringify` leaves as it
 * is (DEL, C1, the marks of direction) is escaped, too, and means the same.
 *
 * @example
 * ```ts
 * import { jsonLine } from "./escape.ts";
 *
 * if (jsonLine({ a: "\x9b" }) !== '{"a":"\\u009b"}') throw new Error();
 * ```
 */
export function jsonLine(value: unknown): string {
  return JSON.stringify(value).replace(
    /[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/**
 * The beginning of a text, with `…` where something was left out. It is a copy:
 * a slice would keep all of the text in memory.
 *
 * @example
 * ```ts
 * import { shorten } from "./escape.ts";
 *
 * if (shorten("lux-1", 4) !== "lux…") throw new Error(shorten("lux-1", 4));
 * ```
 */
export function shorten(text: string, length: number): string {
  if (text.length <= length) return text;
  return [...text.slice(0, length - 1)].join("") + "…";
}

/**
 * Text as Python's `repr()` writes it: quoted, and escaped where it is not
 * printable ASCII or a letter, mark, number or symbol of another script.
 *
 * @example
 * ```ts
 * import { repr } from "./escape.ts";
 *
 * if (repr("it's") !== `"it's"`) throw new Error(repr("it's"));
 * ```
 */
export function repr(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  const inner = text
    .replace(/[\\'"]/g, (c) => c === "\\" || c === quote ? `\\${c}` : c)
    .replace(/[\p{C}\p{Z}]/gu, (c) => c === " " ? c : code(c));
  return quote + inner + quote;
}

const SHORT: Record<string, string> = { "\n": "\\n", "\r": "\\r", "\t": "\\t" };

/** `\n`, `\x1b`, `\u202e`, `\U000e0001`. */
function code(character: string): string {
  const hex = character.codePointAt(0)!.toString(16);
  return SHORT[character] ??
    (hex.length <= 2
      ? `\\x${hex.padStart(2, "0")}`
      : hex.length <= 4
      ? `\\u${hex.padStart(4, "0")}`
      : `\\U${hex.padStart(8, "0")}`);
}

/**
 * A number of things, in words: `1 row`, `1,234 rows`.
 *
 * @example
 * ```ts
 * import { counted } from "./escape.ts";
 *
 * if (counted(1234, "row") !== "1,234 rows") throw counted(1234, "row");
 * ```
 */
export function counted(count: number, thing: string): string {
  return `${count.toLocaleString("en-US")} ${thing}${count === 1 ? "" : "s"}`;
}
