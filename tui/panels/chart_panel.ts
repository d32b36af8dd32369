import type { LiveSensor } from "../../pipeline/mod.ts";
import { bands } from "../bands.ts";
import { chart } from "../chart.ts";
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
  const { from, to, zoom } = chartWindow(found, ui, snapshot);
  const legend = sensors.length > 1 ? [legendOf(sensors, columns)] : [];
  const size = { columns: columns - 1, rows: rows - 1 - legend.length };
  const text = found.find(({ states }) => states);
  const series = found.map(({ history, interval }) => ({
    buckets: history?.window(to - from, to) ?? [],
    gap: Math.max(3 * interval, 2 * WINDOWS[zoom] / 64),
  }));
  const empty = text
    ? text.states!.every(({ time }) => time > to)
    : series.every(({ buckets }) => buckets.length === 0);
  const body: Row[] = empty
    ? [[], [{ text: `  ${nothing(found, to - from)}`, dim: true }]]
    : sensors.length === 1 && text?.states
    ? bands({ states: text.states, from, to, heard: text.time, ...size })
    : chart({ series, from, to, own: ui.own, marks, ...size });
  const all = [...legend, ...body];
  while (all.length < rows - 1) all.push([]);
  const title = sensors.length > 1
    ? `${sensors.length} sensors`
    : visible(sensors[0]?.id ?? id);
  const aside = asideOf(
    ui,
    { from, to, zoom },
    sensors.length > 1,
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

/** Which mark and colour is whose, with the latest value. */
function legendOf(
  sensors: readonly { id: string; sensor: LiveSensor }[],
  columns: number,
): Row {
  const room = Math.floor((columns - 2) / sensors.length);
  return sensors.flatMap(({ id, sensor }, at): Span[] => {
    const { mark, color } = SERIES[at];
    const { val } = sensor.latest;
    const value = typeof val === "number"
      ? formatNumber(val, 8)
      : cut(visible(String(val)), 8);
    const note = noteOf(sensor, room);
    const taken = width(value) + width(note) + 6;
    const name = cutMiddle(visible(id), Math.max(1, room - taken));
    return [
      { text: ` ${mark} `, color, bold: true },
      { text: `${name} ` },
      { text: `${value} `, bold: true },
      { text: note, dim: true },
    ];
  });
}

/** Why a sensor has no line among others: only numbers have one. */
function noteOf({ latest: { val } }: LiveSensor, room: number): string {
  if (typeof val === "number") return "";
  const kind = typeof val === "boolean" ? "boolean" : "text";
  return room < 36 ? `${kind} ` : `${kind}, no line `;
}
