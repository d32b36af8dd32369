import { type Row, Rows } from "../rows.tsx";
import type { Snapshot } from "../snapshot.ts";
import { width } from "../text.ts";
import type { Ui } from "../ui.ts";

/**
 * The keys that do something now, each with what it does.
 *
 * @example
 * ```ts ignore
 * const rows = footerRows(ui, snapshot.recorder.state, 80);
 * ```
 */
export function footerRows(
  ui: Ui,
  recorder: Snapshot["recorder"]["state"],
  columns: number,
): Row[] {
  const rows: [string, string][][] = [[]];
  let room = columns;
  for (const [key, does] of keys(ui, recorder)) {
    const needed = width(key) + 1 + width(does) + 2;
    // Nothing follows the last one in a row.
    if (needed - 2 > room) {
      rows.push([]);
      room = columns;
    }
    rows.at(-1)?.push([key, does]);
    room -= needed;
  }
  return rows.map((row) =>
    row.flatMap(([key, does], index) => [
      index > 0 ? "  " : "",
      { text: key, bold: true, color: "cyan" },
      ` ${does}`,
    ])
  );
}

/**
 * The keys at the bottom of the screen.
 *
 * @example
 * ```tsx ignore
 * <Footer rows={footerRows(ui, "stopped", 80)} />
 * ```
 */
export function Footer({ rows }: { rows: readonly Row[] }) {
  return <Rows rows={rows} />;
}

function keys(
  { dialog, detail }: Ui,
  recorder: Snapshot["recorder"]["state"],
): [string, string][] {
  switch (dialog?.kind) {
    case "quit":
      return [["y", "stop and quit"], ["n", "go on"]];
    case "filter":
      return [["enter", "keep"], ["esc", "as before"]];
    case "file":
      return [["enter", "record"], ["esc", "cancel"]];
    case "publish":
      return [["enter", "next, publish"], ["tab", "other field"], [
        "esc",
        "cancel",
      ]];
    case "help":
      return [["any key", "back"]];
  }
  const recording: [string, string][] = recorder === "stopped"
    ? [["r", "record"]]
    : [
      ["r", "stop"],
      ["space", recorder === "paused" ? "resume" : "pause"],
      ["n", "new"],
    ];
  const view: [string, string][] = detail
    ? [["↑↓", "other"], ["+ -", "zoom"], ["esc", "back"]]
    : [["/", "filter"], ["s", "sort"], ["⏎", "open"]];
  return [
    ...recording,
    ["p", "publish"],
    ["a", "ask"],
    ...view,
    ["?", "help"],
    ["q", "quit"],
  ];
}
