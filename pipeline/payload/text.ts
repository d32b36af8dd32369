import type { MakeDecoder } from "./decoder.ts";
import { Unreadable } from "./outcome.ts";
import { decodeUtf8, stripText } from "./utf8.ts";

/** How long a text may be that is a value as it stands, in characters. */
const MAX_TEXT = 256;

/**
 * Checks a text that is a value as it stands.
 *
 * @throws {Unreadable} if it has a control character in it, or is too long.
 */
export function checkText(text: string, before = ""): void {
  const control = /\p{Cc}/u.exec(text);
  if (control) {
    throw new Unreadable(
      `${before}text with a control character: ${
        JSON.stringify(control[0])
      } at ${control.index}`,
    );
  }
  if (text.length <= MAX_TEXT) return;
  const characters = [...text].length;
  if (characters > MAX_TEXT) {
    throw new Unreadable(
      `${before}too long for text: ${characters} characters, at most ${MAX_TEXT}`,
    );
  }
}

/** Text as it stands, whatever it looks like. */
export const textDecoder: MakeDecoder = () => ({ payload }) => {
  const text = stripText(decodeUtf8(payload));
  if (text === "") return undefined;
  checkText(text);
  return text;
};
