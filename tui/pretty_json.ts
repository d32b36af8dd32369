import { visible } from "./fit_text.ts";
import type { Row, Span } from "./styled_rows.ts";
import { THEME } from "./theme.ts";

/** The tokens of JSON (RFC 8259), and whatever else there may be. */
const TOKEN =
  /\s+|("(?:[^"\\]|\\.)*")(\s*:)?|[{}[\],]|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null|[^]/g;

/** So many rows are made of one text. */
const MAX_ROWS = 5000;

/**
 * JSON in rows, indented and coloured, with each number as it was written;
 * nothing if it is no JSON. Characters for a terminal's control are escaped.
 */
export function prettyJson(text: string): Row[] | undefined {
  try {
    JSON.parse(text);
  } catch {
    return undefined;
  }
  const rows: Row[] = [];
  let row: Span[] = [];
  let depth = 0;
  const end = () => {
    rows.push(row);
    row = depth > 0 ? [{ text: "  ".repeat(depth) }] : [];
  };
  const tokens = [...text.matchAll(TOKEN)]
    .filter(([token]) => token.trim() !== "");
  for (const [at, [token, string, colon]] of tokens.entries()) {
    if (rows.length >= MAX_ROWS) {
      rows.push([{ text: "…", dim: true }]);
      return rows;
    }
    const next = tokens[at + 1]?.[0];
    if (token === "{" || token === "[") {
      row.push({ text: token, dim: true });
      if (next === "}" || next === "]") continue;
      depth++;
      end();
    } else if (token === "}" || token === "]") {
      const before = tokens[at - 1]?.[0];
      if (before !== "{" && before !== "[") {
        depth--;
        end();
      }
      row.push({ text: token, dim: true });
    } else if (token === ",") {
      row.push({ text: token, dim: true });
      end();
    } else if (colon !== undefined) {
      row.push({ text: visible(string), ...THEME.key }, {
        text: ": ",
        dim: true,
      });
    } else if (string !== undefined) {
      row.push({ text: visible(token), ...THEME.good });
    } else row.push({ text: token, ...THEME.warning });
  }
  rows.push(row);
  return rows;
}
