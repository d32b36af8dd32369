import type { LiveSensor } from "../../pipeline/mod.ts";
import { chart } from "../chart.ts";
import { formatAge } from "../format.ts";
import { type Row, Rows, rule } from "../styled_rows.tsx";
import { visible } from "../fit_text.ts";
import { WINDOWS } from "../ui.ts";
import type { PanelProps } from "./panel_props.ts";
import { THEME } from "../theme.ts";

interface ChartProps extends PanelProps {
  /** Whose values. */
  id: string;
  /** What is known of it. */
  sensor: LiveSensor;
  /** Which of the windows. */
  zoom: number;
  /** How many rows there are, the rule's among them. */
  rows: number;
}

/** A chart of one sensor's values. */
export function ChartPanel(
  { snapshot: { now }, id, sensor, zoom, columns, rows }: ChartProps,
) {
  const seconds = WINDOWS[zoom];
  const buckets = sensor.history?.window(seconds, now) ?? [];
  const body: Row[] = buckets.length === 0
    ? [[], [{
      text: sensor.history
        ? `  No numbers in the last ${formatAge(seconds)}. - shows more.`
        : "  A history is kept for the first 500 sensors; this is a later one.",
      dim: true,
    }]]
    : chart({
      buckets,
      from: now - seconds,
      to: now,
      columns: columns - 1,
      rows: rows - 1,
      gap: Math.max(3 * sensor.interval, 2 * seconds / 64),
    }).map(({ axis, line, mark, rest }) => [
      { text: axis, dim: true },
      { text: line, ...THEME.chart },
      { text: mark, bold: true },
      axis === "" ? { text: rest, dim: true } : { text: rest, ...THEME.chart },
    ]);
  while (body.length < rows - 1) body.push([]);
  return (
    <Rows
      rows={[
        rule(visible(id), `last ${formatAge(seconds)} · + - zoom`, columns),
        ...body.slice(0, rows - 1),
      ]}
    />
  );
}
