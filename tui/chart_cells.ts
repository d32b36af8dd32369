import type { TimeMark } from "../pipeline/mod.ts";
import { visible, width } from "./fit_text.ts";
import type { Row, Span } from "./styled_rows.ts";

/** A character of a chart. */
export interface Cell {
  /** The character. */
  text: string;
  /** How it looks. */
  style: Omit<Span, "text">;
}

/** No text of a mark takes more columns. */
const MAX_TEXT = 24;

const characters = new Intl.Segmenter();

/** Draws marks as lines from top to bottom, with their texts at the top. */
export function markCells(
  cells: (Cell | undefined)[][],
  marks: readonly TimeMark[],
  columnOf: (time: number) => number,
): void {
  const columns = cells[0].length;
  const style = { dim: true };
  for (const { ts, text } of marks) {
    const column = Math.floor(columnOf(ts));
    if (!(column >= 0 && column < columns)) continue;
    for (const line of cells) line[column] = { text: "┊", style };
    let at = column + 1;
    const end = Math.min(columns, at + MAX_TEXT);
    for (const { segment } of characters.segment(visible(text))) {
      // A wide character would take two cells of one.
      if (at >= end || width(segment) !== 1) break;
      cells[0][at++] = { text: segment, style };
    }
  }
}

/** Cells as spans: those of one style that follow each other are one. */
export function joinCells(cells: readonly (Cell | undefined)[]): Row {
  const spans: Span[] = [];
  let last: Cell["style"] | undefined;
  for (const cell of cells) {
    const { text = " ", style = {} } = cell ?? {};
    const span = spans.at(-1);
    if (span && (cell === undefined || sameStyle(style, last))) {
      span.text += text;
      continue;
    }
    spans.push({ text, ...style });
    last = style;
  }
  return spans;
}

function sameStyle(a: Cell["style"], b: Cell["style"] = {}): boolean {
  return a.color === b.color && a.bold === b.bold && a.dim === b.dim;
}
