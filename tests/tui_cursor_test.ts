/** The cursor of a chart, and what it is at. */
import assert from "node:assert/strict";
import { createHistory } from "../pipeline/history.ts";
import type { LiveSensor, SensorEvent } from "../pipeline/mod.ts";
import { bandRow } from "../tui/band_row.ts";
import { type Charted, moveCursor } from "../tui/chart_cursor.ts";
import { readingAt, readingsBefore } from "../tui/readings_at.ts";
import { rowText } from "../tui/styled_rows.ts";
import { FIRST_UI } from "../tui/ui.ts";
import { row, rowsOf } from "./helpers/draw_screen.ts";
import { minuteOf, NOW, snapshotOf } from "./helpers/snapshot.ts";

/** A sensor with a number at each of these times: its own seconds. */
function numbersAt(...times: number[]): LiveSensor {
  const history = createHistory();
  for (const time of times) history.add(time, time % 100);
  const time = times.at(-1)!;
  const latest = { sensor_id: "", ts: time, val: 1 };
  return { latest, time, events: 9, rate: 1, interval: 10, history };
}

function charted(sensor: LiveSensor, from: number, to: number): Charted {
  return { sensors: [sensor], window: { from, to, zoom: 0 }, step: 1 };
}

Deno.test("a cursor goes from reading to reading, and the chart with it", () => {
  const sensor = numbersAt(930, 940, 990, 1000);
  const shown = charted(sensor, 940, 1000);
  const left = (ui = FIRST_UI) => moveCursor(ui, shown, -1, 1000);
  const first = left();
  assert.deepEqual([first.cursor, first.until], [1000, 1000]);
  const second = left(first);
  assert.equal(second.cursor, 990);
  // 940 is the beginning of what is shown.
  const third = left(second);
  assert.deepEqual([third.cursor, third.until], [940, 985]);
  const back = moveCursor(second, shown, 1, 1000);
  assert.equal(back.cursor, 1000);
  assert.deepEqual(moveCursor(back, shown, 1, 1000), back);
});

Deno.test("what a cursor is at is the reading there, or the least and greatest of several", () => {
  const sensor = numbersAt(930, 940, 950, 990);
  const text = (time: number, step: number) =>
    readingAt(sensor, time, step)?.text;
  assert.equal(text(940, 5), "40");
  assert.equal(text(950, 15), "40–50");
  // Between two readings the one before holds for three intervals.
  assert.equal(text(945, 1), "40");
  assert.equal(text(985, 1), undefined);
  const found = readingsBefore(sensor, 950, 60, 2);
  assert.deepEqual(found.map(({ time, text }) => [time, text]), [
    [950, "50"],
    [940, "40"],
  ]);
});

Deno.test("a chart with a cursor shows time, value and the events until then", async () => {
  const snapshot = await snapshotOf(minuteOf("lux-1"));
  const cursor = NOW - 30;
  const ui = { view: "chart", until: NOW, cursor } as const;
  const rows = rowsOf(snapshot, { ui });
  const { val } = minuteOf("lux-1").find(({ ts }) => ts === cursor)!;
  row(rows, new RegExp(`^ .*:\\d\\d  ${val}$`));
  const events = rows.findIndex((text) => /── Events until /.test(text));
  assert.match(rows[events + 1], new RegExp(` ${val}$`));
  assert.ok(rows.filter((text) => text.includes("│ ")).length > 3);
});

Deno.test("states beside numbers are bands with their names", async () => {
  const states = [
    ...Array.from({ length: 60 }, (_, second): SensorEvent => {
      const ts = NOW - 59 + second;
      return { sensor_id: "door", ts, time: ts, val: second > 29 };
    }),
    { sensor_id: "mode", ts: NOW - 50, time: NOW - 50, val: "he\x1bat" },
    { sensor_id: "mode", ts: NOW, time: NOW, val: "he\x1bat" },
  ];
  const snapshot = await snapshotOf([...minuteOf("lux-1"), ...states]);
  const compared = ["lux-1", "door", "mode"];
  for (const [columns, height] of [[60, 15], [80, 24], [120, 40], [200, 50]]) {
    const ui = { view: "chart", compared } as const;
    const rows = rowsOf(snapshot, { columns, rows: height, ui });
    row(rows, /^▲ door +┤ *█ false █+░ true ░+$/);
    row(rows, /^■ mode +┤ *█ he\\x1bat █+$/);
    row(rows, /●.*lux-1.*▲.*door true.*■.*mode he\\x1bat/);
    assert.ok(rows.some((text) => /[\u2801-\u28ff]/.test(text)));
  }
  const off = rowsOf(snapshot, {
    ui: { view: "chart", compared: ["door", "mode"] },
  });
  row(off, /^● door +┤/);
});

Deno.test("a state that was short is seen in its band", () => {
  const states = [
    { time: 0, val: false },
    { time: 500, val: true },
    { time: 500.1, val: false },
  ];
  const latest = { sensor_id: "", ts: 1000, val: false };
  const sensor = {
    ...{ latest, time: 1000, events: 3, rate: 1, interval: 1, states },
  };
  const text = rowText(
    bandRow(sensor, { id: "a/door", index: 0, from: 0, to: 1000, width: 40 }),
  );
  assert.match(text, /^● door +┤█ false █+░█ false █+$/);
});
