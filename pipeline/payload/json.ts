import type { MakeDecoder } from "./decoder.ts";
import { mendJson } from "./mend_json.ts";
import { Unreadable } from "./outcome.ts";
import { checkText } from "./text.ts";
import { decodeUtf8, stripText } from "./utf8.ts";

/** What a text begins with that was meant as JSON. */
const JSON_START = /^\s*[{["]/;

/**
 * The value of a payload of JSON (RFC 8259), or of text as it stands; a number
 * that is none (`nan`, `-inf`) is `null`. `undefined` is an empty payload. If it
 * is to be exact, a number keeps the digits that a double does not hold, as text.
 *
 * @throws {Unreadable} if it is neither; the message says where and why.
 */
function decodeJson(
  payload: Uint8Array,
  textAllowed: boolean,
  exact: boolean,
): unknown {
  const text = decodeUtf8(payload);
  let value: unknown;
  try {
    value = parseJson(text, exact);
  } catch {
    value = decodeOther(stripText(text), textAllowed, exact);
  }
  if (text.includes("\\u") && hasHalfCharacter(value)) {
    throw new Unreadable("half a character (a lone surrogate) in its text");
  }
  return value;
}

/** JSON, and what is not JSON as text, if that is allowed. */
export const jsonDecoder: MakeDecoder =
  ({ text = true }) => ({ payload }, exact) => decodeJson(payload, text, exact);

/** What `JSON.parse` does not take as it stands. */
function decodeOther(text: string, textAllowed: boolean, exact: boolean) {
  if (text === "") return undefined;
  const json = mendJson(text);
  if (json.text !== undefined) return parseJson(json.text, exact);
  const notJson = `not JSON: ${json.reason}`;
  if (!textAllowed || JSON_START.test(text)) throw new Unreadable(notJson);
  checkText(text, "not JSON, and ");
  return text;
}

/** The value of JSON; with the digits that a double does not hold, if it is exact. */
export function parseJson(text: string, exact: boolean): unknown {
  return exact ? JSON.parse(text, keepDigits as Reviver) : JSON.parse(text);
}

// TypeScript does not know the third parameter yet (ECMA-262, 25.5.1.1).
type Reviver = (key: string, value: unknown) => unknown;

function keepDigits(
  _key: string,
  value: unknown,
  { source }: { source?: string },
): unknown {
  return source !== undefined && Math.abs(value as number) !== Infinity &&
      /^-?[\d.]+$/.test(source) && !Number.isSafeInteger(value) &&
      Math.abs(value as number) > Number.MAX_SAFE_INTEGER &&
      JSON.stringify(value) !== source
    ? source
    : value;
}

/**
 * Whether there is half of a surrogate pair in a text of it, which JSON can
 * write as an escape and UTF-8 cannot. `JSON.stringify` leaves it an escape, and
 * nothing else that looks like it (ECMA-262, 25.5.4.3).
 */
function hasHalfCharacter(value: unknown): boolean {
  return /(?<!\\)(\\\\)*\\ud[89a-f]/.test(JSON.stringify(value));
}
