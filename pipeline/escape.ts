/**
 * Characters that show as nothing and can hide text: soft hyphen, zero width
 * space, word joiner and its like, byte order mark, interlinear marks, and tags.
 * Joiners, which many scripts and emoji need, are not among them.
 */
const INVISIBLE =
  "\\u00ad\\u180e\\u200b\\u2060-\\u2064\\ufeff\\ufff9-\\ufffb\\u{e0000}-\\u{e007f}";

/** Separators, and the marks that turn the direction of text around (UAX #9). */
const LINES_AND_MARKS = "\\u061c\\u200e\\u200f\\u2028-\\u202e\\u2066-\\u2069";

/**
 * What a terminal does not just show: these, control characters, and halves of
 * surrogate pairs.
 */
const CONTROL = new RegExp(
  `[\\p{Cc}${LINES_AND_MARKS}${INVISIBLE}]|\\p{Cs}`,
  "gu",
);

/** The same of what `JSON.stringify` leaves as it is. */
const CONTROL_IN_JSON = new RegExp(
  `[\\x7f-\\x9f${LINES_AND_MARKS}${INVISIBLE}]`,
  "gu",
);

/**
 * Returns text from the network that is safe to show in a terminal: control
 * characters become what a programmer would write for them.
 *
 * @example
 * ```ts
 * import { escape } from "./mod.ts";
 *
 * if (escape("a\x1b[31m\n") !== "a\\x1b[31m\\n") throw new Error("not escaped");
 * ```
 */
export function escape(text: string): string {
  return text.replace(CONTROL, code);
}

/**
 * Returns a value as JSON that is safe to show in a terminal. It also escapes
 * what `JSON.stringify` leaves as it is (DEL, C1, marks of direction); the JSON
 * means the same.
 *
 * @example
 * ```ts
 * import { jsonLine } from "./mod.ts";
 *
 * if (jsonLine({ a: "\x9b" }) !== '{"a":"\\u009b"}') throw new Error();
 * ```
 */
export function jsonLine(value: unknown): string {
  return JSON.stringify(value).replace(
    CONTROL_IN_JSON,
    (character) =>
      character.split("").map((unit) =>
        `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`
      ).join(""),
  );
}

/**
 * Text as Python's `repr()` writes it: quoted, and escaped if it is not
 * printable ASCII or a letter, mark, number or symbol of another script.
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
