import { timeTicks } from "./ticks.ts";

/** How many columns the labels at the left of a chart take. */
export const LABEL = 9;

/** The column in which the values begin. */
export const AXIS = LABEL + 2;

/** The two rows below a chart: a line with ticks, and the times below that. */
export function timeAxis(from: number, to: number, width: number): string[] {
  const line = Array<string>(width).fill("─");
  const labels = Array<string>(width).fill(" ");
  let taken = 0;
  for (const { time, label } of timeTicks(from, to, width / 12)) {
    const at = Math.floor((time - from) / (to - from) * width);
    if (at >= width) continue;
    line[at] = "┬";
    const start = Math.max(taken, at - (label.length >> 1));
    // A date may be pushed to the right a little, but not from its tick.
    if (start > at || start + label.length > width) continue;
    taken = start + label.length + 1;
    labels.splice(start, label.length, ...label);
  }
  return [
    `${" ".repeat(LABEL)} └${line.join("")}`,
    `${" ".repeat(LABEL)}  ${labels.join("")}`,
  ];
}
