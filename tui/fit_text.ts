import stringWidth from "string-width";
import { escape } from "../pipeline/escape.ts";

/**
 * What terminals disagree about the width of: joiners, variation selectors and
 * other characters without a shape (Unicode, Default_Ignorable_Code_Point), and
 * skin tones (UTS #51). Left out, a sequence is shown as the plain characters
 * it is made of, which are as wide everywhere.
 */
const JOINING = /[\p{DI}\u{1f3fb}-\u{1f3ff}]/gu;

const PLAIN = /^[\x20-\x7e]*$/;

/** What is one column wide everywhere, of what the screen is made of. */
const NARROW =
  /^[\x20-\x7e\u00a0-\u00ac\u00ae-\u00ff\u2010-\u2027\u2190-\u21ff\u2500-\u25ef\u2800-\u28ff]*$/;

const characters = new Intl.Segmenter();

/** Whether each character of a text takes one column, and is one UTF-16 unit. */
export function isNarrow(text: string): boolean {
  return NARROW.test(text);
}

/**
 * Text from outside, fit for a terminal and as wide as it says: control
 * characters are escaped, and what terminals disagree about is left out.
 */
export function visible(text: string): string {
  if (PLAIN.test(text)) return text;
  // A mark without a letter of its own would sit on what stands before it.
  return escape(text).replace(JOINING, "").replace(/^\p{M}/u, "◌$&");
}

/** How many columns of a terminal a text takes. */
export function width(text: string): number {
  return isNarrow(text) ? text.length : stringWidth(text);
}

/** Text in exactly so many columns: padded, or cut with `…`. */
export function fit(
  text: string,
  columns: number,
  align: "left" | "right" = "left",
): string {
  const short = cut(text, columns);
  const space = " ".repeat(Math.max(0, columns - width(short)));
  return align === "left" ? short + space : space + short;
}

/** Text in at most so many columns, cut with `…`. */
export function cut(text: string, columns: number): string {
  if (columns <= 0) return "";
  // A text of a megabyte is not measured to its end.
  const near = text.length > 4 * columns + 64
    ? text.slice(0, 4 * columns + 64)
    : text;
  if (near === text && width(text) <= columns) return text;
  let kept = "";
  let room = columns - 1;
  for (const { segment } of characters.segment(near)) {
    room -= width(segment);
    if (room < 0) break;
    kept += segment;
  }
  return kept + "…";
}

/**
 * Text in at most so many columns, cut in its middle: names that belong together
 * begin alike, and differ at their ends.
 */
export function cutMiddle(text: string, columns: number): string {
  if (columns <= 0) return "";
  if (text.length <= 4 * columns + 64 && width(text) <= columns) return text;
  const end = endOf(text, Math.floor((columns - 1) / 2));
  const room = columns - 1 - width(end);
  const start = cut(text, room + 1);
  return (start.endsWith("…") ? start : `${start}…`) + end;
}

/** The end of a text in at most so many columns. */
function endOf(text: string, columns: number): string {
  const near = [...characters.segment(text.slice(-(4 * columns + 64)))];
  let kept = "";
  let room = columns;
  for (const { segment } of near.reverse()) {
    room -= width(segment);
    if (room < 0) break;
    kept = segment + kept;
  }
  return kept;
}
