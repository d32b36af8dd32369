import type { LiveSensor } from "../pipeline/mod.ts";
import { cutMiddle, fit, visible, width } from "./fit_text.ts";
import type { Row, Span } from "./styled_rows.ts";
import { SERIES } from "./theme.ts";
import { LABEL } from "./time_axis.ts";

/** What fills a state's time, in turn. */
const FILLS = ["█", "░", "▓", "▒"];

/** A state's name stands in its band if there are so many columns around it. */
const AROUND = 2;

/** What is drawn, and into how much room. */
interface BandOptions {
  /** The name of the sensor. */
  id: string;
  /** Which of the compared sensors it is. */
  index: number;
  /** The time at the left, in seconds since 1970. */
  from: number;
  /** The time at the right. */
  to: number;
  /** How many columns there are, without the axis. */
  width: number;
}

/**
 * The states of a sensor (true, false, texts) as one row below the numbers of
 * others, each with its name where it has room.
 */
export function bandRow(
  { states = [], time: heard }: LiveSensor,
  { id, index, from, to, width: columns }: BandOptions,
): Row {
  const { mark, color } = SERIES[index];
  const names = [...new Set(states.map(({ val }) => String(val)))].sort();
  const column = (time: number) =>
    Math.max(
      0,
      Math.min(columns, Math.floor((time - from) / (to - from) * columns)),
    );
  const spans: Span[] = [];
  let at = 0;
  const draw = (text: string) => {
    spans.push({ text, color });
    at += width(text);
  };
  for (const [each, { time, val }] of states.entries()) {
    const end = states[each + 1]?.time ?? heard;
    if (end < from || time > to) continue;
    const start = Math.max(at, Math.min(columns - 1, column(time)));
    // A state that was short is seen as well.
    const stop = Math.min(columns, Math.max(start + 1, column(end)));
    if (start >= columns) break;
    draw(" ".repeat(start - at));
    const fill = FILLS[names.indexOf(String(val)) % FILLS.length];
    const name = ` ${visible(String(val))} `;
    const room = stop - start - width(name) - AROUND;
    if (room < 0) draw(fill.repeat(stop - start));
    else {
      draw(fill.repeat(AROUND / 2));
      spans.push({ text: name, bold: true });
      at += width(name);
      draw(fill.repeat(room + AROUND / 2));
    }
  }
  const label = fit(
    cutMiddle(visible(id.slice(id.lastIndexOf("/") + 1)), LABEL - 2),
    LABEL - 2,
  );
  return [
    { text: `${mark} `, color, bold: true },
    { text: `${label} ┤`, dim: true },
    ...spans,
  ];
}
