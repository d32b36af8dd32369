import { type Row, Rows } from "../styled_rows.tsx";
import type { RecordingSnapshot } from "../../run/run_snapshot.ts";
import { width } from "../fit_text.ts";
import type { Ui } from "../ui.ts";

interface FooterProps {
  /** What the person has chosen. */
  ui: Ui;
  /** How it stands with the recording. */
  recorder: Pick<RecordingSnapshot, "state" | "durable">;
  /** How many columns there are. */
  columns: number;
}

/** Left out where there is no room, the first one first. ? shows all keys. */
const LEAST = ["s", "+ -", "↑↓", "a", "p", "n"];

/** What is between two keys. */
const GAP = 2;

/**
 * The keys that do something now, each with what it does, in one row.
 *
 * @example
 * ```tsx ignore
 * <Footer ui={ui} recorder={snapshot.recorder} columns={80} />
 * ```
 */
export function Footer({ ui, recorder, columns }: FooterProps) {
  let shown = keys(ui, recorder);
  for (const least of LEAST) {
    if (widthOf(shown) <= columns) break;
    shown = shown.filter(([key]) => key !== least);
  }
  const row: Row = shown.flatMap(([key, does], index) => [
    " ".repeat(index > 0 ? GAP : 0),
    { text: key, bold: true, color: "cyan" },
    ` ${does}`,
  ]);
  return <Rows rows={[row]} />;
}

type Keys = [key: string, does: string][];

function widthOf(keys: Keys): number {
  return keys.reduce(
    (sum, [key, does]) => sum + width(key) + 1 + width(does) + GAP,
    -GAP,
  );
}

function keys(
  { dialog, detail }: Ui,
  { state, durable }: FooterProps["recorder"],
): Keys {
  switch (dialog?.kind) {
    case "quit":
      return [["y", "stop and quit"], ["n", "go on"]];
    case "filter":
      return [["enter", "keep"], ["esc", "as before"]];
    case "file":
      return [["enter", "record"], ["esc", "cancel"]];
    case "publish":
      return [
        ["enter", "next, publish"],
        ["tab", "other"],
        ["Ctrl-U", "clear"],
        ["esc", "cancel"],
      ];
    case "help":
      return [["any key", "back"]];
  }
  const recording: Keys = durable
    ? []
    : state === "stopped"
    ? [["r", "record"]]
    : [
      ["r", "stop"],
      ["space", state === "paused" ? "resume" : "pause"],
      ["n", "new"],
    ];
  const view: Keys = detail
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
