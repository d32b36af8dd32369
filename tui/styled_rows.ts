import { cut, width } from "./fit_text.ts";

/**
 * A colour that is legible on light and on dark in the usual palettes. Yellow is
 * not on white, and blue is not on black.
 */
export type Colour = "red" | "green" | "magenta" | "cyan";

/** Text in one style. */
export interface Span {
  /** The text; no control characters in it. */
  text: string;
  /** Its colour, of the terminal's palette. */
  color?: Colour;
  /** Whether it stands out. */
  bold?: boolean;
  /** Whether it stands back. */
  dim?: boolean;
  /** Whether its colour and that of its background are exchanged. */
  inverse?: boolean;
}

/** One row of the screen. */
export type Row = readonly (Span | string)[];

/** A row without its styles. */
export function rowText(row: Row): string {
  return row.map((span) => typeof span === "string" ? span : span.text)
    .join("");
}

/** Rows at the left and at the right, with a column between them. */
export function beside(
  left: readonly Row[],
  right: readonly Row[],
  columns: number,
): Row[] {
  return Array.from(
    { length: Math.max(left.length, right.length) },
    (_, at) => {
      const row = left[at] ?? [];
      const space = " ".repeat(Math.max(0, columns - width(rowText(row))) + 1);
      return [...row, space, ...right[at] ?? []];
    },
  );
}

/** A rule with a title, so many columns wide: `── Log ─────`. */
export function rule(title: string, aside: string, columns: number): Row {
  const right = aside === "" ? "" : ` ${aside} ──`;
  const name = cut(title, columns - right.length - 6);
  const line = columns - width(name) - width(right) - 4;
  return [
    { text: "── ", dim: true },
    { text: name, bold: true },
    { text: ` ${"─".repeat(Math.max(0, line))}${right}`, dim: true },
  ];
}
