import type { LiveSensor } from "../pipeline/mod.ts";
import { counted } from "../pipeline/counted.ts";
import { cut, cutMiddle, fit, visible, width } from "./fit_text.ts";
import { formatNumber } from "./format.ts";
import { healthOf } from "./sensors.ts";
import { ageSpan, ALARM, nameSpans, type RowProps } from "./sensor_row.ts";
import { sparkline } from "./sparkline.ts";
import type { Row, Span } from "./styled_rows.ts";
import { THEME } from "./theme.ts";

/** A field beside a device's name takes at most so many columns. */
const NAME = 16;
const VALUE = 8;
const SPARK = 5;

/**
 * The row of a group: a folded device has its fields beside its name, each with
 * its value and latest history, as many as there is room for.
 */
export function groupRow(props: RowProps & { columns: number }): Row {
  const { row, snapshot, widths, columns } = props;
  const { live, now, control } = snapshot;
  const { open = false, fields = [], sensors = 0, devices = 0 } = row;
  const found = fields.flatMap(({ id, name }) => {
    const sensor = live.sensors.get(id);
    return sensor ? [{ id, name, sensor }] : [];
  });
  const newest = found.reduce(
    (last, each) => each.sensor.time > last.sensor.time ? each : last,
    found[0],
  );
  const health = newest
    ? healthOf(newest.id, newest.sensor, now, control.boards)
    : "alive";
  const room = columns - 2 - widths.name - 1 - widths.age - 1;
  const name = nameSpans(props, health, open ? "▾ " : "▸ ");
  const counts = devices > 0
    ? `${counted(devices, "device")} · ${sensors}`
    : counted(sensors, "sensor");
  if (open || !newest) {
    return [...name, { text: ` ${fit(counts, room)} `, dim: true }];
  }
  const spans: Span[] = [];
  let left = room;
  for (const [at, { id, name, sensor }] of found.entries()) {
    const field = fieldSpans(name, sensor, snapshot.alarms.has(id));
    const rest = sensors - at - 1;
    const more = rest > 0 ? `+${rest}`.length + 1 : 0;
    const needed = field.reduce((sum, { text }) => sum + width(text), 0);
    if (needed + more > left) {
      spans.push({ text: cut(`+${sensors - at} `, left), dim: true });
      left -= Math.min(left, `+${sensors - at} `.length);
      break;
    }
    spans.push(...field);
    left -= needed;
    if (at === found.length - 1 && rest > 0 && `+${rest}`.length <= left) {
      spans.push({ text: `+${rest}`, dim: true });
      left -= `+${rest}`.length;
    }
  }
  return [
    ...name,
    " ",
    ...spans,
    " ".repeat(Math.max(0, left) + 1),
    ageSpan(health, newest.sensor.time, snapshot, widths.age),
  ];
}

function fieldSpans(
  name: string,
  { latest, history }: LiveSensor,
  alarm: boolean,
): Span[] {
  const { val } = latest;
  const text = typeof val === "number"
    ? formatNumber(val, VALUE)
    : cut(visible(String(val)), VALUE);
  const means = typeof val === "number"
    ? history?.latest(SPARK).map(({ mean }) => mean) ?? []
    : [];
  return [
    { text: `${cutMiddle(visible(name), NAME)} `, dim: true },
    { text, bold: true, ...alarm ? ALARM : {} },
    // A line that never moves says nothing.
    ...new Set(means).size > 1
      ? [{ text: ` ${sparkline(means)}`, ...THEME.chart }]
      : [],
    { text: "  " },
  ];
}
