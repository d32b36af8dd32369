import { isNarrow, width } from "./fit_text.ts";
import type { Colour, Row, Span } from "./styled_rows.ts";

/** One column of a row on the screen. */
export interface Cell {
  /** The character; empty in the second column of a wide one. */
  text: string;
  /** Its style, as the numbers of SGR (ECMA-48, section 8.3.117). */
  style: string;
}

/** The style of what has none. */
export const NO_STYLE = "";

/** The numbers of the terminal's own colours, which suit its background. */
const COLOURS: Record<Colour, number> = {
  red: 31,
  green: 32,
  magenta: 35,
  cyan: 36,
};

const characters = new Intl.Segmenter();

/** The cells of a row, cut with `…` at so many columns. */
export function cellsOf(row: Row, columns: number, styled: boolean): Cell[] {
  const cells: Cell[] = [];
  for (const span of row) {
    const text = typeof span === "string" ? span : span.text;
    const style = typeof span === "string" || !styled
      ? NO_STYLE
      : styleOf(span);
    const inverse = typeof span !== "string" && span.inverse;
    // A space looks the same in any colour.
    const blank = inverse ? style : NO_STYLE;
    const narrow = isNarrow(text);
    for (const one of narrow ? text : charactersOf(text)) {
      cells.push({ text: one, style: one === " " ? blank : style });
      if (!narrow && width(one) === 2) cells.push({ text: "", style });
    }
    if (cells.length > columns) break;
  }
  if (cells.length > columns) {
    // What is half outside goes as a whole.
    const last = cells[columns - 1].text === "" ? columns - 2 : columns - 1;
    cells.length = last + 1;
    cells[last] = { text: "…", style: cells[last].style };
  }
  return cells;
}

/** The characters of a text as a terminal has them: marks go with their letters. */
function charactersOf(text: string): string[] {
  const found: string[] = [];
  for (const { segment } of characters.segment(text)) {
    if (width(segment) > 0 || found.length === 0) found.push(segment);
    else found[found.length - 1] += segment;
  }
  return found;
}

/**
 * Starts with 0, which takes away the style before. A colour is not dimmed, and
 * not bold: many terminals make that a bright one. Both are too faint on white.
 */
function styleOf({ color, bold, dim, inverse }: Span): string {
  const coloured = color !== undefined && !dim;
  const numbers = [
    ...bold && !coloured ? [1] : [],
    ...dim ? [2] : [],
    ...inverse ? [7] : [],
    ...coloured ? [COLOURS[color]] : [],
  ];
  return numbers.length === 0 ? NO_STYLE : `0;${numbers.join(";")}`;
}
