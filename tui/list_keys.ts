import { lineOf } from "./edit.ts";
import type { Binding, Context, Press } from "./pressed.ts";
import { SORTS } from "./sensors.ts";
import { groupKey, parentOf } from "./tree.ts";
import type { Ui } from "./ui.ts";

/** Selects the row at an index, and scrolls to it. */
export const select =
  (to: (at: number, context: Context) => number): Press => (ui, context) => {
    const { list: { rows, at }, page } = context;
    const index = Math.max(0, Math.min(rows.length - 1, to(at, context)));
    const top = Math.max(index - page + 1, Math.min(ui.top, index));
    return { ui: { ...ui, selected: rows[index]?.key, top: Math.max(0, top) } };
  };
const up = select((at) => at - 1);
const down = select((at) => at + 1);
const first = select(() => 0);
const last = select((_at, { list }) => list.rows.length - 1);

function fold(ui: Ui, key: string, open: boolean): Ui {
  return { ...ui, folds: new Map(ui.folds).set(key, open) };
}

/** Folds the selected group; of a row in it, goes to the group. */
const close: Press = (ui, context) => {
  const { selected, rows, at } = context.list;
  if (selected?.open) return { ui: fold(ui, selected.key, false) };
  const parent = parentOf(rows, at);
  if (parent === undefined) return { ui };
  return select(() => rows.findIndex(({ key }) => key === parent))(ui, context);
};

/** Opens the selected group; of an open one, goes to its first row. */
const open: Press = (ui, context) => {
  const { selected, at } = context.list;
  if (selected?.open === undefined) return { ui };
  return selected.open
    ? select(() => at + 1)(ui, context)
    : { ui: fold(ui, selected.key, true) };
};

/** Folds all groups, or opens all. */
const foldAll = (open: boolean): Press => (ui, { list }) => {
  const folds = new Map(ui.folds);
  const ids = list.rows.flatMap(({ id, fields = [], key }) => {
    if (id === undefined) folds.set(key, open);
    return id ?? fields.map(({ id }) => id);
  });
  for (const id of ids) {
    for (let at = 0; (at = id.indexOf("/", at)) >= 0; at++) {
      folds.set(groupKey(id.slice(0, at)), open);
    }
  }
  return { ui: { ...ui, folds, top: 0 } };
};

const LIST = ["sensors"] as const;

/** The keys of the list of sensors. */
export const LIST_KEYS: readonly Binding[] = [
  {
    help: ["↑ ↓", "select; page up, page down, g first, G last"],
    footer: ({ view }) => view === "chart" ? ["↑↓", "other"] : undefined,
    least: 2,
    views: ["sensors", "chart"],
    keys: {
      upArrow: up,
      downArrow: down,
      pageUp: select((at, { page }) => at - page),
      pageDown: select((at, { page }) => at + page),
      g: first,
      G: last,
    },
  },
  { views: LIST, keys: { home: first, end: last } },
  {
    help: ["← →", "fold and unfold a device; < all, > all"],
    views: LIST,
    keys: {
      leftArrow: close,
      rightArrow: open,
      "<": foldAll(false),
      ">": foldAll(true),
    },
  },
  {
    help: ["/", "filter by id; esc shows all again"],
    footer: () => ["/", "filter"],
    views: LIST,
    keys: {
      "/": (ui) => ({
        ui: {
          ...ui,
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
    footer: () => ["s", "sort"],
    least: 1,
    views: LIST,
    keys: {
      s: (ui) => {
        const next = (SORTS.indexOf(ui.sort) + 1) % SORTS.length;
        return { ui: { ...ui, sort: SORTS[next], top: 0 } };
      },
      S: (ui) => ({ ui: { ...ui, reversed: !ui.reversed, top: 0 } }),
    },
  },
  {
    help: ["t", "list by whole ids, or as a tree again"],
    footer: ({ flat }) => ["t", flat ? "tree" : "flat"],
    least: 1,
    views: LIST,
    keys: { t: (ui) => ({ ui: { ...ui, flat: !ui.flat, top: 0 } }) },
  },
];
