import { moveCursor } from "./chart_cursor.ts";
import type { Binding, Context, Press } from "./pressed.ts";
import { SERIES } from "./theme.ts";
import { type Ui, WINDOWS } from "./ui.ts";

/** Shows a longer or a shorter time, from what is shown now. */
const zoom = (step: number): Press => (ui, { charted, now }) => {
  const level = charted.window.zoom + step;
  const zoom = Math.max(0, Math.min(WINDOWS.length - 1, level));
  const { cursor } = ui;
  // What the cursor is at stays in sight.
  const until = cursor === undefined
    ? ui.until
    : Math.min(now, cursor + WINDOWS[zoom] / 2);
  return { ui: { ...ui, zoom, until } };
};

/** Goes through time by a part of the window; the present is its end. */
const go = (share: number): Press => (ui, { charted: { window }, now }) => {
  const until = (ui.until ?? window.to) + share * WINDOWS[window.zoom];
  const shown = { ...ui, cursor: undefined };
  return { ui: { ...shown, until: until < now ? until : undefined } };
};

/** Moves the cursor. */
const move = (direction: -1 | 1): Press => (ui, { charted, now }) => ({
  ui: moveCursor(ui, charted, direction, now),
});

/** Puts the selected sensor into the chart of several, or takes it out. */
const compare: Press = (ui, { list: { id } }: Context) => {
  const { compared } = ui;
  if (id === undefined) return { ui };
  if (compared.includes(id)) {
    return {
      ui: { ...ui, compared: compared.filter((other) => other !== id) },
    };
  }
  return compared.length < SERIES.length
    ? { ui: { ...ui, compared: [...compared, id] } }
    : {
      ui: {
        ...ui,
        notice: `A chart has room for ${SERIES.length} sensors. C clears it.`,
      },
    };
};

const BOTH: readonly Ui["view"][] = ["sensors", "chart"];

/** The keys of charts. */
export const CHART_KEYS: readonly Binding[] = [
  {
    help: ["+ -", "zoom the chart's time in and out"],
    footer: ({ view }) => view === "chart" ? ["+ -", "zoom"] : undefined,
    least: 7,
    views: BOTH,
    keys: { "+": zoom(-1), "=": zoom(-1), "-": zoom(1) },
  },
  {
    help: ["← →", "in a chart: a cursor with time and value"],
    footer: ({ cursor }) => cursor === undefined ? ["←", "cursor"] : undefined,
    views: ["chart"],
    least: 7,
    keys: { leftArrow: move(-1), rightArrow: move(1) },
  },
  {
    help: ["< > End", "in a chart: back in time, forward, now"],
    footer: ({ until }) => until === undefined ? ["<", "back"] : undefined,
    views: ["chart"],
    least: 4,
    keys: { "<": go(-0.25), ">": go(0.25) },
  },
  {
    footer: ({ until }) => until === undefined ? undefined : ["End", "now"],
    views: ["chart"],
    least: 7,
    keys: {
      end: (ui) => ({ ui: { ...ui, until: undefined, cursor: undefined } }),
    },
  },
  {
    help: ["c  C", "compare: up to four sensors in one chart; clear"],
    footer: ({ compared }) => ["c", compared.length > 0 ? "and" : "compare"],
    least: 2,
    views: BOTH,
    keys: { c: compare, C: (ui) => ({ ui: { ...ui, compared: [] } }) },
  },
  {
    help: ["y", "one axis for all of them, or one each"],
    views: BOTH,
    keys: { y: (ui) => ({ ui: { ...ui, own: !ui.own } }) },
  },
];
