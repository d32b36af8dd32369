import assert from "node:assert/strict";
import { renderToString } from "ink";
import { Screen } from "../../tui/screen.tsx";
import type { Snapshot } from "../../run/run_snapshot.ts";
import { FIRST_UI, type Ui } from "../../tui/ui.ts";

/** The rows of a screen, as they are without colours. */
export function rowsOf(
  snapshot: Snapshot,
  { columns = 80, rows = 24, ui = {} as Partial<Ui> } = {},
): string[] {
  const text = renderToString(
    <Screen
      snapshot={snapshot}
      ui={{ ...FIRST_UI, ...ui }}
      columns={columns}
      rows={rows}
    />,
    { columns },
  );
  // deno-lint-ignore no-control-regex
  return text.replace(/\x1b\[[\d;]*m/g, "").split("\n");
}

/** The first row that matches. */
export function row(rows: string[], pattern: RegExp): string {
  const found = rows.find((text) => pattern.test(text));
  assert.ok(found, `${pattern} is not on the screen:\n${rows.join("\n")}`);
  return found;
}
