import type { Binding, Context, Press } from "./pressed.ts";
import { SERIES } from "./theme.ts";
import { type Ui, WINDOWS } from "./ui.ts";

/** Shows a longer or a shorter time, from what is shown now. */
const zoom = (step: number): Press => (ui, { window }) => ({
  ui: {
    ...ui,
    zoom: Math.max(0, Math.min(WINDOWS.length - 1, window.zoom + step)),
  },
});

/** Goes through time by a part of the window; the present is its end. */
const go = (share: number): Press => (ui, { window, now }) => {
  const until = (ui.until ?? window.to) + share * WINDOWS[window.zoom];
  return { ui: { ...ui, until: until < now ? until : undefined } };
};

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
    least: 5,
    views: BOTH,
    keys: { "+": zoom(-1), "=": zoom(-1), "-": zoom(1) },
  },
  {
    help: ["← → End", "in a chart: back in time, forward, now"],
    footer: ({ until }) => until === undefined ? ["←", "back"] : ["End", "now"],
    views: ["chart"],
    least: 5,
    keys: {
      leftArrow: go(-0.25),
      rightArrow: go(0.25),
      end: (ui) => ({ ui: { ...ui, until: undefined } }),
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
