/** The least room that a screen can do with. */
export const MINIMUM = { columns: 60, rows: 15 };

/** How many rows each part of the list's screen gets; 0: it is left out. */
export interface Layout {
  /** Columns of the left part: all, or those beside the right one. */
  left: number;
  /** Columns of chart and log at the right; 0 if they are below. */
  right: number;
  /** Rows of the list. */
  list: number;
  /** Rows for a chart of the selected sensor. */
  chart: number;
  /** Rows for the log; 1: its last entry alone. */
  log: number;
}

/** Rows of the list's rule and head. */
export const HEAD = 2;

/** The least rows that a chart beside other things is worth having in. */
const CHART = 7;

/** Rows of the log if there are few sensors. */
const LOG = 4;

/** So many rows of the list come before any chart. */
const READINGS = 14;

/**
 * Shares out the room below the state of broker and recording, for a list of so
 * many rows: the chart gets what the list leaves.
 */
export function layOut(columns: number, rows: number, listed: number): Layout {
  if (columns >= 140 && rows >= 20) {
    const right = Math.min(90, Math.floor(columns * 0.4));
    const log = Math.max(5, Math.floor(rows * 0.3));
    const left = columns - right - 1;
    return { left, right, list: rows - HEAD, chart: rows - log, log };
  }
  const few = listed <= rows - HEAD - CHART - LOG;
  const log = rows < 15
    ? 0
    : rows >= 30
    ? Math.min(8, rows - 26)
    : few
    ? LOG
    : 1;
  const room = rows - log - HEAD;
  const needed = Math.max(
    3,
    Math.min(listed, Math.max(READINGS, Math.ceil(room * 0.6))),
  );
  const chart = room - needed >= CHART ? room - needed : 0;
  return { left: columns, right: 0, list: room - chart, chart, log };
}
