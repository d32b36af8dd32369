import type { Key } from "ink";
import { edit, lineOf } from "./edit.ts";
import type { Pressed } from "./pressed.ts";
import type { Dialog, Ui } from "./ui.ts";

/** The keys of each dialog, for the footer. */
export const DIALOG_KEYS: Record<
  Dialog["kind"],
  readonly (readonly [key: string, does: string])[]
> = {
  help: [["↑↓", "more"], ["any other key", "back"]],
  quit: [["y", "stop and quit"], ["n", "go on"]],
  filter: [["enter", "keep"], ["esc", "as before"]],
  search: [["enter", "keep"], ["esc", "as before"]],
  clear: [["y", "clear it for everybody"], ["n", "leave it"]],
  mark: [["enter", "mark this moment"], ["esc", "cancel"]],
  file: [["enter", "record"], ["esc", "cancel"]],
  publish: [
    ["enter", "next, publish"],
    ["tab", "other"],
    ["Ctrl-U", "clear"],
    ["esc", "cancel"],
  ],
};

/** A key while something is asked. */
export function answer(
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
    case "help": {
      const step = key.downArrow ? 1 : key.upArrow ? -1 : 0;
      if (step === 0) return { ui: closed };
      return open({ kind: "help", top: Math.max(0, dialog.top + step) });
    }
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
    case "search": {
      if (key.return) return { ui: closed };
      const line = key.escape
        ? lineOf(dialog.before)
        : edit(dialog.line, input, key);
      const stream = { ...ui.stream, filter: line.text };
      return {
        ui: {
          ...ui,
          stream,
          dialog: key.escape ? undefined : { ...dialog, line },
        },
      };
    }
    case "clear": {
      const { topic } = dialog;
      if (/^y$/i.test(input)) {
        return { ui: closed, act: { do: "clear", topic } };
      }
      return key.escape || /^[nq]$/i.test(input) ? { ui: closed } : { ui };
    }
    case "mark": {
      if (key.escape) return { ui: closed };
      if (!key.return) {
        return open({ ...dialog, line: edit(dialog.line, input, key) });
      }
      const text = dialog.line.text.trim();
      return text === "" ? { ui } : { ui: closed, act: { do: "mark", text } };
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
