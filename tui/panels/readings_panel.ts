import { counted } from "../../pipeline/counted.ts";
import type { Snapshot } from "../../run/run_snapshot.ts";
import { alignValues } from "../align_values.ts";
import { columnWidths, headRow } from "../columns.ts";
import { cut, visible } from "../fit_text.ts";
import { formatWhole } from "../format.ts";
import { groupRow } from "../group_row.ts";
import type { List } from "../list.ts";
import { sensorRow } from "../sensor_row.ts";
import { type Row, rule } from "../styled_rows.ts";
import type { Ui } from "../ui.ts";
import type { PanelProps } from "./panel_props.ts";

interface ReadingsProps extends PanelProps {
  /** What the person has chosen. */
  ui: Ui;
  /** The rows of the list. */
  list: List;
  /** How many of them there is room for. */
  rows: number;
}

/** Which rows are on the screen: the selected one is. */
export function topOf(ui: Ui, { at, rows }: List, room: number): number {
  return Math.max(
    0,
    at - room + 1,
    Math.min(ui.top, at, rows.length - room),
  );
}

/** The list of sensors, as many rows of it as there is room for. */
export function readingsRows(
  { snapshot, ui, list, columns, rows }: ReadingsProps,
): Row[] {
  const { sensors } = snapshot.live;
  const top = topOf(ui, list, rows);
  const shown = list.rows.slice(top, top + rows);
  const widths = columnWidths(list.rows, columns);
  const value = alignValues(
    shown.flatMap(({ id }) => id ? [sensors.get(id)?.latest.val ?? 0] : []),
    widths.value,
  );
  const lines = shown.map((row, index): Row => {
    const selected = top + index === list.at;
    const { compared } = ui;
    const props = { row, selected, snapshot, widths, compared };
    if (row.id === undefined) return groupRow({ ...props, columns });
    const sensor = sensors.get(row.id);
    if (!sensor) return [];
    return sensorRow({ ...props, sensor, value: value(sensor.latest.val) });
  });
  if (lines.length === 0) lines.push(emptyRow(snapshot, ui, columns));
  while (lines.length < rows) lines.push([]);
  const title = list.prefix === "" ? "Sensors" : visible(list.prefix);
  return [
    rule(title, asideOf(snapshot, ui, list, top, rows), columns),
    headRow(widths, ui, snapshot.file?.over),
    ...lines.slice(0, rows),
  ];
}

/** What stands at the right of the rule: how many there are, how sorted. */
function asideOf(
  { live }: Snapshot,
  ui: Ui,
  { rows, devices, sensors }: List,
  top: number,
  room: number,
): string {
  const parts = [
    ...devices > 0 ? [counted(devices, "device")] : [],
    formatWhole(sensors),
  ];
  if (rows.length > room) {
    const end = Math.min(top + room, rows.length);
    parts.unshift(`${top + 1}–${end} of ${formatWhole(rows.length)}`);
    if (devices === 0) parts.pop();
  }
  if (ui.filter !== "") {
    const all = formatWhole(live.sensors.size);
    parts.push(`“${cut(visible(ui.filter), 16)}” of ${all}`);
  }
  if (live.unlisted > 0) {
    parts.push(`${counted(live.unlisted, "reading")} of more ids not listed`);
  }
  if (ui.sort !== "first seen" || ui.reversed) {
    parts.push(`by ${ui.sort}${ui.reversed ? " reversed" : ""}`);
  }
  return parts.join(" · ");
}

function emptyRow(
  { topics, live, connection }: Snapshot,
  ui: Ui,
  columns: number,
): Row {
  const text = live.sensors.size > 0
    ? `No sensor has “${visible(ui.filter)}” in its id. esc shows all.`
    : connection.state === "connected"
    ? `Waiting for readings on ${topics.map(visible).join(", ")} …`
    : connection.since === undefined && connection.error
    ? "No readings yet. Without a broker at hand: q, and then weir demo."
    : "No readings yet.";
  return [{ text: `  ${cut(text, columns - 3)}`, dim: true }];
}
