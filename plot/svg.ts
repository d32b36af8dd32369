import { escape } from "../pipeline/escape.ts";
import { formatNumber, formatWhole } from "../tui/format.ts";
import { niceTicks, timeTicks } from "../tui/ticks.ts";
import {
  COLOURS,
  dateText,
  type Panel,
  panelsOf,
  periodOf,
  type Picture,
  rangeOf,
} from "./picture.ts";
import { percentage } from "./percentage.ts";
import { placeMarks } from "./place_marks.ts";
import { linesOf, runsOf } from "./runs.ts";

/** The width of a picture, and of what stands beside its charts, in pixels. */
const WIDTH = 1200;
const LEFT = 80;
const RIGHT = 20;
const PLOT = WIDTH - LEFT - RIGHT;

/** The heights of its parts. */
const TITLE = 24;
const LINE = 110;
const TOGETHER = 380;
const BAND = 26;
const BELOW = 14;
const MARK = 15;

/** The width of a character of the labels, about. */
const CHARACTER = 6.8;

/** Draws a picture as SVG: charts one below the other, over one time axis. */
export function drawSvg(picture: Picture): string {
  const [from, to] = periodOf(picture);
  const x = (time: number) => LEFT + (time - from) / (to - from) * PLOT;
  const parts: string[] = [];
  const marks = placeMarks(picture.marks, (mark) => ({
    at: x(mark.ts),
    width: CHARACTER * label(mark.text, 40).length + 10,
  }), WIDTH);
  const rows = Math.max(0, ...marks.map(({ row }) => row + 1));
  let y = 40 + MARK * rows;
  const top = y;
  parts.push(
    text(LEFT, 24, label(picture.title, 100), 'class="h"'),
    text(
      WIDTH - RIGHT,
      24,
      `${dateText(picture.from)} – ${dateText(picture.to)}`,
      'class="s" text-anchor="end"',
    ),
  );
  const panels: string[] = [];
  for (const panel of panelsOf(picture)) {
    y += TITLE;
    const height = heightOf(panel, picture);
    panels.push(titleOf(panel, y - 8));
    panels.push(
      panel.kind === "numbers"
        ? drawLines(panel, x, y, height)
        : drawBand(panel, x, y),
    );
    y += height + BELOW;
  }
  for (const { time, label: name } of timeTicks(from, to, 11)) {
    const at = fixed(x(time));
    parts.push(
      `<path class="g" d="M${at} ${top}V${y}"/>`,
      text(Number(at), y + 16, name, 'class="s" text-anchor="middle"'),
    );
  }
  parts.push(...panels);
  for (const { mark, row } of marks) {
    const at = fixed(x(mark.ts));
    const height = 44 + MARK * row;
    const shown = label(mark.text, 40);
    const beyond = Number(at) + shown.length * CHARACTER > WIDTH - RIGHT;
    parts.push(
      `<path class="m" d="M${at} ${height - 8}V${y}"/>`,
      beyond
        ? text(Number(at) - 4, height, shown, 'class="s" text-anchor="end"')
        : text(Number(at) + 4, height, shown, 'class="s"'),
    );
  }
  const height = y + 30;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}" font-family="DejaVu Sans, Verdana, sans-serif" font-size="11">
<style>text{fill:#222}.h{font-size:15px;font-weight:bold}.b{font-weight:bold}.s{fill:#555}.g{stroke:#e4e4e4;fill:none}.m{stroke:#c2185b;stroke-dasharray:4 3;fill:none}.l{fill:none;stroke-width:1.2;stroke-linejoin:round;stroke-linecap:round}</style>
<rect width="100%" height="100%" fill="#fff"/>
${parts.join("\n")}
</svg>
`;
}

function heightOf({ kind }: Panel, { together }: Picture): number {
  return kind === "states" ? BAND : together ? TOGETHER : LINE;
}

/** The names of a chart's sensors, and what its readings come to. */
function titleOf({ kind, series }: Panel, y: number): string {
  if (series.length > 1) {
    return legend(series.map(({ id }) => id), LEFT, y);
  }
  const [{ id, count, min, mean, max, states, capture }] = series;
  const name = label(id, 60);
  const facts = [
    `${formatWhole(count)} ${count === 1 ? "reading" : "readings"}`,
    ...min === undefined || kind === "states" ? [] : [
      `min ${formatNumber(min, 7)}`,
      `mean ${formatNumber(mean!, 7)}`,
      `max ${formatNumber(max!, 7)}`,
    ],
    ...capture === undefined ? [] : [`capture ${percentage(capture)}`],
  ].join(" · ");
  const beside = LEFT + name.length * (CHARACTER + 1) + 20;
  return text(LEFT, y, name, 'class="b"') +
    (kind === "states" ? legend(states.slice(0, 6), beside, y) : "") +
    text(WIDTH - RIGHT, y, facts, 'class="s" text-anchor="end"');
}

/** Names with their colours, as many as there is room for. */
function legend(names: readonly string[], x: number, y: number): string {
  const parts: string[] = [];
  for (const [index, name] of names.entries()) {
    const shown = label(name, 30);
    const width = shown.length * CHARACTER + 28;
    if (x + width > WIDTH - RIGHT) break;
    parts.push(
      `<rect x="${fixed(x)}" y="${y - 9}" width="10" height="10" fill="${
        colourOf(index)
      }"/>${text(x + 14, y, shown, 'class="s"')}`,
    );
    x += width;
  }
  return parts.join("");
}

function drawLines(
  { series }: Panel,
  x: (time: number) => number,
  top: number,
  height: number,
): string {
  const [low, high] = rangeOf(series);
  // Each divided by itself: high - low of great numbers is infinite.
  const y = (value: number) =>
    top + height * (1 - (value / 2 - low / 2) / (high / 2 - low / 2));
  const parts = niceTicks(low, high, height / 35).map((tick) =>
    `<path class="g" d="M${LEFT} ${fixed(y(tick))}h${PLOT}"/>` +
    text(
      LEFT - 6,
      y(tick) + 4,
      formatNumber(tick, 10),
      'class="s" text-anchor="end"',
    )
  );
  for (const [index, one] of series.entries()) {
    let path = "";
    for (const line of linesOf(one)) {
      for (const [at, [time, value]] of line.entries()) {
        path += `${at === 0 ? "M" : "L"}${fixed(x(time))} ${fixed(y(value))}`;
      }
      // A line of one point is a dot.
      if (line.length === 1) path += "h0";
    }
    const colour = colourOf(index);
    parts.push(`<path class="l" stroke="${colour}" d="${path}"/>`);
  }
  return parts.join("\n");
}

function drawBand(
  { series: [one] }: Panel,
  x: (time: number) => number,
  top: number,
): string {
  return runsOf(one).map(({ from, to, state }) => {
    const left = x(from);
    const width = Math.max(1, x(to) - left);
    const name = state < 0 ? "" : label(one.states[state], 40);
    const fits = name.length * CHARACTER + 8 < width;
    const fill = state < 0 ? "#bbb" : colourOf(state);
    return `<rect x="${fixed(left)}" y="${top}" width="${
      fixed(width)
    }" height="${BAND}" fill="${fill}" fill-opacity="${
      state < 0 ? 1 : 0.35
    }"/>` +
      (fits ? text(left + 4, top + 17, name) : "");
  }).join("\n");
}

const colourOf = (index: number) => COLOURS[index % COLOURS.length];

const fixed = (number: number) => String(Number(number.toFixed(1)));

/** Text from the network, escaped and not longer than so many characters. */
function label(name: string, most: number): string {
  const shown = escape(name);
  return shown.length > most ? `${shown.slice(0, most - 1)}…` : shown;
}

const ENTITIES: Record<string, string> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
};

function text(x: number, y: number, shown: string, attributes = ""): string {
  const safe = shown.replace(/[&<>"]/g, (found) => ENTITIES[found]);
  return `<text x="${fixed(x)}" y="${fixed(y)}" ${attributes}>${safe}</text>`;
}
