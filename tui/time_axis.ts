import { timeTicks } from "./ticks.ts";

/** How many columns the labels at the left of a chart take. */
export const LABEL = 9;

/** The column in which the values begin. */
export const AXIS = LABEL + 2;

/** The two rows below a chart: a line with ticks, and the times below that. */
export function timeAxis(from: number, to: number, width: number): string[] {
  const line = Array<string>(width).fill("─");
  const labels = Array<string>(width).fill(" ");
  for (const { time, label } of timeTicks(from, to, width / 12)) {
    const at = Math.floor((time - from) / (to - from) * width);
    if (at >= width) continue;
    line[at] = "┬";
    const start = at - (label.length >> 1);
    if (start < 0 || start + label.length > width) continue;
    labels.splice(start, label.length, ...label);
  }
  return [
    `${" ".repeat(LABEL)} └${line.join("")}`,
    `${" ".repeat(LABEL)}  ${labels.join("")}`,
  ];
}
