import { formatClock } from "../format.ts";
import { entryText } from "../event_text.ts";
import { type Row, Rows, rule } from "../styled_rows.tsx";
import { cut, visible } from "../fit_text.ts";
import type { PanelProps } from "./panel_props.ts";

interface LogProps extends PanelProps {
  /** How many rows there are, the rule's among them. */
  rows: number;
}

/** The last things that happened, the latest below. */
export function LogPanel({ snapshot, columns, rows }: LogProps) {
  const lines: Row[] = snapshot.log.slice(1 - rows).map((entry) => [
    { text: ` ${formatClock(entry.time)} `, dim: true },
    cut(visible(entryText(entry)), columns - 11),
  ]);
  while (lines.length < rows - 1) lines.push([]);
  return <Rows rows={[rule("Log", "", columns), ...lines]} />;
}
