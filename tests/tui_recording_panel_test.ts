import assert from "node:assert/strict";
import type { Snapshot } from "../run/run_snapshot.ts";
import { rowsOf } from "./helpers/draw_screen.ts";
import { minuteOf, snapshotOf } from "./helpers/snapshot.ts";

const THREE = minuteOf("lux-1", "lux-2", "lux-3");
const RECORDER = (await snapshotOf([])).recorder;

Deno.test("the recording panel tells the recorder's own numbers", async () => {
  const panel = async (changes: Partial<Snapshot["recorder"]>) =>
    rowsOf(
      await snapshotOf(THREE, { recorder: { ...RECORDER, ...changes } }),
      { columns: 100, ui: { view: "broker" } },
    ).join("\n");
  assert.match(
    await panel({}),
    /● recording +0:12:34[^]*test\.csv · 57 kB[^]*1,234 rows · 1,230 safe[^]*none rejected/,
  );
  assert.match(
    await panel({ state: "paused", passed: 12 }),
    /‖ paused[^]*shown, not written: 12/,
  );
  assert.match(
    await panel({
      state: "error",
      retry: 3.4,
      reason: "no space left on the disk",
      waiting: 77,
    }),
    /✖ error, again in 4 s[^]*no space left on the disk · 77 waiting/,
  );
  assert.match(
    await panel({ rejected: 2, lastReject: "not JSON", lost: 5 }),
    /2 rejected: not JSON[^]*5 LOST/,
  );
  assert.match(
    await panel({ rejected: 2, unkept: 1, lastReject: "not JSON" }),
    /2 rejected, 1 not kept: not JSON/,
  );
  assert.match(
    await panel({
      ...{ durable: true, redelivered: 1 },
      ...{ possiblyDoubled: 3, possiblyDoubledBefore: 4 },
    }),
    /7 possibly doubled/,
  );
  assert.match(
    await panel({ state: "stopped", path: undefined }),
    /○ not recording[^]*r starts a recording/,
  );
  assert.match(
    await panel({ acknowledged: 1229, rejected: 2 }),
    /1,234 rows · 1,230 safe[^]*1,229 acknowledged · 2 rejected/,
  );
});

/** A durable recording after six weeks at ten messages a second. */
const DURABLE: Snapshot["recorder"] = {
  ...RECORDER,
  path: "sensor-data.csv",
  durable: true,
  rows: 36_288_000,
  synced: 36_288_012,
  acknowledged: 36_288_001,
  redelivered: 12_345,
  rejected: 67,
  lastReject: "not JSON",
  bytes: 1_632_960_000,
  elapsed: 42 * 86_400 + 432,
};

/** The rows of its panel. */
async function panelOf(
  changes: Partial<Snapshot["recorder"]>,
  columns: number,
  rows: number,
): Promise<string[]> {
  const snapshot = await snapshotOf(THREE, {
    recorder: { ...DURABLE, ...changes },
  });
  const ui = { view: "broker" } as const;
  const shown = rowsOf(snapshot, { columns, rows, ui });
  const at = shown.findIndex((text) => text.includes("── Recording"));
  const from = shown[at].indexOf("── Recording");
  return shown.slice(at, at + 7).map((text) =>
    text.slice(from).split(/ {5,}|(?= ── )/)[0].trim()
  );
}

Deno.test("a durable recording's panel has each of its numbers, whole, in any size", async () => {
  for (const [columns, rows] of [[60, 15], [76, 24], [80, 24]]) {
    const [, ...panel] = await panelOf({}, columns, rows);
    assert.deepEqual(panel.slice(0, 2), [
      "● durable recording  42 d 0:07:12",
      "sensor-data.csv · 1.6 GB",
    ]);
    const text = panel.slice(2).join("\n");
    for (
      const number of [
        /36,288,000 (rows )?written/,
        /36,288,012 safe/,
        /36,288,001 acknowledged/,
        /12,345 redelivered/,
        /67 rejected/,
      ]
    ) {
      assert.match(text, number, `${columns}×${rows}`);
    }
  }
  for (const [columns, rows] of [[80, 24], [120, 40], [200, 50]]) {
    assert.deepEqual((await panelOf({}, columns, rows)).slice(3, 6), [
      "36,288,000 rows written · 36,288,012 safe on disk",
      "36,288,001 acknowledged",
      "12,345 redelivered (left out) · 67 rejected: not JSON",
    ]);
  }
});

Deno.test("the line of a recording has rows, safe and rejected in any size", async () => {
  for (const columns of [60, 80, 200]) {
    const rows = rowsOf(await snapshotOf(THREE, { recorder: DURABLE }), {
      columns,
    });
    assert.match(
      rows[1],
      /● durable.* · 36,288,000 rows · 36,288,012 safe · 67 rejected/,
      `${columns}`,
    );
  }
});

Deno.test("a durable recording whose disk is full says why, when it tries again, and when it gave up", async () => {
  const reason = "no space left on the disk";
  for (const [columns, rows] of [[60, 15], [80, 24], [120, 40]]) {
    const error = { state: "error", reason, retry: 3.4 } as const;
    const failing = await panelOf(error, columns, rows);
    assert.equal(failing[1], "✖ error, again in 4 s  42 d 0:07:12");
    assert.equal(failing[6], "no space left on the disk");
    const gaveUp = await panelOf(
      { state: "stopped", reason },
      columns,
      rows,
    );
    assert.equal(gaveUp[1], "✖ gave up  42 d 0:07:12");
    assert.equal(gaveUp[6], "no space left on the disk");
  }
});

Deno.test("the keys are in one row, and those of a recording by hand only where it is one", async () => {
  for (const columns of [60, 80, 120, 200]) {
    for (const view of ["sensors", "chart", "broker", "log"] as const) {
      const footer = async (recorder: Partial<Snapshot["recorder"]>) =>
        rowsOf(
          await snapshotOf(THREE, { recorder: { ...RECORDER, ...recorder } }),
          { columns, ui: { view } },
        ).at(-1)!.trimEnd();
      const byHand = await footer({});
      assert.match(byHand, /^(⏎ open|esc back) .* \? help {2}q quit$/);
      assert.ok(byHand.length <= columns, byHand);
      assert.doesNotMatch(
        await footer({ durable: true }),
        /space|r stop|n new/,
      );
    }
  }
  const wide = { columns: 200 };
  const paused = { ...RECORDER, state: "paused" } as const;
  const rows = rowsOf(await snapshotOf(THREE, { recorder: paused }), wide);
  assert.match(rows.at(-1)!, /r stop {2}space resume {2}n new/);
});
