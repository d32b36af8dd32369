import { lineOf } from "./edit.ts";
import { LIST_KEYS, select } from "./list_keys.ts";
import type { Binding, Press } from "./pressed.ts";
import { QUIT, RECORDING_KEYS } from "./recording_keys.ts";
import { type Ui, WINDOWS } from "./ui.ts";

const zoom = (step: number): Press => (ui) => ({
  ui: {
    ...ui,
    zoom: Math.max(0, Math.min(WINDOWS.length - 1, ui.zoom + step)),
  },
});

/** Opens a view, or goes back from it. */
const view = (to: Ui["view"]): Press => (ui) => ({
  ui: { ...ui, view: ui.view === to ? "sensors" : to },
});

/**
 * The keys of the screen, in the order of help and footer. Adding one is an
 * entry here, or in the table of its part.
 */
export const BINDINGS: readonly Binding[] = [
  {
    help: ["enter esc", "the selected one: chart, figures, events; back"],
    footer: (ui) => ui.view === "sensors" ? ["⏎", "open"] : ["esc", "back"],
    keys: {
      return: (ui, context) => {
        if (ui.view !== "sensors" || context.list.rows.length === 0) {
          return { ui };
        }
        return { ui: { ...select((at) => at)(ui, context).ui, view: "chart" } };
      },
      escape: (ui) => ({
        ui: ui.view === "sensors"
          ? { ...ui, filter: "", top: 0 }
          : { ...ui, view: "sensors" },
      }),
    },
  },
  {
    help: ["+ -", "zoom the chart's time in and out"],
    footer: ({ view }) => view === "chart" ? ["+ -", "zoom"] : undefined,
    views: ["sensors", "chart"],
    keys: { "+": zoom(-1), "=": zoom(-1), "-": zoom(1) },
  },
  ...LIST_KEYS,
  {
    help: ["b", "broker and recording in all their numbers"],
    footer: (ui) => ui.view === "broker" ? undefined : ["b", "broker"],
    least: 6,
    keys: { b: view("broker") },
  },
  {
    help: ["l", "the log, and the last rejects with payload"],
    footer: (ui) => ui.view === "log" ? undefined : ["l", "log"],
    least: 6,
    keys: { l: view("log") },
  },
  ...RECORDING_KEYS,
  {
    help: ["p", "publish a message (topic, payload)"],
    footer: () => ["p", "publish"],
    least: 1,
    keys: {
      p: (ui, { topic }) => ({
        ui: {
          ...ui,
          dialog: {
            kind: "publish",
            field: "topic",
            topic: { ...lineOf(topic), offered: topic !== "" },
            payload: lineOf(""),
          },
        },
      }),
    },
  },
  {
    help: ["a", "ask the selected sensor's board for a sample"],
    footer: () => ["a", "ask"],
    least: 1,
    views: ["sensors", "chart"],
    keys: {
      a: (ui, { list: { id } }) =>
        id === undefined
          ? { ui: { ...ui, notice: "No sensor to ask" } }
          : { ui, act: { do: "ask", id } },
    },
  },
  {
    footer: () => ["?", "help"],
    keys: {
      "?": (ui) => ({ ui: { ...ui, dialog: { kind: "help", top: 0 } } }),
    },
  },
  {
    help: ["q", "quit; while recording it asks first"],
    footer: () => ["q", "quit"],
    keys: { q: QUIT },
  },
];
