import { formatClock } from "../format.ts";
import { type Row, Rows, rule } from "../styled_rows.tsx";
import { cut, visible } from "../fit_text.ts";
import type { PanelProps } from "./panel_props.ts";

interface LogProps extends PanelProps {
  /** How many rows there are, the rule's among them. */
  rows: number;
}

/**
 * The last things that happened, the latest below.
 *
 * @example
 * ```tsx ignore
 * <LogPanel snapshot={snapshot} columns={80} rows={4} />
 * ```
 */
export function LogPanel({ snapshot, columns, rows }: LogProps) {
  const lines: Row[] = snapshot.log.slice(1 - rows).map(({ time, text }) => [
    { text: ` ${formatClock(time)} `, dim: true },
    cut(visible(text), columns - 11),
  ]);
  while (lines.length < rows - 1) lines.push([]);
  return <Rows rows={[rule("Log", "", columns), ...lines]} />;
}
