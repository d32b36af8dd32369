import type { Key } from "ink";
import { answer } from "./dialogs.ts";
import { BINDINGS } from "./key_bindings.ts";
import type { Context, Pressed } from "./pressed.ts";
import type { Ui } from "./ui.ts";

const NO_RUN =
  "This is a file: nothing is recorded here, and there is no broker.";

const NO_STOP = "Ctrl-Z would stop the recording. q ends it.";

/** What a key does: to what is shown, and besides that. */
export function press(
  shown: Ui,
  input: string,
  key: Partial<Key>,
  context: Context,
): Pressed {
  const ui = { ...shown, notice: undefined };
  if (key.ctrl && input === "c") return { ui, act: { do: "quit" } };
  if (key.ctrl && input === "z") {
    return context.recorder.state === "stopped"
      ? { ui, act: { do: "suspend" } }
      : { ui: { ...ui, notice: NO_STOP } };
  }
  if (ui.dialog) return answer(ui, ui.dialog, input, key);
  const name = nameOf(input, key);
  for (const { keys, views, when, instead, ofRun } of BINDINGS) {
    if (!Object.hasOwn(keys, name)) continue;
    if (views && !views.includes(ui.view)) continue;
    if (ofRun && context.isFile) return { ui: { ...ui, notice: NO_RUN } };
    const works = when === undefined || when(context.recorder);
    return (works ? keys[name] : instead)?.(ui, context) ?? { ui };
  }
  return { ui };
}

/** The keys that Ink names and the table knows by that name. */
const NAMED = [
  "upArrow",
  "downArrow",
  "leftArrow",
  "rightArrow",
  "pageUp",
  "pageDown",
  "home",
  "end",
  "return",
  "escape",
] as const satisfies (keyof Key)[];

const nameOf = (input: string, key: Partial<Key>): string =>
  NAMED.find((name) => key[name]) ?? input;

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
