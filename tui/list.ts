import type { LiveSensor } from "../pipeline/mod.ts";
import { listSensors } from "./sensors.ts";
import { flatRows, idOf, type ListRow, type Tree, treeRows } from "./tree.ts";
import type { Ui } from "./ui.ts";

/** The list of sensors as it is shown: a tree, or flat. */
export interface List extends Tree {
  /** How many sensors are listed, folded ones among them. */
  sensors: number;
  /** The index of the selected row; 0 if it is not there. */
  at: number;
  /** The selected row, if there is any. */
  selected?: ListRow;
  /** The selected sensor, or the first of the selected group. */
  id?: string;
}

/** Lists sensors by what a person has chosen. */
export function listRows(
  sensors: ReadonlyMap<string, LiveSensor>,
  ui: Ui,
): List {
  const ids = listSensors(sensors, ui).map(([id]) => id);
  const tree = ui.flat ? flatRows(ids) : treeRows(ids, ui.folds);
  const at = Math.max(0, tree.rows.findIndex(({ key }) => key === ui.selected));
  const selected = tree.rows[at];
  const id = selected && idOf(selected);
  return { ...tree, sensors: ids.length, at, selected, id };
}
