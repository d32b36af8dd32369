/** The list of sensors as a tree of what their ids say. */
import assert from "node:assert/strict";
import { cutMiddle } from "../tui/fit_text.ts";
import {
  type Folds,
  groupKey,
  parentOf,
  type Tree,
  treeRows,
} from "../tui/tree.ts";

const HOME = [
  "zigbee2mqtt/kitchen/temperature",
  "zigbee2mqtt/kitchen/humidity",
  "zigbee2mqtt/hall/lamp/state",
  "zigbee2mqtt/hall/lamp/brightness",
  "zigbee2mqtt/hall/motion/occupancy",
  "zigbee2mqtt/plug",
];

/** The rows in short: `▸ kitchen(temperature humidity)`, indented. */
function draw({ rows }: Tree): string[] {
  return rows.map(({ name, depth, open, fields = [] }) => {
    const mark = open === undefined ? "" : open ? "▾ " : "▸ ";
    const names = fields.map(({ name }) => name).join(" ");
    const beside = open === false && names !== "" ? `(${names})` : "";
    return " ".repeat(depth) + mark + name + beside;
  });
}

const tree = (ids: string[], folds: Folds = new Map()) => treeRows(ids, folds);

Deno.test("a device is a row with its fields, and what all begin with stands once", () => {
  const home = tree(HOME);
  assert.equal(home.prefix, "zigbee2mqtt/");
  assert.equal(home.devices, 3);
  assert.deepEqual(draw(home), [
    "▸ kitchen(temperature humidity)",
    "▾ hall",
    " ▸ lamp(state brightness)",
    " motion/occupancy",
    "plug",
  ]);
});

Deno.test("groups open and fold at each level", () => {
  const folds = new Map([
    [groupKey("zigbee2mqtt/kitchen"), true],
    [groupKey("zigbee2mqtt/hall"), false],
  ]);
  const home = tree(HOME, folds);
  assert.deepEqual(draw(home), [
    "▾ kitchen",
    " temperature",
    " humidity",
    "▸ hall",
    "plug",
  ]);
  assert.equal(parentOf(home.rows, 2), groupKey("zigbee2mqtt/kitchen"));
  assert.equal(parentOf(home.rows, 0), undefined);
});

Deno.test("ids without levels, or that are a level themselves, are rows of their own", () => {
  assert.deepEqual(draw(tree(["lux-1", "lux-2"])), ["lux-1", "lux-2"]);
  assert.deepEqual(draw(tree(["a/b", "a/b/c", "a/b/d"])), ["b", "▸ b(c d)"]);
  assert.deepEqual(draw(tree(["a", "/a", "a/"])), ["a", "a/", "/a"]);
  assert.deepEqual(draw(tree([])), []);
});

Deno.test("every id is in the tree once, whatever the ids are", () => {
  const parts = ["", "a", "b", "ab"];
  const ids = parts.flatMap((one) =>
    parts.flatMap((two) => [one, `${one}/${two}`, `${one}/${two}/${one}`])
  );
  const unique = [...new Set(ids)];
  const folds = new Map(
    unique.flatMap((id) => [[groupKey(id), true] as const]),
  );
  const found = tree(unique, folds).rows.flatMap(({ id }) => id ?? []);
  assert.deepEqual(found.sort(), unique.sort());
});

Deno.test("names that are alike are cut in the middle", () => {
  assert.equal(
    cutMiddle("zigbee2mqtt/kitchen/temperature", 15),
    "zigbee2…erature",
  );
  assert.equal(cutMiddle("short", 15), "short");
  assert.equal(cutMiddle("温度温度温度", 7), "温度…度");
  assert.equal(cutMiddle("abc", 1), "…");
});
