import type { LiveSensor } from "../pipeline/mod.ts";
import type { Snapshot } from "../run/run_snapshot.ts";
import { INDENT, type Widths } from "./columns.ts";
import { cutMiddle, fit, visible } from "./fit_text.ts";
import { formatAge, formatMoment, formatNumber, formatRate } from "./format.ts";
import { type Health, healthOf, meanOf } from "./sensors.ts";
import { sparkline } from "./sparkline.ts";
import type { Row, Span } from "./styled_rows.ts";
import { SERIES, THEME } from "./theme.ts";
import type { ListRow } from "./tree.ts";

/** The value that an alarm is about. */
export const ALARM = {
  ...THEME.problem,
  inverse: true,
  // Also if the sensor is silent by now.
  dim: false,
} as const;

/** A row of the list, and what it needs to be drawn. */
export interface RowProps {
  /** The row. */
  row: ListRow;
  /** Whether it is selected. */
  selected: boolean;
  /** What there is to show. */
  snapshot: Snapshot;
  /** The columns. */
  widths: Widths;
  /** Which sensors are compared. */
  compared: readonly string[];
}

/** The name of a row, indented, and the mark of the selected one. */
export function nameSpans(
  { row, selected, widths, compared, snapshot }: RowProps,
  health: Health,
  before = "",
): (Span | string)[] {
  const { name, depth, id, fields = [] } = row;
  const indent = " ".repeat(INDENT * depth) + before;
  const text = cutMiddle(
    visible(name.slice(0, 300)),
    widths.name - indent.length,
  );
  const series = compared.findIndex((other) =>
    other === id || fields.some(({ id }) => other === id)
  );
  const alarm = [id, ...fields.map(({ id }) => id)]
    .some((id) => id !== undefined && snapshot.alarms.has(id));
  return [
    alarm
      ? { text: "!", bold: true, ...THEME.problem }
      : { text: selected ? "›" : " ", bold: true },
    series < 0 ? " " : {
      text: SERIES[series].mark,
      color: SERIES[series].color,
    },
    {
      text: fit(indent + text, widths.name),
      inverse: selected,
      ...alarm ? THEME.problem : {},
      dim: health !== "alive" && !selected && !alarm,
      bold: health === "alive",
    },
  ];
}

/**
 * How long ago a sensor was heard, and whether that is too long. If the time
 * stands still, it is when.
 */
export function ageSpan(
  health: Health,
  time: number,
  { now, file }: Snapshot,
  columns: number,
): Span {
  if (file?.over) {
    const style = health === "alive" ? { dim: true } : THEME.warning;
    // The seconds are in the figures.
    const text = formatMoment(time).replace(/( .*):\d\d$/, "$1");
    return { text: fit(text, columns), ...style };
  }
  const since = formatAge(now - time);
  return health === "offline"
    ? { text: fit("offline", columns), ...THEME.problem, bold: true }
    : health === "quiet"
    ? { text: fit(`quiet ${since}`, columns), ...THEME.warning }
    : { text: fit(since, columns), dim: true };
}

/** The row of one sensor; `value` writes its value below those of the others. */
export function sensorRow(
  props: RowProps & { sensor: LiveSensor; value: string },
): Row {
  const { row, sensor, value, snapshot: { now, control }, widths } = props;
  const health = healthOf(row.id!, sensor, now, control.boards);
  const { history, min, max, rate, events } = sensor;
  const spark = sparkline(
    history?.latest(widths.spark).map((bucket) => bucket.mean) ?? [],
  );
  const stats = widths.stat === 0
    ? ""
    : [min, meanOf(sensor), max].map((number) =>
      ` ${
        fit(
          number === undefined ? "" : formatNumber(number, widths.stat),
          widths.stat,
          "right",
        )
      }`
    ).join("");
  const dim = health !== "alive";
  const shownRate = dim || events < 2 ? "–" : formatRate(rate);
  return [
    ...nameSpans(props, health),
    {
      text: ` ${value}`,
      dim,
      ...props.snapshot.alarms.has(row.id!) ? ALARM : {},
    },
    ...widths.spark > 0
      ? [{ text: ` ${fit(spark, widths.spark)}`, ...THEME.chart, dim }]
      : [],
    { text: `${stats} ${fit(shownRate, widths.rate, "right")} `, dim: true },
    ageSpan(health, sensor.time, props.snapshot, widths.age),
  ];
}
