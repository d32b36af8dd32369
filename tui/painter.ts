import { toAscii } from "./ascii.ts";
import { type Cell, cellsOf, NO_STYLE } from "./cells.ts";
import type { Row } from "./styled_rows.ts";

/** Draws rows over those that were drawn before. */
export type Painter = (rows: readonly Row[], columns: number) => void;

/** How a screen is drawn. */
interface PaintOptions {
  /** Whether it has colours; without them, nothing has a style. */
  colours: boolean;
  /** Whether it is drawn in ASCII alone. */
  ascii: boolean;
}

/** Cells that are the same are drawn again if moving over them takes longer. */
const NEAR = 4;

/** A terminal shows what is between these at once, if it knows them. */
const BEGIN = "\x1b[?2026h";
const END = "\x1b[?2026l";

/**
 * Makes a painter of a terminal. It writes the cells that have changed and
 * nothing else: a screen that is open all day costs as little as it can. Ink
 * would lay out and measure the whole of it each time.
 */
export function createPainter(
  write: (sequence: string) => void,
  { colours, ascii }: PaintOptions,
): Painter {
  let drawn: { row: Row; cells: Cell[] }[] = [];
  let size = "";
  return (rows, columns) => {
    let out = "";
    const now = `${columns}x${rows.length}`;
    if (now !== size) {
      size = now;
      drawn = [];
      out = "\x1b[?25l\x1b[m\x1b[2J";
    }
    const next = rows.map((row, at) => {
      const before = drawn[at];
      if (before && isSame(before.row, row)) return { ...before, row };
      const texts = ascii ? row.map(inAscii) : row;
      const cells = cellsOf(texts, columns, colours);
      out += changes(before?.cells ?? [], cells, at);
      return { row, cells };
    });
    drawn = next;
    if (out !== "") write(`${BEGIN}${out}${END}`);
  };
}

function inAscii(span: Row[number]): Row[number] {
  return typeof span === "string"
    ? toAscii(span)
    : { ...span, text: toAscii(span.text) };
}

function isSame(a: Row, b: Row): boolean {
  if (a.length !== b.length) return false;
  return a.every((span, at) => {
    const other = b[at];
    if (typeof span === "string" || typeof other === "string") {
      return span === other;
    }
    return span.text === other.text && span.color === other.color &&
      span.bold === other.bold && span.dim === other.dim &&
      span.inverse === other.inverse;
  });
}

const BLANK: Cell = { text: " ", style: NO_STYLE };

/** What makes one row of cells of another. */
function changes(
  before: readonly Cell[],
  after: readonly Cell[],
  row: number,
): string {
  const differs = (at: number) => {
    const { text, style } = before[at] ?? BLANK;
    const { text: other, style: otherStyle } = after[at] ?? BLANK;
    return text !== other || style !== otherStyle;
  };
  let out = "";
  let style = NO_STYLE;
  let cursor = -1;
  for (let at = 0; at < after.length; at++) {
    if (!differs(at)) continue;
    let from = at;
    // The second half of a wide character is not drawn by itself.
    while (from > 0 && after[from].text === "") from--;
    if (cursor < 0) out += `\x1b[${row + 1};${from + 1}H`;
    else if (from - cursor <= NEAR) from = Math.min(from, cursor);
    else out += `\x1b[${from - cursor}C`;
    for (let each = from; each <= at; each++) {
      const cell = after[each];
      if (cell.style !== style) out += `\x1b[${style = cell.style}m`;
      out += cell.text;
    }
    cursor = at + 1;
    // The first half of a wide one is followed by the second.
    while (after[cursor]?.text === "") at = cursor++;
  }
  if (before.length > after.length) {
    if (style !== NO_STYLE) out += `\x1b[${style = NO_STYLE}m`;
    out += `\x1b[${row + 1};${after.length + 1}H\x1b[K`;
  }
  return style === NO_STYLE ? out : `${out}\x1b[m`;
}
