import assert from "node:assert/strict";
import { renderToString } from "ink";
import { render } from "ink-testing-library";
import stringWidth from "string-width";
import { App } from "../tui/app.tsx";
import { Screen } from "../tui/screen.tsx";
import type { Actions, Snapshot } from "../tui/snapshot.ts";
import { FIRST_UI, type Ui } from "../tui/ui.ts";
import { minuteOf, NOW, snapshotOf } from "./helpers/snapshot.ts";

/** The rows of a screen, as they are without colours. */
function rowsOf(
  snapshot: Snapshot,
  { columns = 80, rows = 24, ui = {} as Partial<Ui> } = {},
): string[] {
  const text = renderToString(
    <Screen
      snapshot={snapshot}
      ui={{ ...FIRST_UI, ...ui }}
      columns={columns}
      rows={rows}
    />,
    { columns },
  );
  // deno-lint-ignore no-control-regex
  return text.replace(/\x1b\[[\d;]*m/g, "").split("\n");
}

/** The first row that matches. */
function row(rows: string[], pattern: RegExp): string {
  const found = rows.find((text) => pattern.test(text));
  assert.ok(found, `${pattern} is not on the screen:\n${rows.join("\n")}`);
  return found;
}

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
        () => ({ time: NOW, text: "long ".repeat(99) }),
      ),
    },
  );
  const sizes = [[60, 15], [61, 17], [75, 18], [76, 22], [80, 24], [80, 50]];
  sizes.push([99, 30], [120, 40], [139, 26], [140, 25], [140, 26], [200, 50], [
    300,
    90,
  ]);
  const views: Partial<Ui>[] = [
    {},
    { detail: true },
    { dialog: { kind: "help" } },
    { dialog: { kind: "quit" } },
    { notice: "word ".repeat(99) },
  ];
  for (const snapshot of [few, none, crowded]) {
    for (const [columns, rows] of sizes) {
      for (const ui of views) {
        const shown = rowsOf(snapshot, { columns, rows, ui });
        const at = `${columns}×${rows} ${JSON.stringify(ui).slice(0, 40)}`;
        assert.equal(shown.length, rows, at);
        for (const text of shown) {
          assert.ok(stringWidth(text) <= columns, `${at}: ${text}`);
        }
        row(shown, /[qny] +(quit|go on|stop and quit)|any key back/);
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
    ).slice(0, 2).join("\n");
  assert.match(
    await header({}),
    /weir +mqtt:\/\/localhost:1883 +● connected +MQTT 5 +QoS 1 +\d\d:\d\d:\d\d\n topics sensor-data/,
  );
  assert.match(await header({ state: "connecting" }), /connecting/);
  const lost = await header({
    state: "reconnecting",
    retryAt: NOW + 3.2,
    reason: "connection refused",
  });
  assert.match(lost, /reconnecting in 4 s/);
  assert.match(lost, /connection refused/);
  const offline = await header({ state: "offline", reason: "taken over" });
  assert.match(offline, /✖ offline[^]*taken over/);
});

Deno.test("a sensor's row has its value, history, range, rate and age", async () => {
  const rows = rowsOf(await snapshotOf(THREE, { now: NOW + 1 }));
  row(rows, /SENSOR +VALUE HISTORY +MIN +MEAN +MAX +RATE AGE/);
  row(
    rows,
    /lux-2 +84\.1 +[▁▂▃▄▅▆▇█]{10,} +-100 +4\.35167 +99\.9 +1\/s 1 s/,
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
        boards: new Map([["lux-1", { state: "offline" }]]),
      },
    }),
  );
  row(rows, /lux-2 .*quiet 14 s/);
  row(rows, /lux-1 .*offline/);
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
    connection: { ...CONNECTION, url: evil, reason: evil, state: "offline" },
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
    log: [{ time: NOW, text: evil }],
  });
  for (const ui of [{}, { detail: true }, { notice: evil, filter: evil }]) {
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

Deno.test("the recording panel tells the recorder's own numbers", async () => {
  const panel = async (changes: Partial<Snapshot["recorder"]>) =>
    rowsOf(
      await snapshotOf(THREE, { recorder: { ...RECORDER, ...changes } }),
      { columns: 100 },
    ).join("\n");
  assert.match(
    await panel({}),
    /● recording +0:12:34[^]*test\.csv[^]*1,234 rows · 1,230 synced · 57 kB[^]*none rejected/,
  );
  assert.match(
    await panel({ state: "paused", passed: 12 }),
    /‖ paused[^]*shown, not written: 12/,
  );
  assert.match(
    await panel({
      state: "error",
      retry: 3.4,
      reason:
        "Cannot write test.csv: no space left on the disk. 9 rows are in it.",
      waiting: 77,
    }),
    /✖ error, again in 4 s[^]*no space left on the disk · 77 waiting/,
  );
  assert.match(
    await panel({ rejected: 2, lastReject: "not JSON", lost: 5 }),
    /2 rejected: not JSON[^]*5 LOST/,
  );
  assert.match(
    await panel({ state: "stopped", path: undefined }),
    /○ not recording[^]*r starts a recording/,
  );
});

Deno.test("the broker panel tells what the broker offers, and no more", async () => {
  const rows = rowsOf(await snapshotOf(THREE), { columns: 100 });
  row(rows, /ping 1\.2 ms/);
  row(rows, /in 3\/s · 120 B\/s · 0 reconnects/);
  row(rows, /mosquitto version 2\.0\.11/);
  row(rows, /up 2:01:04 · 4 clients/);
  row(rows, /receives 3\/s · sends 6\/s/);
  const bare = rowsOf(
    await snapshotOf(THREE, {
      control: {
        connected: true,
        unanswered: 7,
        broker: {},
        boards: new Map(),
      },
    }),
  );
  row(bare, /ping no answer for 7 s/);
  assert.doesNotMatch(bare.join("\n"), /mosquitto|clients|receives/);
});

Deno.test("a chart has its line, the last value marked, and ticks at round numbers and times", async () => {
  const rows = rowsOf(await snapshotOf(THREE), {
    ui: { detail: true, zoom: 0 },
    rows: 40,
  });
  row(rows, /── lux-1 ─.* last 1 min/);
  assert.equal(rows.join("").split("●").length - 1, 2, "one in the header");
  for (const tick of ["50", "0", "-50", "-100"]) {
    row(rows, new RegExp(`^ +${tick} ┤`));
  }
  row(rows, /\d\d:\d\d:\d[05] +\d\d:\d\d:\d[05]/);
  row(rows, /[\u2801-\u28ff]/);
  row(rows, /last 0 · min -100 · mean [\d.e-]+ · max 99\.9/);
  row(rows, /60 events · 1\/s · every 1 s .* topic sensor-data/);
});

/** An app with actions that are written down. */
async function startApp(changes: Partial<Snapshot> = {}) {
  let snapshot = await snapshotOf(THREE, changes);
  let wake = () => {};
  const done: string[] = [];
  const actions: Actions = {
    start: (path) => Promise.resolve(void done.push(`start ${path}`)),
    stop: () => Promise.resolve(void done.push("stop")),
    pause: () => void done.push("pause"),
    resume: () => void done.push("resume"),
    suggestFile: () => Promise.resolve("sensor-data.csv"),
    ask: (id) =>
      id === "silent"
        ? Promise.reject(new Error(`No answer from ${id} within 5 s.`))
        : Promise.resolve(`${id} answered ["${id}",1,2] in 12 ms`),
    publish: (topic, payload) =>
      topic === "refused"
        ? Promise.reject(new Error("The broker refused it."))
        : Promise.resolve(void done.push(`publish ${topic} ${payload}`)),
    quit: () => void done.push("quit"),
  };
  const app = render(
    <App
      source={{
        snapshot: () => snapshot,
        subscribe: (listener) => (wake = listener, () => {}),
      }}
      actions={actions}
    />,
  );
  /** Resolves as soon as something holds; rejects where it never does. */
  const until = async (holds: () => boolean, what: () => string) => {
    for (let tries = 0; !holds(); tries++) {
      if (tries === 500) throw new Error(`${what()}:\n${app.lastFrame()}`);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  };
  const shows = (pattern: RegExp) =>
    until(
      () => pattern.test(app.lastFrame() ?? ""),
      () => `${pattern} is not on the screen`,
    );
  await shows(/weir/);
  return {
    async type(...keys: string[]) {
      for (const key of keys) {
        app.stdin.write(key);
        // Ink waits 20 ms for what may follow an escape. A timer that is set
        // later and for longer ends later.
        const wait = key === ESC ? 50 : 0;
        await new Promise((resolve) => setTimeout(resolve, wait));
      }
    },
    shows,
    /** Resolves when these and no other actions were done. */
    did: (...actions: string[]) =>
      until(
        () => done.join("\n") === actions.join("\n"),
        () => `Done was: ${done.join(", ")}`,
      ),
    change(changed: Partial<Snapshot>) {
      snapshot = { ...snapshot, ...changed };
      wake();
    },
    frames: app.frames,
    [Symbol.dispose]: () => app.unmount(),
  };
}

const ENTER = "\r";
const ESC = "\x1b";
const STOPPED = { recorder: { ...RECORDER, state: "stopped" as const } };

Deno.test("r asks for a file and starts a recording, or stops it", async () => {
  using app = await startApp(STOPPED);
  await app.type("r");
  await app.shows(/Record to file: sensor-data\.csv/);
  await app.type("\x7f\x7f\x7f", "x", ENTER);
  await app.did("start sensor-data.x");
  app.change({ recorder: RECORDER });
  await app.type("r");
  await app.did("start sensor-data.x", "stop");
});

Deno.test("space pauses and resumes; n goes on in another file", async () => {
  using app = await startApp();
  await app.type(" ");
  app.change({ recorder: { ...RECORDER, state: "paused" } });
  await app.type(" ", "n");
  await app.shows(/Go on in file: sensor-data\.csv/);
  await app.type(ENTER);
  await app.did("pause", "resume", "start sensor-data.csv");
});

Deno.test("p publishes a message, and says where that fails", async () => {
  using app = await startApp();
  await app.type("p", ENTER, '["a", 1, 2]', ENTER);
  await app.did('publish sensor-data ["a", 1, 2]');
  await app.shows(/Published on sensor-data/);
  await app.type("p", "\x15", "refused", ENTER, "x", ENTER);
  await app.shows(/The broker refused it/);
});

Deno.test("a asks the selected sensor's board, and shows its answer and how long it took", async () => {
  using app = await startApp();
  await app.type("a");
  await app.shows(/lux-1 answered \["lux-1",1,2\] in 12 ms/);
  await app.type("/", "nowhere", ENTER, "a");
  await app.shows(/No sensor to ask/);
});

Deno.test("q asks while recording, and quits at once where nothing is recorded", async () => {
  using app = await startApp();
  await app.type("q");
  await app.shows(/Stop recording and quit\? y\/n/);
  await app.type("n");
  await app.did();
  await app.type("q", "y");
  await app.did("quit");
  using other = await startApp(STOPPED);
  await other.type("q");
  await other.did("quit");
});

Deno.test("Ctrl-C quits, in the middle of a dialog, too", async () => {
  using app = await startApp();
  await app.type("p", "\x03");
  await app.did("quit");
});

Deno.test("/ filters while it is typed; esc brings back what was there", async () => {
  using app = await startApp();
  await app.type("/", "x-2");
  await app.shows(/lux-2/);
  await app.shows(/^(?![^]*lux-1 )/);
  await app.type(ESC);
  await app.shows(/lux-1 /);
  await app.type("/", "x-3", ENTER);
  await app.shows(/^(?![^]*lux-1 )/);
  await app.type(ESC);
  await app.shows(/lux-1 /);
});

Deno.test("keys of a dialog are text: q in a file name quits nothing", async () => {
  using app = await startApp(STOPPED);
  await app.type("r", "\x15", "q s?.csv", ENTER);
  await app.did("start q s?.csv");
});

Deno.test("enter opens the selected sensor, esc goes back, + and - zoom", async () => {
  using app = await startApp();
  await app.type("\x1b[B", ENTER);
  await app.shows(/── lux-2 ─.*last 4 min/);
  await app.type("+");
  await app.shows(/last 1 min/);
  await app.type("-", "-", "-");
  await app.shows(/last 1 h/);
  await app.type(ESC);
  await app.shows(/› lux-2/);
});

Deno.test("? shows all keys", async () => {
  using app = await startApp();
  await app.type("?");
  for (const key of ["space", "enter", "esc", "Ctrl-C", "publish", "filter"]) {
    await app.shows(new RegExp(key));
  }
  await app.type("x");
  await app.shows(/Sensors/);
});

Deno.test("keys that were typed fast are all taken", async () => {
  using app = await startApp();
  await app.type("jj");
  await app.shows(/› lux-3/);
  await app.type("n", "\x15file.csv\x7fx\r");
  await app.did("start file.csx");
});

Deno.test("what is pasted into the list is no row of commands", async () => {
  using app = await startApp(STOPPED);
  await app.type("\x1b[200~qqrr\x1b[201~");
  await app.did();
  await app.type("r", "\x15", "\x1b[200~my file.csv\x1b[201~", ENTER);
  await app.did("start my file.csv");
});

Deno.test("the screen is drawn at most ten times a second while readings flood in", async () => {
  using app = await startApp();
  const before = app.frames.length;
  const start = performance.now();
  for (let n = 0; performance.now() - start < 500; n++) {
    app.change({ traffic: { messages: n, bytes: n } });
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  const drawn = app.frames.length - before;
  assert.ok(drawn >= 1 && drawn <= 7, `${drawn} frames in half a second`);
});
