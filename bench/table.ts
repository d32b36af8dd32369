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
 * Makes a table of medians. A ratio is the median of the ratios within each
 * run: what else the machine had to do meanwhile hits both sides of it alike.
 */
export function formatTable(all: Runs[]): string {
  const rows = [
    [
      "",
      "events/s",
      "× bare mqtt.js",
      "× mosquitto_sub",
      "peak memory",
      "first row after",
    ],
    ...all.map(({ contender: { name, waits }, results, startUps }) => {
      const speeds = results.map(({ perSecond }) => perSecond);
      const ratio = (to: string) => {
        const others = all.find(({ contender }) => contender.name === to);
        if (waits || !others) return "";
        return median(
          speeds.map((speed, run) => speed / others.results[run].perSecond),
        ).toFixed(2);
      };
      const memory = median(results.map(({ memory = NaN }) => memory));
      return [
        name,
        waits ? "" : Math.round(median(speeds)).toLocaleString("en-US"),
        ratio("bare mqtt.js"),
        ratio("mosquitto_sub"),
        Number.isNaN(memory) ? "?" : `${Math.round(memory / 1e6)} MB`,
        `${Math.round(median(startUps))} ms`,
      ];
    }),
  ];
  return align(rows);
}

/**
 * Makes a table of what the terminal UI leaves of weir's speed, to the last row
 * in the file, and of how much of a flood was recorded while it lasted.
 */
export function formatFlood(all: Runs[], rate: number): string {
  const weir = all.find(({ contender }) => contender.name === "weir")!;
  const text = (ratios: number[]) => median(ratios).toFixed(2);
  const rows = [
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
  ];
  return align(rows);
}

export function align(rows: string[][]): string {
  const widths = rows[0].map((_, column) =>
    Math.max(...rows.map((row) => row[column].length))
  );
  return rows.map((row) =>
    row.map((cell, column) =>
      column === 0 ? cell.padEnd(widths[0]) : cell.padStart(widths[column])
    ).join("   ")
  ).join("\n");
}

export function median(numbers: number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  return (sorted[Math.ceil(middle) - 1] + sorted[Math.floor(middle)]) / 2;
}
