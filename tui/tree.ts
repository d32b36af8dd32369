/** A sensor of a device: what the device's name leaves of its id. */
export interface Field {
  /** The last part of its id. */
  name: string;
  /** The whole id. */
  id: string;
}

/** A row of the list: a sensor, or several under one name. */
export interface ListRow {
  /** What selects it: a sensor's id, or {@linkcode groupKey}. */
  key: string;
  /** What is shown of its name. */
  name: string;
  /** How far it is indented. */
  depth: number;
  /** The sensor's id, if it is one. */
  id?: string;
  /** Whether the rows below a group are listed. */
  open?: boolean;
  /** The sensors directly in a group: a device's fields. */
  fields?: readonly Field[];
  /** How many sensors there are in a group, at all levels. */
  sensors?: number;
  /** How many devices. */
  devices?: number;
}

/** The rows of a list, and what all its names begin with. */
export interface Tree {
  /** The beginning that is left out of the names: `zigbee2mqtt/`. */
  prefix: string;
  /** How many devices there are: groups with fields. */
  devices: number;
  /** The rows, in the order of the sensors. */
  rows: readonly ListRow[];
}

/** Which groups a person has opened or folded, by key. */
export type Folds = ReadonlyMap<string, boolean>;

/** The key of a group; no topic has a NUL in it (MQTT 5.0, section 1.5.4). */
export const groupKey = (path: string) => `${path}/\0`;

/** The first id in a group, for what needs one. */
export function idOf({ id, fields = [] }: ListRow): string | undefined {
  return id ?? fields[0]?.id;
}

interface Node {
  name: string;
  path: string;
  id?: string;
  children: Map<string, Node>;
}

/** A list without levels: each sensor by its whole id. */
export function flatRows(ids: readonly string[]): Tree {
  const rows = ids.map((id) => ({ key: id, name: id, depth: 0, id }));
  return { prefix: "", devices: 0, rows };
}

let last: { ids: readonly string[]; folds: Folds; tree: Tree } | undefined;

/**
 * Sensors as a tree of what their ids say, level by level between slashes. A
 * group with one row in it is that row. A device is folded at first: it shows
 * its fields beside its name. The order is that of the ids.
 */
export function treeRows(ids: readonly string[], folds: Folds): Tree {
  // Thousands of ids are taken apart only if there are others.
  if (
    last && last.folds === folds && last.ids.length === ids.length &&
    ids.every((id, at) => id === last!.ids[at])
  ) return last.tree;
  let root: Node = { name: "", path: "", children: new Map() };
  for (const id of ids) insert(root, id);
  let prefix = "";
  while (root.children.size === 1) {
    const [only] = root.children.values();
    if (only.id !== undefined || only.children.size === 0) break;
    prefix = `${only.path}/`;
    root = only;
  }
  const rows: ListRow[] = [];
  for (const node of root.children.values()) addRows(rows, node, 0, folds);
  const tree = { prefix, devices: devicesOf(root), rows };
  last = { ids, folds, tree };
  return tree;
}

function insert(root: Node, id: string): void {
  let node = root;
  let at = 0;
  while (at <= id.length) {
    let end = id.indexOf("/", at);
    if (end < 0) end = id.length;
    const name = id.slice(at, end);
    let child = node.children.get(name);
    if (!child) {
      child = { name, path: id.slice(0, end), children: new Map() };
      node.children.set(name, child);
    }
    node = child;
    at = end + 1;
  }
  node.id = id;
}

function addRows(
  rows: ListRow[],
  start: Node,
  depth: number,
  folds: Folds,
): void {
  let node = start;
  let { name } = node;
  for (;;) {
    const { id, children } = node;
    if (id !== undefined) rows.push({ key: id, name, depth, id });
    if (children.size !== 1) break;
    [node] = children.values();
    name += `/${node.name}`;
  }
  if (node.children.size === 0) return;
  const children = [...node.children.values()];
  const fields = children.flatMap(({ name, id }) =>
    id === undefined ? [] : [{ name, id }]
  );
  const key = groupKey(node.path);
  const isDevice = children.every(({ children }) => children.size === 0);
  const open = folds.get(key) ?? !isDevice;
  const counts = { sensors: sensorsOf(node), devices: devicesOf(node) };
  rows.push({ key, name, depth, open, fields, ...counts });
  if (!open) return;
  for (const child of children) addRows(rows, child, depth + 1, folds);
}

function sensorsOf(node: Node): number {
  let count = 0;
  for (const child of node.children.values()) {
    count += (child.id === undefined ? 0 : 1) + sensorsOf(child);
  }
  return count;
}

/** How many groups with fields there are below a node. */
function devicesOf({ children }: Node): number {
  let count = 0;
  for (const child of children.values()) {
    const fields = [...child.children.values()];
    if (fields.some(({ id }) => id !== undefined)) count++;
    count += devicesOf(child);
  }
  return count;
}

/** The key of the group that a row stands in; nothing at the first level. */
export function parentOf(
  rows: readonly ListRow[],
  at: number,
): string | undefined {
  const depth = rows[at]?.depth ?? 0;
  for (let above = at - 1; above >= 0; above--) {
    if (rows[above].depth < depth) return rows[above].key;
  }
  return undefined;
}
