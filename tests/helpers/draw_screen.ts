import assert from "node:assert/strict";
import { cellsOf } from "../../tui/cells.ts";
import type { Snapshot } from "../../run/run_snapshot.ts";
import { screenRows } from "../../tui/screen.ts";
import type { Row } from "../../tui/styled_rows.ts";
import { FIRST_UI, type Ui } from "../../tui/ui.ts";

/** The rows of a screen, as they are without colours. */
export function rowsOf(
  snapshot: Snapshot,
  { columns = 80, rows = 24, ui = {} as Partial<Ui> } = {},
): string[] {
  const shown = { ...FIRST_UI, ...ui };
  return textsOf(screenRows({ snapshot, ui: shown, columns, rows }), columns);
}

/** Rows as they come to a terminal, without colours. */
export function textsOf(rows: readonly Row[], columns: number): string[] {
  return rows.map((row) =>
    cellsOf(row, columns, false).map(({ text }) => text).join("").trimEnd()
  );
}

/** The first row that matches. */
export function row(rows: string[], pattern: RegExp): string {
  const found = rows.find((text) => pattern.test(text));
  assert.ok(found, `${pattern} is not on the screen:\n${rows.join("\n")}`);
  return found;
}
