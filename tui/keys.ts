import type { Key } from "ink";
import { edit, lineOf } from "./edit.ts";
import { SORTS } from "./sensors.ts";
import type { RecordingSnapshot } from "../run/run_snapshot.ts";
import { type Dialog, type Ui, WINDOWS } from "./ui.ts";

/** What a key is pressed in the face of. */
export interface Context {
  /** The ids of the listed sensors, in their order. */
  ids: readonly string[];
  /** How many of them are on the screen. */
  page: number;
  /** How it stands with the recording. */
  recorder: Pick<RecordingSnapshot, "state" | "durable">;
  /** The topic that is offered for publishing. */
  topic: string;
}

/** What is to be done besides showing something else. */
export type Act =
  | { do: "start"; path: string }
  | { do: "askFile"; next: boolean }
  | { do: "publish"; topic: string; payload: string }
  | { do: "ask"; id: string }
  | { do: "stop" | "pause" | "resume" | "quit" };

/** What a key does. */
export interface Pressed {
  /** What is shown now. */
  ui: Ui;
  /** What is to be done. */
  act?: Act;
}

/**
 * What a key does: to what is shown, and besides that.
 *
 * @example
 * ```ts
 * import { press } from "./keys.ts";
 * import { FIRST_UI } from "./ui.ts";
 *
 * const recorder = { state: "stopped", durable: false } as const;
 * const context = { ids: [], page: 9, recorder, topic: "" };
 * if (press(FIRST_UI, "q", {}, context).act?.do !== "quit") throw new Error();
 * ```
 */
export function press(
  shown: Ui,
  input: string,
  key: Partial<Key>,
  context: Context,
): Pressed {
  const ui = { ...shown, notice: undefined };
  if (key.ctrl && input === "c") return { ui, act: { do: "quit" } };
  if (ui.dialog) return answer(ui, ui.dialog, input, key);
  return navigate(ui, input, key, context) ?? command(ui, input, key, context);
}

const CONTROL: Record<string, Partial<Key>> = {
  "\r": { return: true },
  "\n": { return: true },
  "\t": { tab: true },
  "\x7f": { backspace: true },
  "\b": { backspace: true },
};

/**
 * The keys in what a terminal sent at once: those that were pressed fast come
 * together, and only a single one has been made out by Ink.
 *
 * @example
 * ```ts
 * import { keysIn } from "./keys.ts";
 *
 * const [a, enter, ctrlU] = keysIn("a\r\x15", {});
 * if (a[0] !== "a" || !enter[1].return || !ctrlU[1].ctrl) throw new Error();
 * ```
 */
export function keysIn(
  input: string,
  key: Partial<Key>,
): [input: string, key: Partial<Key>][] {
  if (input.length < 2 || key.ctrl || key.meta) return [[input, key]];
  return Array.from(input, (one) => {
    const known = CONTROL[one];
    if (known) return ["", known];
    // Ctrl-A to Ctrl-Z are 1 to 26 (ECMA-48).
    return one < " "
      ? [String.fromCharCode(one.charCodeAt(0) + 96), { ctrl: true }]
      : [one, {}];
  });
}

/** A key while something is asked. */
function answer(
  ui: Ui,
  dialog: Dialog,
  input: string,
  key: Partial<Key>,
): Pressed {
  const open = (changed: Dialog): Pressed => ({
    ui: { ...ui, dialog: changed },
  });
  const closed = { ...ui, dialog: undefined };
  switch (dialog.kind) {
    case "help":
      return { ui: closed };
    case "quit":
      if (/^y$/i.test(input)) return { ui: closed, act: { do: "quit" } };
      return key.escape || /^[nq]$/i.test(input) ? { ui: closed } : { ui };
    case "filter": {
      if (key.return) return { ui: closed };
      if (key.escape) return { ui: { ...closed, filter: dialog.before } };
      const line = edit(dialog.line, input, key);
      return {
        ui: { ...ui, filter: line.text, top: 0, dialog: { ...dialog, line } },
      };
    }
    case "file": {
      if (key.escape) return { ui: closed };
      if (!key.return) {
        return open({ ...dialog, line: edit(dialog.line, input, key) });
      }
      const path = dialog.line.text.trim();
      return path === "" ? { ui } : { ui: closed, act: { do: "start", path } };
    }
    case "publish": {
      if (key.escape) return { ui: closed };
      const { field } = dialog;
      const kept = { ...dialog, topic: { ...dialog.topic, offered: false } };
      if (key.tab || key.upArrow || key.downArrow) {
        return open({
          ...kept,
          field: field === "topic" ? "payload" : "topic",
        });
      }
      if (!key.return) {
        return open({ ...dialog, [field]: edit(dialog[field], input, key) });
      }
      if (field === "topic") return open({ ...kept, field: "payload" });
      const { topic, payload } = dialog;
      return {
        ui: closed,
        act: { do: "publish", topic: topic.text, payload: payload.text },
      };
    }
  }
}

/** A key that moves in the list or the chart. */
function navigate(
  ui: Ui,
  input: string,
  key: Partial<Key>,
  { ids, page }: Context,
): Pressed | undefined {
  const at = Math.max(0, ids.indexOf(ui.selected ?? ""));
  const go = (to: number): Pressed => {
    const index = Math.max(0, Math.min(ids.length - 1, to));
    const top = Math.max(index - page + 1, Math.min(ui.top, index));
    return { ui: { ...ui, selected: ids[index], top: Math.max(0, top) } };
  };
  if (key.upArrow || input === "k") return go(at - 1);
  if (key.downArrow || input === "j") return go(at + 1);
  if (key.pageUp) return go(at - page);
  if (key.pageDown) return go(at + page);
  if (key.home || input === "g") return go(0);
  if (key.end || input === "G") return go(ids.length - 1);
  if (key.return) {
    return ids.length === 0 ? { ui } : { ui: { ...go(at).ui, detail: true } };
  }
  if (key.escape) {
    return {
      ui: ui.detail ? { ...ui, detail: false } : { ...ui, filter: "", top: 0 },
    };
  }
  const zoom = input === "+" || input === "="
    ? ui.zoom - 1
    : input === "-"
    ? ui.zoom + 1
    : undefined;
  if (zoom === undefined) return undefined;
  return {
    ui: { ...ui, zoom: Math.max(0, Math.min(WINDOWS.length - 1, zoom)) },
  };
}

/** Why a durable recording has no keys of its own, and what there is instead. */
const ONLY_QUIT =
  "Durable: it is not stopped, paused or moved. q ends it, and the broker keeps what comes meanwhile.";
const ENDED =
  "The durable recording has ended. Quit with q and start again: the broker keeps what comes.";

/** A key that does something. */
function command(
  ui: Ui,
  input: string,
  _key: Partial<Key>,
  { recorder, topic, ids }: Context,
): Pressed {
  const running = recorder.state !== "stopped";
  if (recorder.durable && /^[rn ]$/.test(input)) {
    return { ui: { ...ui, notice: running ? ONLY_QUIT : ENDED } };
  }
  switch (input) {
    case "r":
      return {
        ui,
        act: running ? { do: "stop" } : { do: "askFile", next: false },
      };
    case "n":
      return { ui, act: { do: "askFile", next: running } };
    case " ":
      if (!running) {
        return { ui: { ...ui, notice: "Not recording: r starts it" } };
      }
      return {
        ui,
        act: { do: recorder.state === "paused" ? "resume" : "pause" },
      };
    case "p":
      return {
        ui: {
          ...ui,
          dialog: {
            kind: "publish",
            field: "topic",
            topic: { ...lineOf(topic), offered: topic !== "" },
            payload: lineOf(""),
          },
        },
      };
    case "a": {
      const id = ids[Math.max(0, ids.indexOf(ui.selected ?? ""))];
      return id === undefined
        ? { ui: { ...ui, notice: "No sensor to ask" } }
        : { ui, act: { do: "ask", id } };
    }
    case "/":
      return {
        ui: {
          ...ui,
          detail: false,
          dialog: {
            kind: "filter",
            line: lineOf(ui.filter),
            before: ui.filter,
          },
        },
      };
    case "s":
    case "S": {
      const next = (SORTS.indexOf(ui.sort) + 1) % SORTS.length;
      return {
        ui: input === "S"
          ? { ...ui, reversed: !ui.reversed, top: 0 }
          : { ...ui, sort: SORTS[next], top: 0 },
      };
    }
    case "?":
      return { ui: { ...ui, dialog: { kind: "help" } } };
    case "q":
      return running
        ? {
          ui: { ...ui, dialog: { kind: "quit", durable: recorder.durable } },
        }
        : { ui, act: { do: "quit" } };
    default:
      return { ui };
  }
}
