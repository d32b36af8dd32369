import { counted, type LiveSensor } from "../../pipeline/mod.ts";
import { formatAge, formatNumber, formatRate, formatWhole } from "../format.ts";
import { type Row, Rows, rule, type Span } from "../styled_rows.tsx";
import { healthOf, type Listed, type Sort } from "../sensors.ts";
import type { Snapshot } from "../../run/run_snapshot.ts";
import { sparkline } from "../sparkline.ts";
import { cut, fit, visible, width } from "../fit_text.ts";
import type { Ui } from "../ui.ts";
import type { PanelProps } from "./panel_props.ts";
import { THEME } from "../theme.ts";

interface ReadingsProps extends PanelProps {
  /** What the person has chosen. */
  ui: Ui;
  /** The sensors listed, in their order. */
  listed: readonly Listed[];
  /** How many rows there are for sensors. */
  rows: number;
}

/** A row for each sensor, as many as there is room for. */
export function Readings(
  { snapshot, ui, listed, columns, rows }: ReadingsProps,
) {
  const selected = Math.max(
    0,
    listed.findIndex(([id]) => id === ui.selected),
  );
  const top = Math.max(
    0,
    selected - rows + 1,
    Math.min(ui.top, selected, listed.length - rows),
  );
  const shown = listed.slice(top, top + rows);
  const widths = columnWidths(listed, columns);
  const value = valueFormat(shown, widths.value);
  const lines = shown.map(([id, sensor], index) =>
    sensorRow(
      id,
      sensor,
      value(sensor.latest.val),
      snapshot,
      widths,
      top + index === selected,
    )
  );
  if (lines.length === 0) lines.push(emptyRow(snapshot, ui, columns));
  while (lines.length < rows) lines.push([]);
  return (
    <Rows
      rows={[
        rule(
          "Sensors",
          asideOf(snapshot, ui, listed.length, top, rows),
          columns,
        ),
        headRow(widths, ui),
        ...lines.slice(0, rows),
      ]}
    />
  );
}

/** What stands at the right of the rule: how many there are, how sorted. */
function asideOf(
  { live }: Snapshot,
  ui: Ui,
  listed: number,
  top: number,
  rows: number,
): string {
  const all = live.sensors.size;
  const parts = [
    listed > rows
      ? `${top + 1}–${Math.min(top + rows, listed)} of ${formatWhole(listed)}`
      : formatWhole(listed),
  ];
  if (ui.filter !== "") {
    parts.push(`“${cut(visible(ui.filter), 16)}” of ${formatWhole(all)}`);
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
    : "No readings yet.";
  return [{ text: `  ${cut(text, columns - 3)}`, dim: true }];
}

interface Widths {
  id: number;
  value: number;
  spark: number;
  stat: number;
  rate: number;
  age: number;
}

/** How the room is shared out; a width of 0 leaves a column out. */
function columnWidths(listed: readonly Listed[], columns: number): Widths {
  const value = 10;
  const rate = 7;
  const age = 12;
  const stat = columns >= 150 ? 10 : columns >= 100 ? 8 : columns >= 78 ? 7 : 0;
  const room = columns - 2 - value - rate - age - 4 - 3 * (stat && stat + 1);
  const longest = Math.max(
    6,
    ...listed.slice(0, 1000).map(([id]) => width(visible(id.slice(0, 200)))),
  );
  const id = Math.min(longest, Math.max(room - 8, 10), 60);
  const spark = Math.min(60, room - id);
  return { id, value, stat, rate, age, spark: spark < 4 ? 0 : spark };
}

/** Which column stands for which order. */
const SORTED: Partial<Record<Sort, string>> = {
  id: "SENSOR",
  value: "VALUE",
  rate: "RATE",
  age: "AGE",
};

function headRow(widths: Widths, ui: Ui): Row {
  const name = (text: string) =>
    SORTED[ui.sort] === text ? `${text}${ui.reversed ? "▴" : "▾"}` : text;
  const stats = ["MIN", "MEAN", "MAX"].map((text) =>
    fit(text, widths.stat, "right")
  );
  const cells = [
    fit(name("SENSOR"), widths.id),
    fit(name("VALUE"), widths.value, "right"),
    fit("HISTORY", widths.spark),
    ...stats,
    fit(name("RATE"), widths.rate, "right"),
    fit(name("AGE"), widths.age),
  ];
  return [{
    text: `  ${cells.filter((cell) => cell !== "").join(" ")}`,
    dim: true,
  }];
}

function sensorRow(
  id: string,
  sensor: LiveSensor,
  value: string,
  { now, control }: Snapshot,
  widths: Widths,
  selected: boolean,
): Row {
  const health = healthOf(id, sensor, now, control.boards);
  const { history, min, mean, max, rate, events } = sensor;
  const since = formatAge(now - sensor.time);
  const age: Span = health === "offline"
    ? { text: fit("offline", widths.age), ...THEME.problem, bold: true }
    : health === "quiet"
    ? { text: fit(`quiet ${since}`, widths.age), ...THEME.warning }
    : { text: fit(since, widths.age), dim: true };
  const spark = sparkline(
    history?.latest(widths.spark).map((bucket) => bucket.mean) ?? [],
  );
  const stats = widths.stat === 0
    ? ""
    : [min, mean, max].map((number) =>
      ` ${
        fit(
          number === undefined ? "" : formatNumber(number, widths.stat),
          widths.stat,
          "right",
        )
      }`
    ).join("");
  const dim = health !== "alive";
  const shownRate = dim || events === 1 ? "–" : formatRate(rate);
  return [
    { text: `${selected ? "›" : " "} `, bold: true },
    {
      text: fit(visible(id.slice(0, 300)), widths.id),
      inverse: selected,
      dim: dim && !selected,
      bold: !dim,
    },
    { text: ` ${value}`, dim },
    ...widths.spark > 0
      ? [{ text: ` ${fit(spark, widths.spark)}`, ...THEME.chart, dim }]
      : [],
    { text: `${stats} ${fit(shownRate, widths.rate, "right")} `, dim: true },
    age,
  ];
}

/** The most digits behind a decimal point that the points are aligned for. */
const MAX_DIGITS = 4;

/** Writes values so that their decimal points stand below each other. */
function valueFormat(
  listed: readonly Listed[],
  columns: number,
): (value: LiveSensor["latest"]["val"]) => string {
  const digits = Math.max(
    0,
    ...listed.map(([, { latest: { val } }]) =>
      typeof val === "number" ? digitsOf(val) : 0
    ),
  );
  return (value) => {
    if (typeof value !== "number") {
      return fit(visible(String(value)), columns, "right");
    }
    const own = digitsOf(value);
    const point = own === 0 && digits > 0 ? 1 : 0;
    const room = columns - (digits - own) - point;
    const text = formatNumber(value, room);
    const aligned = text === String(value);
    return aligned
      ? fit(fit(text, room, "right"), columns)
      : fit(formatNumber(value, columns), columns, "right");
  };
}

function digitsOf(value: number): number {
  const text = String(value);
  const point = text.indexOf(".");
  if (point < 0 || text.includes("e")) return 0;
  return Math.min(MAX_DIGITS, text.length - point - 1);
}
