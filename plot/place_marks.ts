import type { TimeMark } from "../pipeline/mod.ts";

/** A mark, and the row in which its text stands. */
export interface Placed {
  mark: TimeMark;
  row: number;
}

/** So many rows of texts there are; in the last one they may overlap. */
const ROWS = 4;

/** Puts the texts of marks into rows, so that they do not overlap. */
export function placeMarks(
  marks: readonly TimeMark[],
  measure: (mark: TimeMark) => { at: number; width: number },
  end: number,
): Placed[] {
  const ends: number[] = [];
  return marks.map((mark) => {
    const { at, width } = measure(mark);
    let row = 0;
    while (row < ROWS - 1 && (ends[row] ?? 0) > at) row++;
    ends[row] = Math.min(at + width, end);
    return { mark, row };
  });
}
