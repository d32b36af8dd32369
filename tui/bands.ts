import type { State } from "../pipeline/mod.ts";
import { fit, visible } from "./fit_text.ts";
import type { Row } from "./styled_rows.ts";
import { THEME } from "./theme.ts";
import { AXIS, LABEL, timeAxis } from "./time_axis.ts";

/** What is drawn, and into how much room. */
interface BandsOptions {
  /** Each change, oldest first. */
  states: readonly State[];
  /** The time at the left, in seconds since 1970. */
  from: number;
  /** The time at the right. */
  to: number;
  /** When the sensor was heard last: nothing is known after it. */
  heard: number;
  /** How many columns there are, names and all. */
  columns: number;
  /** How many rows. */
  rows: number;
}

/**
 * The states of a sensor (true, false, texts) as bands: a row for each state,
 * with a bar at the times at which it held. The last two rows are the time axis.
 */
export function bands(options: BandsOptions): Row[] {
  const { states, from, to, heard, columns, rows } = options;
  const width = Math.max(1, columns - AXIS);
  const height = Math.max(1, rows - 2);
  const spans = states.map(({ time, val }, at) => ({
    name: String(val),
    start: time,
    end: states[at + 1]?.time ?? heard,
  })).filter(({ start, end }) => end >= from && start <= to);
  // The latest ones, if there are more than rows.
  const names = [...new Set(spans.map(({ name }) => name).reverse())]
    .slice(0, height).sort();
  const column = (time: number) => (time - from) / (to - from) * width;
  const body = names.map((name): Row => {
    const line = Array<string>(width).fill(" ");
    for (const span of spans) {
      if (span.name !== name) continue;
      const first = Math.max(0, Math.floor(column(span.start)));
      const last = Math.min(width - 1, Math.floor(column(span.end)));
      line.fill("█", first, last + 1);
    }
    const label = `${fit(visible(name), LABEL, "right")} ┤`;
    return [{ text: label, dim: true }, {
      text: line.join(""),
      ...THEME.chart,
    }];
  });
  const spread = spaced(body, height);
  const below = timeAxis(from, to, width)
    .map((text): Row => [{ text, dim: true }]);
  return [...spread, ...below];
}

/** Rows over a height, with as much room between them as there is. */
function spaced(body: readonly Row[], height: number): Row[] {
  const each = Math.max(1, Math.min(3, Math.floor(height / body.length)));
  const empty: Row = [{ text: `${" ".repeat(LABEL)} │`, dim: true }];
  const rows = body.flatMap((row) => [
    row,
    ...Array<Row>(each - 1).fill(empty),
  ]);
  while (rows.length < height) rows.unshift(empty);
  return rows.slice(0, height);
}
