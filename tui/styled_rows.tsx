import { Box, Text, type TextProps } from "ink";
import { toAscii } from "./ascii.ts";
import { cut, width } from "./fit_text.ts";

/** Text in one style. */
export interface Span extends Pick<TextProps, "color" | "bold" | "inverse"> {
  /** The text; no control characters in it. */
  text: string;
  /** Whether it stands back. */
  dim?: boolean;
}

/** One row of the screen. */
export type Row = readonly (Span | string)[];

/** What is made of a text before it is drawn. */
let drawn = (text: string): string => text;

/** Draws all rows in ASCII alone, or in Unicode. */
export function drawAscii(ascii: boolean): void {
  drawn = ascii ? toAscii : (text) => text;
}

/** Rows of text below each other, each cut at the width. */
export function Rows({ rows }: { rows: readonly Row[] }) {
  return (
    <Box flexDirection="column">
      {rows.map((row, index) => (
        <Text key={index} wrap="truncate-end">
          {row.length === 0 ? " " : row.map(styled)}
        </Text>
      ))}
    </Box>
  );
}

function styled(span: Span | string, index: number) {
  if (typeof span === "string") return drawn(span);
  const { text, dim, ...style } = span;
  return <Text key={index} dimColor={dim} {...style}>{drawn(text)}</Text>;
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
