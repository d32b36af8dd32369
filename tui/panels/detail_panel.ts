import type { LiveSensor, SensorEvent } from "../../pipeline/mod.ts";
import { describeSamples } from "../../run/describe_samples.ts";
import {
  formatAge,
  formatMoment,
  formatNumber,
  formatRate,
  formatWhole,
} from "../format.ts";
import { type Row, rule } from "../styled_rows.ts";
import { counted } from "../../pipeline/counted.ts";
import { chartWindow } from "../chart_window.ts";
import { readingsBefore } from "../readings_at.ts";
import { healthOf, meanOf } from "../sensors.ts";
import { cut, fit, visible } from "../fit_text.ts";
import type { Ui } from "../ui.ts";
import { chartRows } from "./chart_panel.ts";
import type { PanelProps } from "./panel_props.ts";

interface DetailProps extends PanelProps {
  /** Which sensor. */
  id: string;
  /** What is known of it. */
  sensor: LiveSensor;
  /** What the person has chosen. */
  ui: Ui;
  /** How many rows there are. */
  rows: number;
}

/** With fewer rows than this there are no events. */
const SMALL = 14;

/** One sensor: its chart, its figures, its last events. */
export function detailRows(props: DetailProps): Row[] {
  const { snapshot, id, sensor, columns, rows } = props;
  // On a small screen a chart of two rows would say nothing.
  const events = rows < SMALL
    ? []
    : eventRows(props, Math.max(2, Math.min(12, Math.floor(rows / 4))));
  const facts = figures(id, sensor, snapshot, columns);
  const room = rows - events.length - facts.length - 2;
  return [
    ...chartRows({ ...props, rows: room }),
    rule("Figures", "", columns),
    ...facts,
    ...events,
  ];
}

function figures(
  id: string,
  sensor: LiveSensor,
  { now, control, file, samples }: PanelProps["snapshot"],
  columns: number,
): Row[] {
  const { latest, min, max, rate, interval, events } = sensor;
  const number = (value: number | undefined) =>
    value === undefined ? "–" : formatNumber(value, 9);
  const health = healthOf(id, sensor, now, control.boards);
  const age = formatAge(now - sensor.time);
  const state = file?.over
    ? formatMoment(sensor.time)
    : health === "alive"
    ? `${age} ago`
    : `${health} ${age}`;
  const values = `last ${
    typeof latest.val === "number"
      ? number(latest.val)
      : visible(`${latest.val}`)
  } · min ${number(min)} · mean ${number(meanOf(sensor))} · max ${number(max)}`;
  const counts = `${formatWhole(events)} ${
    events === 1 ? "event" : `events · ${formatRate(rate)}`
  }${
    interval > 0 ? ` · every ${formatNumber(interval, 5)} s` : ""
  } · ${state} · topic ${visible(latest.topic ?? "–")}`;
  const board = [...samples].find(([, { names }]) => names.includes(id));
  return [
    [{ text: ` ${cut(values, columns - 2)}`, bold: true }],
    [` ${cut(counts, columns - 2)}`],
    ...board ? [[` ${cut(describeSamples(board), columns - 2)}`]] : [],
  ];
}

/** The last events; before the cursor, or the end of what is shown. */
function eventRows(
  { snapshot, sensor, ui, columns }: DetailProps,
  rows: number,
): Row[] {
  const end = ui.cursor ?? ui.until;
  const { last = [sensor.latest] } = sensor;
  if (end === undefined) {
    return [
      rule("Last events", "", columns),
      ...lastEvents(last, rows, columns),
    ];
  }
  const title = rule(`Events until ${formatMoment(end)}`, "", columns);
  const kept = last.filter(({ ts, time = ts }) => time <= end);
  if (kept.length >= rows) return [title, ...lastEvents(kept, rows, columns)];
  const { from } = chartWindow([sensor], { ...ui, until: end }, snapshot);
  const found = readingsBefore(sensor, end, end - from, rows);
  const shown = found.map(({ time, text, count }): Row => [
    { text: ` ${formatMoment(time)} `, dim: true },
    cut(text, columns - 40),
    { text: count > 1 ? `  of ${counted(count, "reading")}` : "", dim: true },
  ]);
  while (shown.length < rows) shown.push([]);
  return [title, ...shown];
}

/** The last events, the latest first. */
function lastEvents(
  events: readonly SensorEvent[],
  rows: number,
  columns: number,
): Row[] {
  const shown: Row[] = events.slice(-rows).reverse().map((event) => {
    const { ts, val, device_ts } = event;
    const device = device_ts === undefined || device_ts === ts
      ? ""
      : `  device clock ${device_ts}`;
    const value = visible(typeof val === "string" ? val : String(val));
    return [
      { text: ` ${formatMoment(ts)} `, dim: true },
      fit(value, Math.min(20, columns - 12)),
      { text: cut(device, columns - 32), dim: true },
    ];
  });
  while (shown.length < rows) shown.push([]);
  return shown;
}
