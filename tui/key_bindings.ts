import { lineOf } from "./edit.ts";
import type { Context, Pressed } from "./pressed.ts";
import { SORTS } from "./sensors.ts";
import { type Ui, WINDOWS } from "./ui.ts";

/** What a key does. */
type Press = (ui: Ui, context: Context) => Pressed;

/** One row of the help: a key, or some that belong together. */
export interface Binding {
  /** By the key's name or character: what it does. */
  keys: Readonly<Record<string, Press>>;
  /** How the help writes them, and what it says that they do. */
  help?: readonly [keys: string, does: string];
  /** What the footer says of them now; nothing if they have no place there. */
  footer?: (
    ui: Ui,
    recorder: Context["recorder"],
  ) => readonly [key: string, does: string] | undefined;
  /** The footer leaves out the least ones first if there is no room. */
  least?: number;
  /** Whether they work; otherwise `instead` does. */
  when?: (recorder: Context["recorder"]) => boolean;
  /** What they do while they do not work. */
  instead?: Press;
}

const byHand = ({ durable }: Context["recorder"]) => !durable;
const running = ({ state }: Context["recorder"]) => state !== "stopped";

/** Why a durable recording has no keys of its own, and what there is instead. */
const noticeDurable: Press = (ui, { recorder }) => ({
  ui: {
    ...ui,
    notice: running(recorder)
      ? "Durable: it cannot be stopped, paused or moved. q ends it; the broker keeps new messages."
      : "The durable recording has ended. Quit with q and start again: the broker keeps new messages.",
  },
});

/** Selects the listed sensor at an index, and scrolls to it. */
const go =
  (to: (at: number, context: Context) => number): Press => (ui, context) => {
    const { ids, page } = context;
    const at = Math.max(0, ids.indexOf(ui.selected ?? ""));
    const index = Math.max(0, Math.min(ids.length - 1, to(at, context)));
    const top = Math.max(index - page + 1, Math.min(ui.top, index));
    return { ui: { ...ui, selected: ids[index], top: Math.max(0, top) } };
  };
const up = go((at) => at - 1);
const down = go((at) => at + 1);
const first = go(() => 0);
const last = go((_at, { ids }) => ids.length - 1);

const zoom = (step: number): Press => (ui) => ({
  ui: {
    ...ui,
    zoom: Math.max(0, Math.min(WINDOWS.length - 1, ui.zoom + step)),
  },
});

/**
 * The keys of the screen, in the order of help and footer. Adding one is an
 * entry here.
 */
export const BINDINGS: readonly Binding[] = [
  {
    help: ["r", "start a recording (it asks for a file), stop it"],
    footer: (_ui, recorder) => ["r", running(recorder) ? "stop" : "record"],
    when: byHand,
    instead: noticeDurable,
    keys: {
      r: (ui, { recorder }) => ({
        ui,
        act: running(recorder)
          ? { do: "stop" }
          : { do: "askFile", next: false },
      }),
    },
  },
  {
    help: ["space", "pause: shown, not written; again: written"],
    footer: (_ui, recorder) =>
      running(recorder)
        ? ["space", recorder.state === "paused" ? "resume" : "pause"]
        : undefined,
    when: byHand,
    instead: noticeDurable,
    keys: {
      " ": (ui, { recorder }) =>
        running(recorder)
          ? {
            ui,
            act: { do: recorder.state === "paused" ? "resume" : "pause" },
          }
          : { ui: { ...ui, notice: "Not recording: r starts it" } },
    },
  },
  {
    help: ["n", "go on in a new file; no reading is left out"],
    footer: (_ui, recorder) => running(recorder) ? ["n", "new"] : undefined,
    least: 6,
    when: byHand,
    instead: noticeDurable,
    keys: {
      n: (ui, { recorder }) => ({
        ui,
        act: { do: "askFile", next: running(recorder) },
      }),
    },
  },
  {
    help: ["p", "publish a message (topic, payload)"],
    footer: () => ["p", "publish"],
    least: 5,
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
    least: 4,
    keys: {
      a: (ui, { ids }) => {
        const id = ids[Math.max(0, ids.indexOf(ui.selected ?? ""))];
        return id === undefined
          ? { ui: { ...ui, notice: "No sensor to ask" } }
          : { ui, act: { do: "ask", id } };
      },
    },
  },
  {
    help: ["↑ ↓  j k", "select; page up, page down, g first, G last"],
    footer: ({ detail }) => detail ? ["↑↓", "other"] : undefined,
    least: 3,
    keys: {
      upArrow: up,
      k: up,
      downArrow: down,
      j: down,
      pageUp: go((at, { page }) => at - page),
      pageDown: go((at, { page }) => at + page),
      home: first,
      g: first,
      end: last,
      G: last,
    },
  },
  {
    help: ["+ -", "zoom the chart's time in and out"],
    footer: ({ detail }) => detail ? ["+ -", "zoom"] : undefined,
    least: 2,
    keys: { "+": zoom(-1), "=": zoom(-1), "-": zoom(1) },
  },
  {
    help: ["/", "filter by id; esc shows all again"],
    footer: ({ detail }) => detail ? undefined : ["/", "filter"],
    keys: {
      "/": (ui) => ({
        ui: {
          ...ui,
          detail: false,
          dialog: {
            kind: "filter",
            line: lineOf(ui.filter),
            before: ui.filter,
          },
        },
      }),
    },
  },
  {
    help: ["s  S", "sort by the next column; the other way around"],
    footer: ({ detail }) => detail ? undefined : ["s", "sort"],
    least: 1,
    keys: {
      s: (ui) => {
        const next = (SORTS.indexOf(ui.sort) + 1) % SORTS.length;
        return { ui: { ...ui, sort: SORTS[next], top: 0 } };
      },
      S: (ui) => ({ ui: { ...ui, reversed: !ui.reversed, top: 0 } }),
    },
  },
  {
    help: ["enter esc", "the selected one: chart, figures, events; back"],
    footer: ({ detail }) => detail ? ["esc", "back"] : ["⏎", "open"],
    keys: {
      return: (ui, context) =>
        context.ids.length === 0
          ? { ui }
          : { ui: { ...go((at) => at)(ui, context).ui, detail: true } },
      escape: (ui) => ({
        ui: ui.detail
          ? { ...ui, detail: false }
          : { ...ui, filter: "", top: 0 },
      }),
    },
  },
  {
    footer: () => ["?", "help"],
    keys: { "?": (ui) => ({ ui: { ...ui, dialog: { kind: "help" } } }) },
  },
  {
    help: ["q", "quit; while recording it asks first"],
    footer: () => ["q", "quit"],
    keys: {
      q: (ui, { recorder }) =>
        running(recorder)
          ? {
            ui: { ...ui, dialog: { kind: "quit", durable: recorder.durable } },
          }
          : { ui, act: { do: "quit" } },
    },
  },
];
