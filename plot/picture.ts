import type { Collected, Series, TimeMark } from "../pipeline/mod.ts";

/** What a picture shows. */
export interface Picture extends Collected {
  /** The names of the recordings. */
  title: string;
  /** The marks in its period. */
  marks: readonly TimeMark[];
  /** Whether all numbers stand in one chart. */
  together: boolean;
}

/** A chart of a picture: one sensor, or numbers that stand together. */
export interface Panel {
  kind: Series["kind"];
  series: Series[];
}

/** The charts of a picture, from the top. */
export function panelsOf({ series, together }: Picture): Panel[] {
  if (!together) {
    return series.map((one) => ({ kind: one.kind, series: [one] }));
  }
  const numbers = series.filter(({ kind }) => kind === "numbers");
  const states = series.filter(({ kind }) => kind === "states");
  return [
    ...numbers.length > 0
      ? [{ kind: "numbers", series: numbers } as const]
      : [],
    ...states.map((one) => ({ kind: one.kind, series: [one] })),
  ];
}

/** The least and the greatest of numbers, with some room if they are the same. */
export function rangeOf(series: readonly Series[]): [number, number] {
  const low = Math.min(...series.map(({ min }) => min ?? Infinity));
  const high = Math.max(...series.map(({ max }) => max ?? -Infinity));
  if (low < high) return [low, high];
  if (low > high) return [0, 1];
  const room = Math.abs(low) * 0.05 || 1;
  return [low - room, high + room];
}

/** A period, with some room if it is a moment, in seconds since 1970. */
export function periodOf({ from, to }: Picture): [number, number] {
  return from < to ? [from, to] : [from - 1, to + 1];
}

/** Different colours, for light and for dark, that most people tell apart. */
export const COLOURS = [
  "#0072b2",
  "#d55e00",
  "#009e73",
  "#cc79a7",
  "#b8860b",
  "#56b4e9",
  "#8c564b",
  "#7f7f7f",
];

/** `2026-01-31 12:00:05`, in local time. */
export function dateText(time: number): string {
  return new Date(time * 1000).toLocaleString("sv-SE");
}
