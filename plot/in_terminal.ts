import { Chalk } from "chalk";
import type { Series } from "../pipeline/mod.ts";
import { counted } from "../pipeline/counted.ts";
import { chart, type ChartOptions } from "../tui/chart.ts";
import { rowText } from "../tui/styled_rows.ts";
import { cut, fit, visible, width } from "../tui/fit_text.ts";
import { formatClock, formatNumber } from "../tui/format.ts";
import { AXIS } from "../tui/time_axis.ts";
import {
  dateText,
  type Panel,
  panelsOf,
  periodOf,
  type Picture,
  rangeOf,
} from "./picture.ts";
import { percentage } from "./percentage.ts";
import { runsOf } from "./runs.ts";

/** The colours of sensors that stand together, and of states. */
const COLOURS = ["cyan", "magenta", "green", "red", "yellow", "blue"] as const;

/** How many rows a chart has, without its time axis. */
const ROWS = 5;
const TOGETHER = 16;

/** What fills a state's time, in turn, so that it needs no colour. */
const FILLS = ["░", "█", "▒", "▓"];

/** How a picture is drawn in a terminal. */
export interface TerminalOptions {
  /** How many columns there are. */
  columns: number;
  /** Whether it may use colours. */
  colours: boolean;
}

/** Draws a picture in characters, line by line. */
export function drawLines(
  picture: Picture,
  { columns, colours }: TerminalOptions,
): string[] {
  const chalk = new Chalk({ level: colours ? 1 : 0 });
  const paint = (text: string, index: number) =>
    chalk[COLOURS[index % COLOURS.length]](text);
  const [from, to] = periodOf(picture);
  const room = columns - AXIS;
  const columnOf = (time: number) =>
    Math.min(room - 1, Math.floor((time - from) / (to - from) * room));
  const marked = new Set(picture.marks.map(({ ts }) => columnOf(ts)));
  const withMarks = (cells: Cell[]) =>
    cells.map((cell, at) =>
      cell.text === " " && marked.has(at) ? { text: "┊" } : cell
    );
  const options = { from, to, columns };

  const period = `${dateText(picture.from)} – ${dateText(picture.to)}`;
  const lines = [
    chalk.dim(cut(`${visible(picture.title)}  ${period}`, columns)),
  ];
  for (const panel of panelsOf(picture)) {
    lines.push(...titleOf(panel, columns).map((line) => chalk.bold(line)));
    const { axes, rows } = panel.kind === "numbers"
      ? lineCells(panel.series, options, picture.together ? TOGETHER : ROWS)
      : { axes: [""], rows: [bandCells(panel.series[0], room, columnOf)] };
    for (const [at, cells] of rows.entries()) {
      const drawn = withMarks(cells).map(({ text, index }) =>
        index === undefined ? text : paint(text, index)
      ).join("");
      lines.push(chalk.dim(axes[at].padEnd(AXIS)) + drawn);
    }
    if (panel.kind === "states") lines.push(...statesOf(panel, columns, paint));
    else if (panel.series.length > 1) {
      const names = panel.series.map(({ id }, index) =>
        paint(`● ${cut(visible(id), 40)}`, index)
      );
      lines.push(" ".repeat(AXIS) + names.join("  "));
    }
  }
  const axis = chart({ ...options, series: [], rows: 3 }).slice(-2);
  lines.push(...axis.map((row) => chalk.dim(rowText(row))));
  for (const { ts, text } of picture.marks) {
    lines.push(cut(`${formatClock(ts)} ┊ ${visible(text)}`, columns));
  }
  return lines;
}

/** A character of a chart, and which colour it has. */
interface Cell {
  text: string;
  index?: number;
}

/** The UI's own chart, of one sensor or of several over one axis. */
function lineCells(
  series: readonly Series[],
  options: Pick<ChartOptions, "from" | "to" | "columns">,
  rows: number,
): { axes: string[]; rows: Cell[][] } {
  const range = rangeOf(series);
  const charts = series.map(({ times, values, gap }) =>
    chart({
      ...options,
      // Its last rows are the time axis.
      rows: rows + 2,
      range,
      series: [{
        gap,
        buckets: Array.from(times, (time, at) => {
          const value = values[at];
          return { time, min: value, mean: value, max: value, count: 1 };
        }),
      }],
    }).slice(0, rows).map(rowText)
  );
  const cells = Array.from({ length: rows }, (_, row) => {
    const drawn: Cell[] = [];
    for (const [index, lines] of charts.entries()) {
      for (const [at, text] of [...lines[row].slice(AXIS)].entries()) {
        if (text !== " ") drawn[at] = { text, index };
        else drawn[at] ??= { text };
      }
    }
    return drawn;
  });
  return { axes: charts[0].map((line) => line.slice(0, AXIS)), rows: cells };
}

/** A band: the state that most of a column is in. */
function bandCells(
  series: Series,
  room: number,
  columnOf: (time: number) => number,
): Cell[] {
  const cells: Cell[] = Array.from({ length: room }, () => ({ text: " " }));
  for (const { from, to, state } of runsOf(series)) {
    for (let at = columnOf(from); at <= columnOf(to); at++) {
      cells[at] = state < 0
        ? { text: "?" }
        : { text: FILLS[state % FILLS.length], index: state };
    }
  }
  return cells;
}

/** The names of the states of a band, each with what fills it. */
function statesOf(
  { series: [{ states }] }: Panel,
  columns: number,
  paint: (text: string, index: number) => string,
): string[] {
  let left = columns - AXIS;
  const names: string[] = [];
  for (const [index, state] of states.entries()) {
    const name = `${FILLS[index % FILLS.length]} ${cut(visible(state), 24)}`;
    left -= width(name) + 2;
    if (left < 0) break;
    names.push(paint(name, index));
  }
  return [" ".repeat(AXIS) + names.join("  ")];
}

/** The name of a chart's sensor, and what its readings come to. */
function titleOf({ kind, series }: Panel, columns: number): string[] {
  if (series.length > 1) return [];
  const [{ id, count, min, mean, max, capture }] = series;
  const facts = [
    counted(count, "reading"),
    ...min === undefined || kind === "states" ? [] : [
      `min ${formatNumber(min, 6)}`,
      `mean ${formatNumber(mean!, 6)}`,
      `max ${formatNumber(max!, 6)}`,
    ],
    ...capture === undefined ? [] : [percentage(capture)],
  ].join(" · ");
  const name = fit(visible(id), Math.max(8, columns - width(facts) - 1));
  return [cut(`${name} ${facts}`, columns)];
}
