import type { Contender } from "./contenders.ts";
import type { Result } from "./measure.ts";

/** What the runs of one contender came to. */
export interface Runs {
  contender: Contender;
  /** One for each run, in the order of the runs. */
  results: Result[];
  /** The same of the flood, if it was measured there. */
  floods: Result[];
  /** How long it took to the first row, in milliseconds, one for each run. */
  startUps: number[];
}

/**
 * Makes a table of medians with their range. A ratio is the median of the ratios
 * within each run: what else the machine had to do then hits both sides of it.
 */
export function formatTable(all: Runs[], title = ""): string {
  const others = (name: string) =>
    all.find(({ contender }) => contender.name === name);
  const [bare, mosquitto] = [others("bare mqtt.js"), others("mosquitto_sub")];
  const ratio = (mine: number[], theirs?: number[]) =>
    theirs
      ? median(mine.map((each, run) => each / theirs[run])).toFixed(2)
      : "";
  const speeds = (runs?: Runs) =>
    runs?.results.map(({ perSecond }) => perSecond);
  const withStart = all.some(({ startUps }) => startUps.length > 0);
  return align([
    [
      title,
      "1,000 events/s",
      "× bare mqtt.js",
      "× mosquitto_sub",
      "peak memory, MB",
      ...withStart ? ["first row after, ms", "× bare mqtt.js"] : [],
    ],
    ...all.map((runs) => {
      const { contender: { name, waits }, results, startUps } = runs;
      const memory = results.map(({ memory = NaN }) => memory / 1e6);
      const mine = speeds(runs)!;
      return [
        name,
        waits ? "" : withRange(mine.map((each) => each / 1000)),
        waits ? "" : ratio(mine, speeds(bare)),
        waits ? "" : ratio(mine, speeds(mosquitto)),
        memory.some(Number.isNaN) ? "?" : withRange(memory),
        ...withStart
          ? [withRange(startUps), ratio(startUps, bare?.startUps)]
          : [],
      ];
    }),
  ]);
}

/**
 * Makes a table of what the terminal UI leaves of weir's speed, to the last row
 * in the file, and of how much of a flood was recorded while it lasted.
 */
export function formatFlood(all: Runs[], rate: number): string {
  const weir = all.find(({ contender }) => contender.name === "weir")!;
  const text = (ratios: number[]) => median(ratios).toFixed(2);
  return align([
    ["", "× weir", `of ${rate.toLocaleString("en-US")} messages/s`],
    ...all.filter(({ contender }) => contender.flood)
      .map(({ contender, results, floods }) => [
        contender.name,
        text(
          results.map(({ rowsPerSecond }, run) =>
            rowsPerSecond / weir.results[run].rowsPerSecond
          ),
        ),
        text(floods.map(({ rowsPerSecond }) => rowsPerSecond / rate)),
      ]),
  ]);
}

/** The median of numbers, and in brackets the least and the greatest. */
export function withRange(numbers: number[], digits = 0): string {
  const text = (number: number) =>
    number.toLocaleString("en-US", {
      minimumFractionDigits: digits,
      maximumFractionDigits: digits,
    });
  return `${text(median(numbers))} (${text(Math.min(...numbers))}–${
    text(Math.max(...numbers))
  })`;
}

/** A table in Markdown, whose first row is its head. */
export function align(rows: string[][]): string {
  const widths = rows[0].map((_, column) =>
    Math.max(...rows.map((row) => row[column].length), 3)
  );
  const line = (row: string[]) => `| ${row.join(" | ")} |`;
  const [head, ...body] = rows.map((row) =>
    line(
      row.map((cell, column) =>
        column === 0 ? cell.padEnd(widths[0]) : cell.padStart(widths[column])
      ),
    )
  );
  const rule = line(
    widths.map((width, column) =>
      column === 0 ? "-".repeat(width) : `${"-".repeat(width - 1)}:`
    ),
  );
  return [head, rule, ...body].join("\n");
}

export function median(numbers: number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  return (sorted[Math.ceil(middle) - 1] + sorted[Math.floor(middle)]) / 2;
}
