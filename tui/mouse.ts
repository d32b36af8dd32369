import type { Key } from "ink";
import type { Context } from "./pressed.ts";
import type { Ui } from "./ui.ts";

/** What a terminal sends of its mouse, once it is asked (xterm, SGR 1006). */
export const MOUSE_ON = "\x1b[?1000h\x1b[?1006h";
export const MOUSE_OFF = "\x1b[?1006l\x1b[?1000l";

/** A button of the mouse, or its wheel, and where. */
export interface MouseEvent {
  /** What was done. */
  kind: "press" | "up" | "down";
  /** The column, from 0. */
  column: number;
  /** The row, from 0. */
  row: number;
}

// deno-lint-ignore no-control-regex
const REPORT = /\x1b\[<(\d+);(\d+);(\d+)([Mm])/g;

/**
 * What a mouse did, of what a terminal sent: the left button and the wheel.
 * Other buttons, and that one is let go, are nothing; nor is what is pasted.
 */
export function readMouse(sent: string): MouseEvent[] {
  if (sent.includes("\x1b[200~")) return [];
  return [...sent.matchAll(REPORT)].flatMap(
    ([, button, column, row, end]): MouseEvent[] => {
      const at = { column: Number(column) - 1, row: Number(row) - 1 };
      if (end === "m") return [];
      if (button === "0") return [{ kind: "press", ...at }];
      if (button === "64") return [{ kind: "up", ...at }];
      return button === "65" ? [{ kind: "down", ...at }] : [];
    },
  );
}

/** How many rows a step of the wheel goes. */
const STEP = 3;

/** Where the parts of the screen are that a mouse can press. */
export interface Places {
  /** How many rows the screen has. */
  rows: number;
  /** The row of the screen of the first row of the list, and which that is. */
  list: { from: number; top: number; rows: number; columns: number };
  /** The keys of the footer, each with its first column and the one after it. */
  footer: readonly { key: string; from: number; to: number }[];
}

/** The keys that do what a mouse did; or a row that is selected by it. */
export function pressedBy(
  event: MouseEvent,
  ui: Ui,
  { list: { rows, at } }: Context,
  places: Places,
): { keys: [input: string, key: Partial<Key>][]; selected?: string } {
  const { kind, column, row } = event;
  if (kind !== "press") {
    const key = kind === "up" ? { upArrow: true } : { downArrow: true };
    return { keys: Array(STEP).fill(["", key]) };
  }
  if (row === places.rows - 1) {
    const hit = places.footer.find(({ from, to }) =>
      column >= from && column < to
    );
    return { keys: hit ? [keyOf(hit.key)] : [] };
  }
  const { from, top, rows: shown, columns } = places.list;
  const index = row - from + top;
  const inList = ui.view === "sensors" && !ui.dialog && column < columns &&
    row >= from && row < from + shown;
  if (!inList || !rows[index]) return { keys: [] };
  // A second press of a row opens it.
  if (index !== at) return { keys: [], selected: rows[index].key };
  const { open } = rows[index];
  return {
    keys: [[
      "",
      open === undefined
        ? { return: true }
        : open
        ? { leftArrow: true }
        : { rightArrow: true },
    ]],
  };
}

const NAMED: Record<string, [string, Partial<Key>]> = {
  "⏎": ["", { return: true }],
  enter: ["", { return: true }],
  esc: ["", { escape: true }],
  tab: ["", { tab: true }],
  End: ["", { end: true }],
  "←": ["", { leftArrow: true }],
  "↑↓": ["", { downArrow: true }],
  "Ctrl-U": ["u", { ctrl: true }],
  space: [" ", {}],
  "+ -": ["+", {}],
  "any other key": ["x", {}],
};

/** The key that the footer names. */
function keyOf(name: string): [string, Partial<Key>] {
  return NAMED[name] ?? [name, {}];
}
