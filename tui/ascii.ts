import { width } from "./fit_text.ts";

/** What stands for each character of the screen where only ASCII can be shown. */
const ASCII: Record<string, string> = {
  ...{ "─": "-", "│": "|", "┤": "|", "└": "+", "┬": "+", "┼": "+", "┊": ":" },
  ...{ "▁": "_", "▂": "_", "▃": ".", "▄": "-", "▅": "=", "▆": "+", "▇": "*" },
  ...{ "█": "#", "●": "*", "○": "o", "◌": "o", "✖": "x", "‖": "=", "■": "#" },
  ...{ "▲": "^", "◆": "@", "▸": "+", "▾": "-", "▴": "^", "›": ">", "→": ">" },
  ...{ "←": "<", "↑": "^", "↓": "v", "…": "~", "·": "-", "–": "-", "×": "x" },
  ...{ "“": '"', "”": '"', "⏎": "<" },
};

const characters = new Intl.Segmenter();

/** A text in ASCII alone, as wide as it was. */
export function toAscii(text: string): string {
  return text.replace(
    /[^\x20-\x7e]+/g,
    (part) =>
      Array.from(
        characters.segment(part),
        ({ segment }) =>
          ASCII[segment] ?? dots(segment) ?? "?".repeat(width(segment)),
      ).join(""),
  );
}

/** A character of braille dots: where they are, the top, the bottom or both. */
function dots(character: string): string | undefined {
  const bits = (character.codePointAt(0) ?? 0) - 0x2800;
  if (bits < 0 || bits > 0xff) return undefined;
  const top = (bits & 0x1b) !== 0;
  const bottom = (bits & 0xe4) !== 0;
  return top && bottom ? ":" : top ? "'" : bottom ? "." : " ";
}

/** Whether a terminal shows only ASCII, by its locale (POSIX, section 8.2). */
export function isAsciiLocale(
  read: (name: string) => string | undefined,
): boolean {
  const locale = read("LC_ALL") || read("LC_CTYPE") || read("LANG");
  // Nothing is said on Windows, and in many containers.
  return locale !== undefined && locale !== "" && !/utf-?8/i.test(locale);
}
