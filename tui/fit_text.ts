import stringWidth from "string-width";
import { escape } from "../pipeline/mod.ts";

/**
 * What terminals disagree about the width of: joiners, variation selectors and
 * other characters without a shape (Unicode, Default_Ignorable_Code_Point), and
 * skin tones (UTS #51). Left out, a sequence is shown as the plain characters
 * it is made of, which are as wide everywhere.
 */
const JOINING = /[\p{DI}\u{1f3fb}-\u{1f3ff}]/gu;

const PLAIN = /^[\x20-\x7e]*$/;

const characters = new Intl.Segmenter();

/**
 * Text from outside, fit for a terminal and as wide as it says: control
 * characters are escaped, and what terminals disagree about is left out.
 *
 * @example
 * ```ts
 * import { visible } from "./fit_text.ts";
 *
 * if (visible("a\x1b[2J") !== "a\\x1b[2J") throw visible("a\x1b[2J");
 * ```
 */
export function visible(text: string): string {
  if (PLAIN.test(text)) return text;
  // A mark without a letter of its own would sit on what stands before it.
  return escape(text).replace(JOINING, "").replace(/^\p{M}/u, "◌$&");
}

/**
 * How many columns of a terminal a text takes.
 *
 * @example
 * ```ts
 * import { width } from "./fit_text.ts";
 *
 * if (width("温度") !== 4) throw width("温度");
 * ```
 */
export function width(text: string): number {
  return PLAIN.test(text) ? text.length : stringWidth(text);
}

/**
 * Text in exactly so many columns: padded, or cut with `…`.
 *
 * @example
 * ```ts
 * import { fit } from "./fit_text.ts";
 *
 * if (fit("lux-1", 7) !== "lux-1  ") throw fit("lux-1", 7);
 * if (fit("lux-1", 7, "right") !== "  lux-1") throw fit("lux-1", 7, "right");
 * if (fit("温度-1", 4) !== "温… ") throw fit("温度-1", 4);
 * ```
 */
export function fit(
  text: string,
  columns: number,
  align: "left" | "right" = "left",
): string {
  const short = cut(text, columns);
  const space = " ".repeat(Math.max(0, columns - width(short)));
  return align === "left" ? short + space : space + short;
}

/**
 * Text in at most so many columns, cut with `…`.
 *
 * @example
 * ```ts
 * import { cut } from "./fit_text.ts";
 *
 * if (cut("sensor-data", 6) !== "senso…") throw cut("sensor-data", 6);
 * ```
 */
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
