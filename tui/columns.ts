import { fit, visible, width } from "./fit_text.ts";
import type { Sort } from "./sensors.ts";
import type { Row } from "./styled_rows.ts";
import type { ListRow } from "./tree.ts";
import type { Ui } from "./ui.ts";

/** How wide each column of the list is; a width of 0 leaves it out. */
export interface Widths {
  name: number;
  value: number;
  spark: number;
  stat: number;
  rate: number;
  age: number;
}

/** So many columns a level is indented. */
export const INDENT = 2;

/** So many columns the mark of a group takes. */
const FOLD = 2;

/** So many rows are measured. */
const MEASURED = 1000;

/** Shares out the columns of a list with such rows. */
export function columnWidths(
  rows: readonly ListRow[],
  columns: number,
): Widths {
  const value = 10;
  const rate = 7;
  const age = 12;
  const longest = Math.max(
    6,
    ...rows.slice(0, MEASURED).map(({ name, depth, id }) =>
      width(visible(name.slice(0, 200))) + INDENT * depth +
      (id === undefined ? FOLD : 0)
    ),
  );
  // Beside folded devices stand fields, and no columns.
  if (rows.length > 0 && rows.every(({ id }) => id === undefined)) {
    const name = Math.min(longest, Math.floor(columns * 0.34));
    return { name, value, stat: 0, rate, age, spark: 8 };
  }
  let stat = columns >= 150 ? 10 : columns >= 100 ? 8 : columns >= 78 ? 7 : 0;
  const room = () =>
    columns - 2 - value - rate - age - 4 - 3 * (stat && stat + 1);
  // Names tell more than figures, which the chart has as well.
  if (Math.min(longest, 40) > room() - 8) stat = 0;
  const name = Math.min(longest, Math.max(room() - 8, 10), 60);
  const spark = Math.min(60, room() - name);
  return { name, value, stat, rate, age, spark: spark < 4 ? 0 : spark };
}

/** Which column stands for which order. */
const SORTED: Partial<Record<Sort, string>> = {
  id: "SENSOR",
  value: "VALUE",
  rate: "RATE",
  age: "AGE",
};

/**
 * The names of the columns, with an arrow at the one that is sorted by. If the
 * time stands still, an age is when a sensor was heard last.
 */
export function headRow(widths: Widths, ui: Ui, over = false): Row {
  const name = (text: string) =>
    SORTED[ui.sort] === text ? `${text}${ui.reversed ? "▴" : "▾"}` : text;
  const stats = ["MIN", "MEAN", "MAX"].map((text) =>
    fit(text, widths.stat, "right")
  );
  const cells = [
    fit(name("SENSOR"), widths.name),
    fit(name("VALUE"), widths.value, "right"),
    fit("HISTORY", widths.spark),
    ...stats,
    fit(name("RATE"), widths.rate, "right"),
    fit(name("AGE").replace("AGE", over ? "LAST" : "AGE"), widths.age),
  ];
  return [{
    text: `  ${cells.filter((cell) => cell !== "").join(" ")}`,
    dim: true,
  }];
}
