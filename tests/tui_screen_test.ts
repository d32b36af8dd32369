import assert from "node:assert/strict";
import stringWidth from "string-width";
import { WeirError } from "../pipeline/mod.ts";
import type { Snapshot } from "../run/run_snapshot.ts";
import type { Ui } from "../tui/ui.ts";
import { row, rowsOf } from "./helpers/draw_screen.ts";
import { entryOf, minuteOf, NOW, snapshotOf } from "./helpers/snapshot.ts";

const THREE = minuteOf("lux-1", "lux-2", "lux-3");
const RECORDER = (await snapshotOf([])).recorder;
const CONTROL = (await snapshotOf([])).control;
const CONNECTION = (await snapshotOf([])).connection;

Deno.test("a screen fills the terminal exactly, whatever its size", async () => {
  const few = await snapshotOf(THREE);
  const none = await snapshotOf([]);
  const crowded = await snapshotOf(
    minuteOf(
      ...Array.from({ length: 300 }, (_, n) => `zigbee2mqtt/room-${n}/温度`),
    ),
    {
      log: Array.from(
        { length: 90 },
        () => entryOf(NOW, "long ".repeat(99)),
      ),
    },
  );
  const durable = await snapshotOf(THREE, {
    recorder: { ...RECORDER, durable: true, acknowledged: 9, redelivered: 1 },
  });
  const sizes = [[60, 15], [61, 17], [75, 18], [76, 22], [80, 24], [80, 50]];
  sizes.push([99, 30], [120, 40], [139, 26], [140, 25], [140, 26], [200, 50], [
    300,
    90,
  ]);
  const views: Partial<Ui>[] = [
    {},
    { view: "chart" },
    { view: "broker" },
    { view: "log" },
    { dialog: { kind: "help", top: 0 } },
    { dialog: { kind: "quit", durable: true } },
    { notice: "word ".repeat(99) },
  ];
  for (const snapshot of [few, none, crowded, durable]) {
    for (const [columns, rows] of sizes) {
      for (const ui of views) {
        const shown = rowsOf(snapshot, { columns, rows, ui });
        const at = `${columns}×${rows} ${JSON.stringify(ui).slice(0, 40)}`;
        assert.equal(shown.length, rows, at);
        for (const text of shown) {
          assert.ok(stringWidth(text) <= columns, `${at}: ${text}`);
        }
        row(
          shown.slice(-1),
          /[qny] +(quit|go on|stop and quit)|any other key back/,
        );
        if (ui.dialog?.kind === "help") {
          const end = { kind: "help", top: 99 } as const;
          const scrolled = rowsOf(snapshot, {
            columns,
            rows,
            ui: { dialog: end },
          });
          row([...shown, ...scrolled], /Ctrl-C/);
          const help = shown.slice(
            shown.findIndex((text) => /── Keys/.test(text)),
          );
          assert.doesNotMatch(help.join("\n"), /…/, at);
        }
      }
    }
  }
});

Deno.test("a terminal that is too small is told what is needed", async () => {
  for (const [columns, rows] of [[59, 24], [80, 14], [20, 5]]) {
    const text = rowsOf(await snapshotOf(THREE), { columns, rows }).join(" ");
    assert.match(text, new RegExp(`needs\\s+60×15.*${columns}×${rows}`));
    assert.match(text, /goes\s+on\s+recording/);
  }
});

Deno.test("the header says how it stands with the broker, in words", async () => {
  const header = async (changes: Partial<Snapshot["connection"]>) =>
    rowsOf(
      await snapshotOf(THREE, { connection: { ...CONNECTION, ...changes } }),
    ).slice(0, 3).join("\n");
  assert.match(
    await header({}),
    /weir +mqtt:\/\/localhost:1883 +● connected +3\/s +ping 1\.2 ms +MQTT 5 +\d\d:\d\d:\d\d\n ● recording test\.csv/,
  );
  assert.match(await header({ state: "connecting" }), /connecting/);
  const lost = await header({
    state: "reconnecting",
    retryAt: NOW + 3.2,
    error: new WeirError("ERR_WEIR_UNREACHABLE", "Cannot connect to …", {
      facts: { reason: "connection refused" },
    }),
  });
  assert.match(lost, /reconnecting in 4 s/);
  assert.match(lost, /connection refused/);
  const full = { state: "error" as const, reason: "the disk is full" };
  for (const ui of [{}, { view: "chart" } as const]) {
    const rows = rowsOf(
      await snapshotOf(THREE, { recorder: { ...RECORDER, ...full } }),
      { ui },
    );
    assert.match(rows.slice(0, 3).join(), /connected.*The recording: the disk/);
  }
  const traffic = {
    messages: 9,
    bytes: 9,
    leftOut: 0,
    received: 0,
    behind: 0.9,
  };
  const busy = async (behind: number) =>
    rowsOf(await snapshotOf(THREE, { traffic: { ...traffic, behind } }))[2];
  assert.match(await busy(0.9), /── Sensors/);
  assert.match(await busy(3.1), /Behind for 3 s: the broker holds/);
  const offline = await header({
    state: "offline",
    error: new Error("taken over"),
  });
  assert.match(offline, /✖ offline[^]*taken over/);
});

Deno.test("a sensor's row has its value, history, range, rate and age", async () => {
  const rows = rowsOf(await snapshotOf(THREE, { now: NOW + 1 }));
  row(rows, /SENSOR +VALUE HISTORY +MIN +MEAN +MAX +RATE AGE/);
  row(
    rows,
    /lux-2 +84\.1 +[▁▂▃▄▅▆▇█]{10,} +-100 +4\.35 +99\.9 +1\/s 1 s/,
  );
});

Deno.test("decimal points stand below each other", async () => {
  const values = [5, 21.5, -3.1415, 1000.25, 1e21];
  const rows = rowsOf(
    await snapshotOf(values.map((val, n) => (
      { sensor_id: `s-${n}`, ts: NOW, time: NOW, val }
    ))),
  );
  const points = ["21.5", "-3.1415", "1000.25"].map((text) =>
    row(rows, new RegExp(`s-\\d +${text.replace(".", "\\.")}`)).indexOf(".")
  );
  assert.equal(new Set(points).size, 1, rows.join("\n"));
  row(rows, /s-4 +1e\+21/);
});

Deno.test("a sensor that is overdue is quiet, one whose board is offline says so", async () => {
  const events = minuteOf("lux-1", "lux-2")
    .filter(({ sensor_id, ts }) => sensor_id === "lux-1" || ts < NOW - 13);
  const rows = rowsOf(
    await snapshotOf(events, {
      control: {
        ...CONTROL,
        boards: new Map([["lux-1", { state: "offline", time: NOW }]]),
      },
    }),
  );
  row(rows, /lux-2 .*quiet 14 s/);
  row(rows, /lux-1 .*offline/);
});

Deno.test("a reading that came after its board was said to be offline outranks that", async () => {
  const at = async (time: number, now: number) => {
    const boards = new Map([["lux-1", { state: "offline" as const, time }]]);
    const control = { ...CONTROL, boards };
    return row(rowsOf(await snapshotOf(THREE, { control, now })), /lux-1 /);
  };
  assert.match(await at(NOW - 1, NOW + 1), /1\/s 1 s/);
  assert.match(await at(NOW + 1, NOW + 1), /– offline/);
  // What nobody hears of any more is what it last said.
  assert.match(await at(NOW - 1, NOW + 10), /– offline/);
});

Deno.test("a slow sensor is not quiet before three of its intervals have passed", async () => {
  const events = Array.from({ length: 5 }, (_, n) => (
    { sensor_id: "slow", ts: NOW, time: NOW + 60 * (n - 4), val: n }
  ));
  const at = async (seconds: number) =>
    row(rowsOf(await snapshotOf(events, { now: NOW + seconds })), /slow/);
  assert.match(await at(179), /1\/min 2 min/);
  assert.match(await at(181), /quiet 3 min/);
});

Deno.test("columns stay aligned with wide, combining and joined characters", async () => {
  const ids = [
    "plain",
    "温度-1",
    "e\u0301te\u0301",
    "👩‍🔬",
    "🌡️ lab",
    "👍🏽",
    "🇩🇪",
    "\u0301x",
    "नमस्ते",
  ];
  const rows = rowsOf(await snapshotOf(minuteOf(...ids)), { rows: 34 });
  const ends = rows.filter((text) => / 0 s *$/.test(text))
    .map((text) => stringWidth(text.trimEnd()));
  assert.equal(ends.length, ids.length);
  assert.equal(new Set(ends).size, 1, rows.join("\n"));
  // What terminals disagree about is not sent to them at all.
  assert.doesNotMatch(rows.join(""), /[\u200d\ufe0f]|\u{1f3fd}/u);
});

Deno.test("control characters never reach the screen", async () => {
  const evil = "\x1b[2J\x1b]0;x\x07\x9b31m\r\n\u202e";
  const events = minuteOf(`id${evil}`);
  events.push({
    sensor_id: "text",
    ts: NOW,
    time: NOW,
    val: evil,
    topic: evil,
  });
  const snapshot = await snapshotOf(events, {
    topics: [evil],
    connection: {
      ...CONNECTION,
      url: evil,
      error: new Error(evil),
      state: "offline",
    },
    recorder: {
      ...RECORDER,
      state: "error",
      reason: evil,
      path: evil,
      lastReject: evil,
      rejected: 1,
    },
    control: {
      ...CONTROL,
      broker: { version: evil, uptime: evil, clients: evil },
    },
    log: [entryOf(NOW, evil)],
    rejects: [{
      time: NOW,
      topic: evil,
      reason: evil,
      payload: new TextEncoder().encode(evil),
    }],
  });
  const uis: Partial<Ui>[] = [
    {},
    { view: "chart" },
    { view: "broker" },
    { view: "log" },
    { notice: evil, filter: evil },
  ];
  for (const ui of uis) {
    for (const text of rowsOf(snapshot, { ui, columns: 200, rows: 50 })) {
      // deno-lint-ignore no-control-regex
      assert.doesNotMatch(text, /[\x00-\x1f\x7f-\x9f\u202e]/);
    }
  }
});

Deno.test("the list follows the selection, and says where it is", async () => {
  const ids = Array.from({ length: 300 }, (_, n) => `lux-${n}`);
  const snapshot = await snapshotOf(minuteOf(...ids));
  const rows = rowsOf(snapshot, { ui: { selected: "lux-150" } });
  row(rows, /› lux-150/);
  row(rows, /Sensors .* \d+–\d+ of 300/);
});

Deno.test("sensors are filtered and sorted", async () => {
  const at = async (ui: Partial<Ui>) =>
    rowsOf(await snapshotOf(minuteOf("lux-10", "lux-9", "door")), { ui })
      .map((text) => /^[› ] (lux-\d+|door)/.exec(text)?.[1])
      .filter((id) => id).join();
  assert.equal(await at({}), "lux-10,lux-9,door");
  assert.equal(await at({ sort: "id" }), "door,lux-9,lux-10");
  assert.equal(await at({ sort: "id", reversed: true }), "lux-10,lux-9,door");
  assert.equal(await at({ sort: "value" }), "door,lux-9,lux-10");
  assert.equal(await at({ filter: "LUX" }), "lux-10,lux-9");
  assert.equal(await at({ filter: "none" }), "");
});

Deno.test("ids beyond the limit are counted on the screen", async () => {
  const snapshot = await snapshotOf(THREE);
  const live = { ...snapshot.live, unlisted: 12_345 };
  row(rowsOf({ ...snapshot, live }), /12,345 readings of more ids/);
});

Deno.test("an empty list says what it waits for", async () => {
  row(rowsOf(await snapshotOf([])), /Waiting for readings on sensor-data/);
  const ui = { filter: "abc" };
  row(rowsOf(await snapshotOf(THREE), { ui }), /No sensor has “abc”/);
});

Deno.test("b shows what the broker offers, and no more", async () => {
  const ui = { view: "broker" } as const;
  const rows = rowsOf(await snapshotOf(THREE), { columns: 100, ui });
  row(rows, /mqtt:\/\/localhost:1883 · topics sensor-data/);
  row(rows, /ping 1\.2 ms/);
  row(rows, /in 3\/s · 120 B\/s · 0 reconnects/);
  row(rows, /mosquitto version 2\.0\.11/);
  row(rows, /up 2:01:04 · 4 clients/);
  row(rows, /receives 3\/s · sends 6\/s/);
  const control = {
    connected: true,
    unanswered: 7,
    broker: {},
    boards: new Map(),
  };
  const bare = rowsOf(await snapshotOf(THREE, { control }), { ui });
  row(bare, /ping no answer for 7 s/);
  assert.doesNotMatch(bare.join("\n"), /mosquitto|clients|receives/);
});

Deno.test("l shows the log, and of each reject where, why and what it held", async () => {
  const rejects = [
    { topic: "lab/door", reason: "not JSON", text: "{open" },
    { topic: "lab/cam", reason: "not UTF-8", bytes: [0, 255, 16] },
  ].map(({ topic, reason, text = "", bytes }) => ({
    time: NOW,
    topic,
    reason,
    payload: bytes ? new Uint8Array(bytes) : new TextEncoder().encode(text),
  }));
  const rows = rowsOf(await snapshotOf(THREE, { rejects }), {
    ui: { view: "log" },
  });
  row(rows, /\d\d:\d\d Connected/);
  const at = rows.findIndex((text) => /lab\/door +not JSON/.test(text));
  assert.match(rows[at + 1], /\{open/);
  assert.match(rows[at + 2], /lab\/cam +not UTF-8/);
  assert.match(rows[at + 3], /00 ff 10/);
});

Deno.test("at 80×24 at least 14 rows are readings, and recording and broker a line each", async () => {
  const ids = Array.from({ length: 40 }, (_, n) => `lux-${n}`);
  const recorder = { ...RECORDER, rejected: 2, gaps: 3 };
  const rows = rowsOf(await snapshotOf(minuteOf(...ids), { recorder }));
  const readings = rows.filter((text) => /^[› ] lux-\d+/.test(text));
  assert.ok(readings.length >= 14, `${readings.length}`);
  row(
    rows,
    /● recording test\.csv · 0:12:34 · 1,234 rows · 1,230 safe · 2 rejected · 3 gaps/,
  );
});

Deno.test("a chart has its line, the last value marked, and ticks at round numbers and times", async () => {
  const rows = rowsOf(await snapshotOf(THREE), {
    ui: { view: "chart", zoom: 0 },
    rows: 40,
  });
  row(rows, /── lux-1 ─.* last 1 min/);
  assert.equal(rows.join("").split("●").length - 1, 3, "two above");
  for (const tick of ["50", "0", "-50", "-100"]) {
    row(rows, new RegExp(`^ +${tick} ┤`));
  }
  row(rows, /\d\d:\d\d:\d[05] +\d\d:\d\d:\d[05]/);
  row(rows, /[\u2801-\u28ff]/);
  row(rows, /last 0 · min -100 · mean [\d.e-]+ · max 99\.9/);
  row(rows, /60 events · 1\/s · every 1 s .* topic sensor-data/);
});

Deno.test("a chart of one compared sensor has that one's name", async () => {
  const rows = rowsOf(await snapshotOf(THREE), {
    ui: { view: "chart", selected: "lux-1", compared: ["lux-3"] },
  });
  row(rows, /── lux-3 ─/);
});
