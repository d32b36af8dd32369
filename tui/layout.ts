/** The least room that a screen can do with. */
export const MINIMUM = { columns: 60, rows: 15 };

/** How many rows each part of the list's screen gets; 0: it is left out. */
export interface Layout {
  /** Columns of the left part: all, or those beside the panels. */
  left: number;
  /** Columns of the panels at the right; 0 if they are below. */
  right: number;
  /** Rows for sensors. */
  sensors: number;
  /** Rows for a chart of the selected sensor. */
  chart: number;
  /** Rows for the recording and the broker. */
  panels: number;
  /** Whether those two stand side by side. */
  beside: boolean;
  /** Whether there is room for the broker. */
  broker: boolean;
  /** Rows for the log. */
  log: number;
}

/** Rows of the broker's panel, and the least of the recording's. */
export const PANEL = 6;

/** Rows of the sensors' rule and head. */
const HEAD = 2;

/** The least rows that a chart beside other things is worth having in. */
const CHART = 9;

/**
 * Shares out the room between header and footer, for so many sensors and a
 * recording's panel of so many rows: the chart gets what they leave, and half of
 * it at least.
 */
export function layOut(
  columns: number,
  rows: number,
  listed: number,
  recording = PANEL,
): Layout {
  const both = recording + PANEL;
  if (columns >= 140 && rows >= 26) {
    const right = Math.min(90, Math.floor(columns * 0.4));
    const log = Math.max(4, Math.floor((rows - both) * 0.35));
    return {
      left: columns - right - 1,
      right,
      sensors: rows - HEAD,
      chart: rows - both - log,
      panels: both,
      beside: false,
      broker: true,
      log,
    };
  }
  const beside = columns >= 76;
  const broker = beside || rows >= 30;
  const panels = beside || !broker ? recording : both;
  const log = rows < 18 ? 0 : rows < 26 ? 4 : Math.min(8, rows - 22);
  const room = rows - panels - log - HEAD;
  const needed = Math.max(4, Math.min(listed, Math.ceil(room / 2)));
  const chart = room - needed >= CHART ? room - needed : 0;
  return {
    left: columns,
    right: 0,
    sensors: room - chart,
    chart,
    panels,
    beside,
    broker,
    log,
  };
}
