import type { LiveSensor } from "../../pipeline/mod.ts";
import { counted } from "../../pipeline/counted.ts";
import { bandRow } from "../band_row.ts";
import { bands } from "../bands.ts";
import { chart } from "../chart.ts";
import { drawCursor } from "../chart_cursor.ts";
import { hasStates, readingAt } from "../readings_at.ts";
import { AXIS } from "../time_axis.ts";
import { type ChartWindow, chartWindow } from "../chart_window.ts";
import { cut, cutMiddle, visible, width } from "../fit_text.ts";
import {
  formatAge,
  formatClock,
  formatMoment,
  formatNumber,
  isSameDay,
} from "../format.ts";
import { type Row, rule, type Span } from "../styled_rows.ts";
import { SERIES } from "../theme.ts";
import { type Ui, WINDOWS } from "../ui.ts";
import type { PanelProps } from "./panel_props.ts";

interface ChartProps extends PanelProps {
  /** The sensor that is selected. */
  id: string;
  /** What the person has chosen. */
  ui: Ui;
  /** How many rows there are, the rule's among them. */
  rows: number;
}

/** A chart of the selected sensor, or of those that are compared. */
export function chartRows(
  { snapshot, id, ui, columns, rows }: ChartProps,
): Row[] {
  const { live, marks } = snapshot;
  const compared = ui.compared.length > 0 ? ui.compared : [id];
  const sensors = compared.flatMap((id) => {
    const sensor = live.sensors.get(id);
    return sensor ? [{ id, sensor }] : [];
  });
  const found = sensors.map(({ sensor }) => sensor);
  const window = chartWindow(found, ui, snapshot);
  const { from, to, zoom } = window;
  const { cursor } = ui;
  const size = { columns: columns - 1, rows: rows - 1 };
  const step = (to - from) / Math.max(1, size.columns - AXIS);
  const legend = sensors.length > 1 || cursor !== undefined
    ? [legendOf(sensors, ui, columns, step)]
    : [];
  size.rows -= legend.length;
  const series = sensors.flatMap(({ sensor }, index) => {
    if (hasStates(sensor)) return [];
    const buckets = sensor.history?.window(to - from, to) ?? [];
    const gap = Math.max(3 * sensor.interval, 2 * WINDOWS[zoom] / 64);
    return [{ buckets, gap, index }];
  });
  const withStates = sensors.flatMap(({ id, sensor }, index) =>
    hasStates(sensor) ? [{ id, sensor, index }] : []
  );
  const isThere = series.some(({ buckets }) => buckets.length > 0) ||
    withStates.some(({ sensor }) => sensor.states![0].time <= to);
  const drawn = (): Row[] => {
    const [only] = found;
    if (found.length === 1 && hasStates(only)) {
      const states = only.states!;
      return bands({ states, from, to, heard: only.time, ...size });
    }
    const bandRows = withStates.map(({ id, sensor, index }) =>
      bandRow(sensor, { id, index, from, to, width: size.columns - AXIS })
    );
    const room = { ...size, rows: size.rows - bandRows.length };
    const lines = chart({ series, from, to, own: ui.own, marks, ...room });
    return [...lines.slice(0, -2), ...bandRows, ...lines.slice(-2)];
  };
  const chartBody = isThere ? drawn() : [
    [],
    [{ text: `  ${nothing(found, to - from)}`, dim: true }],
  ];
  const body = isThere && cursor !== undefined
    ? drawCursor(chartBody, cursor, window, size.columns)
    : chartBody;
  const all = [...legend, ...body];
  while (all.length < rows - 1) all.push([]);
  const title = sensors.length > 1
    ? `${sensors.length} sensors`
    : visible(sensors[0]?.id ?? id);
  const aside = asideOf(
    ui,
    { from, to, zoom },
    sensors.length > 1 && columns >= 72,
    snapshot.file?.over,
  );
  return [
    rule(cutMiddle(title, columns - aside.length - 12), aside, columns),
    ...all.slice(0, rows - 1),
  ];
}

function nothing(sensors: readonly LiveSensor[], seconds: number): string {
  return sensors.some(({ history }) => history)
    ? `No numbers in these ${formatAge(seconds)}. - shows more.`
    : "A history is kept for the first 500 sensors; this is a later one.";
}

/** Which stretch of time that is, and how to see another. */
function asideOf(
  { until, own }: Ui,
  { from, to, zoom }: ChartWindow,
  several: boolean,
  over = false,
): string {
  const seconds = WINDOWS[zoom];
  const axis = several ? ` · y ${own ? "one axis" : "own axes"}` : "";
  const time = until !== undefined
    ? `${periodOf(from, to)} · End now`
    : over
    ? `${periodOf(from, to)} · + - zoom`
    : to - from < 0.95 * seconds
    ? `${formatAge(to - from)} of ${formatAge(seconds)} · + - zoom`
    : `last ${formatAge(seconds)} · + - zoom`;
  return time + axis;
}

/** `18:48:52–19:03:52`, with dates if they are not today's. */
function periodOf(from: number, to: number): string {
  const end = isSameDay(from, to) ? formatClock(to) : formatMoment(to);
  return `${formatMoment(from)}–${end}`;
}

/** Which mark and colour is whose; with the value at the cursor, or the latest. */
function legendOf(
  sensors: readonly { id: string; sensor: LiveSensor }[],
  { cursor, own }: Ui,
  columns: number,
  step: number,
): Row {
  const time = cursor === undefined ? "" : ` ${formatMoment(cursor)} `;
  const several = sensors.length > 1;
  const prefix = several ? prefixOf(sensors.map(({ id }) => id)) : "";
  const room = Math.floor((columns - 2 - time.length) / sensors.length);
  const shown = sensors.flatMap(({ id, sensor }, at): Span[] => {
    const { mark, color } = SERIES[at];
    const [value, note] = valueOf(sensor, cursor, step);
    if (!several) return [{ text: `${value} `, bold: true }, note];
    const range = own && sensor.min !== undefined && !hasStates(sensor)
      ? `${formatNumber(sensor.min, 5)}–${formatNumber(sensor.max!, 5)} `
      : "";
    const left = room - width(value) - 5;
    const beside = left - width(range) >= 8 ? range : "";
    const name = cutMiddle(
      visible(id.slice(prefix.length)),
      Math.max(1, left - width(beside)),
    );
    return [
      { text: ` ${mark} `, color, bold: true },
      { text: `${name} ` },
      { text: `${value} `, bold: true },
      { text: beside, dim: true },
    ];
  });
  return [{ text: time, inverse: true }, ...time === "" ? [] : [" "], ...shown];
}

/** The levels that all ids begin with: `kitchen/`. */
function prefixOf([first, ...others]: readonly string[]): string {
  let prefix = first;
  while (!others.every((id) => id.startsWith(prefix))) {
    prefix = prefix.slice(0, prefix.lastIndexOf("/", prefix.length - 2) + 1);
  }
  return prefix.slice(0, prefix.lastIndexOf("/") + 1);
}

/** The value at a time, or the latest; and of how many readings it is. */
function valueOf(
  sensor: LiveSensor,
  cursor: number | undefined,
  step: number,
): [value: string, note: Span] {
  const none = { text: "" };
  if (cursor !== undefined) {
    const found = readingAt(sensor, cursor, step);
    if (!found) return ["no reading", none];
    const note = found.count > 1 ? `of ${counted(found.count, "reading")}` : "";
    return [cut(found.text, 24), { text: note, dim: true }];
  }
  const { val } = sensor.latest;
  return typeof val === "number"
    ? [formatNumber(val, 8), none]
    : [cut(visible(String(val)), 8), none];
}
