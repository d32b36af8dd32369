import assert from "node:assert/strict";
import { cellsOf } from "../tui/cells.ts";
import { createPainter } from "../tui/painter.ts";
import { screenRows } from "../tui/screen.ts";
import type { Row } from "../tui/styled_rows.ts";
import { FIRST_UI, type Ui } from "../tui/ui.ts";
import { textsOf } from "./helpers/draw_screen.ts";
import { minuteOf, snapshotOf } from "./helpers/snapshot.ts";

/** The part of a terminal that a painter uses: what is in each column, and how. */
function createScreen() {
  const rows: { text: string; style: string }[][] = [];
  let [row, column, style] = [0, 0, ""];
  const blank = { text: " ", style: "" };
  return {
    write(sequences: string) {
      const segmenter = new Intl.Segmenter();
      // deno-lint-ignore no-control-regex
      for (const part of sequences.split(/(\x1b\[[?\d;]*[A-Za-z])/)) {
        // deno-lint-ignore no-control-regex
        const found = /^\x1b\[([?\d;]*)([A-Za-z])$/.exec(part);
        if (found) {
          const [, numbers, command] = found;
          const [first, second] = numbers.split(";").map(Number);
          if (command === "H") [row, column] = [first - 1, second - 1];
          else if (command === "C") column += first;
          else if (command === "K") rows[row]?.splice(column);
          else if (command === "J") rows.length = 0;
          else if (command === "m") style = numbers;
          else assert.match(numbers, /^\?/, `${command} is unknown here`);
          continue;
        }
        for (const { segment } of segmenter.segment(part)) {
          const line = rows[row] ??= [];
          while (line.length < column) line.push(blank);
          line[column++] = { text: segment, style };
          if (/[\u3000-\u9fff\u{1f300}-\u{1faff}]/u.test(segment)) {
            line[column++] = { text: "", style };
          }
        }
      }
    },
    text: () =>
      Array.from(
        rows,
        (line = []) => line.map(({ text }) => text).join("").trimEnd(),
      ),
    styles: () =>
      Array.from(
        rows,
        (line = []) =>
          line.map(({ text, style }) => text === " " ? "" : style).join("|"),
      ),
  };
}

/** Rows with what is wide, joined, styled, too long and empty. */
const ODD: Row[][] = [
  [["plain"], [{ text: "styled", bold: true, color: "red" }, " 12.5"], []],
  [["plein"], [{ text: "styled", dim: true }, " 13.5"], ["日本 x"]],
  [["日本語 room"], [{ text: "s", inverse: true }, "  "], ["日x本"]],
  [["x日本語room"], [], [`${"日".repeat(30)}`]],
  [["e\u0301te\u0301"], ["a"], ["b"]],
  [["pl"], ["x".repeat(90)], [{ text: "▁▂▃", color: "cyan" }]],
];

Deno.test("what a painter leaves on a terminal is what was drawn last, style and all", async () => {
  const snapshots = [
    await snapshotOf(minuteOf("lux-1", "lux-2", "日本/💡")),
    await snapshotOf(minuteOf("lux-1", "lux-2", "日本/💡").slice(0, -5)),
  ];
  const uis: Partial<Ui>[] = [
    {},
    { selected: "lux-2" },
    { view: "chart" },
    { view: "chart", compared: ["lux-1", "日本/💡"] },
    { view: "broker" },
    { dialog: { kind: "help", top: 0 } },
  ];
  for (const columns of [60, 80, 150]) {
    const screens = uis.flatMap((ui) =>
      snapshots.map((snapshot) =>
        screenRows({
          ...{ snapshot, ui: { ...FIRST_UI, ...ui }, columns, rows: 20 },
        })
      )
    );
    const odd = ODD.map((rows) => [...rows, ...Array<Row>(17).fill([])]);
    const terminal = createScreen();
    const paint = createPainter(terminal.write, {
      ...{ colours: true, ascii: false },
    });
    for (const rows of [...odd, ...screens, ...odd, ...screens.reverse()]) {
      paint(rows, columns);
      const shown = terminal.text();
      const styles = terminal.styles();
      for (const [at, text] of textsOf(rows, columns).entries()) {
        assert.equal(shown[at] ?? "", text);
        const wanted = cellsOf(rows[at], columns, true)
          .map(({ text, style }) => text === " " ? "" : style).join("|");
        const found = styles[at] ?? "";
        assert.equal(found.replace(/\|+$/, ""), wanted.replace(/\|+$/, ""));
      }
    }
  }
});

Deno.test("no style is faint on a light or on a dark background", async () => {
  const snapshot = await snapshotOf(minuteOf("lux-1", "lux-2", "lux-3", "a"), {
    alarms: new Map([["lux-1", "lux-1 > 30"]]),
  });
  const found = new Set<string>();
  const compared = ["lux-1", "lux-2", "lux-3", "a"];
  const uis: Partial<Ui>[] = [
    { compared },
    { view: "chart", compared },
    { view: "broker" },
    { view: "log" },
    { dialog: { kind: "quit", durable: false } },
    { dialog: { kind: "help", top: 0 } },
  ];
  for (const ui of uis) {
    for (const now of [snapshot.now, snapshot.now + 60]) {
      const shown = { ...FIRST_UI, ...ui };
      const props = { snapshot: { ...snapshot, now }, ui: shown };
      const rows = screenRows({ ...props, columns: 120, rows: 40 });
      for (const cell of rows.flatMap((row) => cellsOf(row, 120, true))) {
        found.add(cell.style);
      }
    }
  }
  // Bold, dim, inverse; or a colour alone: red, green, magenta, cyan.
  for (const style of found) {
    assert.match(style, /^$|^0;([127]|1;7|(7;)?3[1256])$/);
  }
  assert.ok(["0;31", "0;32", "0;35", "0;36"].every((one) => found.has(one)));
});

Deno.test("a painter writes what has changed, and nothing if that is nothing", () => {
  let written = "";
  const paint = createPainter((text) => written += text, {
    ...{ colours: true, ascii: false },
  });
  const rows = (value: string): Row[] => [
    [{ text: "lux-1", bold: true }, `  ${value}  1/s`],
    ["a row that stays"],
  ];
  paint(rows("20.5"), 80);
  written = "";
  paint(rows("20.5"), 80);
  assert.equal(written, "");
  paint(rows("20.7"), 80);
  assert.equal(written, "\x1b[?2026h\x1b[1;11H7\x1b[?2026l");
});

Deno.test("without colours nothing has a style, and in ASCII all is ASCII", () => {
  let written = "";
  const paint = createPainter((text) => written += text, {
    ...{ colours: false, ascii: true },
  });
  paint([[{ text: "● café ⣿", color: "red", bold: true }]], 80);
  assert.match(written, /\* caf\? :/);
  // deno-lint-ignore no-control-regex
  assert.doesNotMatch(written, /\x1b\[\d+(;\d+)*m/);
});

Deno.test("a row that is too long is cut at the width of the terminal", () => {
  const text = (row: Row, columns: number) =>
    cellsOf(row, columns, true).map(({ text }) => text).join("");
  assert.equal(text(["abcdef"], 6), "abcdef");
  assert.equal(text(["abcdefg"], 6), "abcde…");
  assert.equal(text(["日本語日"], 6), "日本…");
});
