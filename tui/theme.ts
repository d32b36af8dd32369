import type { Span } from "./styled_rows.ts";

type Style = Pick<Span, "color" | "bold">;

/** What each kind of text looks like, in the terminal's own palette. */
export const THEME = {
  /** A key that can be pressed. */
  key: { color: "cyan", bold: true },
  /** A question, and what is typed. */
  question: { color: "magenta", bold: true },
  /** All is well. */
  good: { color: "green" },
  /** A person may want to look at this. */
  warning: { color: "magenta" },
  /** Something is wrong. */
  problem: { color: "red" },
  /** Lines of a chart. */
  chart: { color: "cyan" },
} as const satisfies Record<string, Style>;

/** How the sensors of one chart are told apart, with colours or without. */
export const SERIES = [
  { mark: "●", color: "cyan" },
  { mark: "▲", color: "magenta" },
  { mark: "■", color: "green" },
  { mark: "◆", color: "red" },
] as const;
