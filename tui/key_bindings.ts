import { CHART_KEYS } from "./chart_keys.ts";
import { lineOf } from "./edit.ts";
import { LIST_KEYS, select } from "./list_keys.ts";
import { MESSAGE_KEYS } from "./message_keys.ts";
import type { Binding, Press } from "./pressed.ts";
import { QUIT, RECORDING_KEYS } from "./recording_keys.ts";
import { boardOf } from "./sensors.ts";
import type { Ui } from "./ui.ts";

/** Opens a view, or goes back from it. */
const view = (to: Ui["view"]): Press => (ui) => ({
  ui: { ...ui, view: ui.view === to ? "sensors" : to },
});

/** One view back; in the list it takes the filter away. */
function back(ui: Ui): Ui {
  switch (ui.view) {
    case "sensors":
      return { ...ui, filter: "", top: 0 };
    case "message":
      return { ...ui, view: "messages" };
    default: {
      const stream = { ...ui.stream, held: undefined, selected: undefined };
      return {
        ...ui,
        view: "sensors",
        until: undefined,
        cursor: undefined,
        stream,
      };
    }
  }
}

/**
 * The keys of the screen, in the order of help and footer. Adding one is an
 * entry here, or in the table of its part.
 */
export const BINDINGS: readonly Binding[] = [
  {
    help: ["enter", "the selected one: chart, figures, events"],
    footer: () => ["⏎", "open"],
    views: ["sensors"],
    keys: {
      return: (ui, context) =>
        context.list.rows.length === 0
          ? { ui }
          : { ui: { ...select((at) => at)(ui, context).ui, view: "chart" } },
    },
  },
  {
    help: ["esc", "back; in the list: show all again"],
    footer: ({ view }) => view === "sensors" ? undefined : ["esc", "back"],
    keys: { escape: (ui) => ({ ui: back(ui) }) },
  },
  ...CHART_KEYS,
  ...LIST_KEYS,
  ...MESSAGE_KEYS,
  {
    help: ["b", "broker and recording in all their numbers"],
    footer: (ui) => ui.view === "broker" ? undefined : ["b", "broker"],
    least: 6,
    ofRun: true,
    keys: { b: view("broker") },
  },
  {
    help: ["l", "the log, and the last rejects with payload"],
    footer: (ui) => ui.view === "log" ? undefined : ["l", "log"],
    least: 6,
    keys: { l: view("log") },
  },
  {
    help: ["k", "mark this moment with a line of text"],
    footer: () => ["k", "mark"],
    least: 3,
    keys: {
      k: (ui) => ({
        ui: { ...ui, dialog: { kind: "mark", line: lineOf("") } },
      }),
    },
  },
  ...RECORDING_KEYS,
  {
    help: ["p", "publish a message (topic, payload)"],
    footer: () => ["p", "publish"],
    ofRun: true,
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
    ofRun: true,
    least: 1,
    views: ["sensors", "chart"],
    keys: {
      a: (ui, { list: { id } }) =>
        id === undefined
          ? { ui: { ...ui, notice: "No sensor to ask" } }
          : { ui, act: { do: "ask", id: boardOf(id) } },
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
