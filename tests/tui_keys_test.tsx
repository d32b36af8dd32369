import assert from "node:assert/strict";
import { render } from "ink-testing-library";
import type { Message } from "../pipeline/mod.ts";
import { App } from "../tui/app.tsx";
import type { Actions, Snapshot } from "../run/run_snapshot.ts";
import { explainMessage } from "../run/watch_messages.ts";
import { textsOf } from "./helpers/draw_screen.ts";
import { minuteOf, NOW, snapshotOf } from "./helpers/snapshot.ts";

const THREE = minuteOf("lux-1", "lux-2", "lux-3");
const RECORDER = (await snapshotOf([])).recorder;

/** An app with actions that are written down. */
async function startApp(changes: Partial<Snapshot> = {}) {
  let snapshot = await snapshotOf(THREE, changes);
  let wake = () => {};
  const done: string[] = [];
  const actions: Actions = {
    byHand: {
      start: (path) => Promise.resolve(void done.push(`start ${path}`)),
      stop: () => Promise.resolve(void done.push("stop")),
      pause: () => void done.push("pause"),
      resume: () => void done.push("resume"),
      suggestFile: () => Promise.resolve("sensor-data.csv"),
    },
    ask: (id) =>
      id === "silent"
        ? Promise.reject(new Error(`No answer from ${id} within 5 s.`))
        : Promise.resolve({
          sensor_id: id,
          reply: [id, 1, 2],
          round_trip: 0.012,
        }),
    publish: (topic, payload) =>
      topic === "refused"
        ? Promise.reject(new Error("The broker refused it."))
        : Promise.resolve(void done.push(`publish ${topic} ${payload}`)),
    mark: (text) => Promise.resolve(void done.push(`mark ${text}`)),
    watchMessages: () => ({
      [Symbol.dispose]: () => void done.push("look away"),
    }),
    explain: (message) => explainMessage(message, {}),
    clearRetained: (topic) => Promise.resolve(void done.push(`clear ${topic}`)),
    quit: () => void done.push("quit"),
  };
  const frames: string[] = [];
  const lastFrame = () => frames.at(-1) ?? "";
  const app = render(
    <App
      source={{
        snapshot: () => snapshot,
        subscribe: (listener) => (wake = listener, () => {}),
      }}
      actions={actions}
      suspend={() => void done.push("suspend")}
      paint={(rows, columns) =>
        void frames.push(textsOf(rows, columns).join("\n"))}
    />,
  );
  /** Resolves as soon as something holds; rejects where it never does. */
  const until = async (holds: () => boolean, what: () => string) => {
    for (let tries = 0; !holds(); tries++) {
      if (tries === 500) throw new Error(`${what()}:\n${lastFrame()}`);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  };
  const shows = (pattern: RegExp) =>
    until(
      () => pattern.test(lastFrame()),
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
    frames,
    rows: () => lastFrame().split("\n"),
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

Deno.test("r, space and n say of a durable recording why they do nothing, and q what becomes of the rest", async () => {
  const recorder = { ...RECORDER, durable: true, redelivered: 0 };
  using app = await startApp({ recorder });
  for (const key of ["r", " ", "n"]) {
    await app.type(key);
    await app.shows(
      /Durable: it cannot be stopped, paused or moved\. q ends it; the broker keeps\s+new messages/,
    );
    await app.type("j");
    await app.shows(/^(?![^]*Durable: )/);
  }
  await app.type("q");
  await app.shows(/The broker keeps what comes\. y\/n/);
  await app.type("n", "?");
  await app.shows(/This recording is durable/);
  await app.shows(/^(?![^]*shown, not written)/);
  await app.type("x");
  app.change({ recorder: { ...recorder, state: "stopped" } });
  await app.type("r");
  await app.shows(/has ended\. Quit with q and start again/);
  await app.did();
});

Deno.test("p publishes a message, and says where that fails", async () => {
  using app = await startApp();
  await app.type("p", ENTER, '["a", 1, 2]', ENTER);
  await app.did('publish sensor-data ["a", 1, 2]');
  await app.shows(/Published on sensor-data/);
  await app.type("p", "\x15", "refused", ENTER, "x", ENTER);
  await app.shows(/The broker refused it/);
});

Deno.test("what is typed first replaces the offered topic; an arrow or End keeps it", async () => {
  using app = await startApp();
  await app.type("p", "a", "b");
  await app.shows(/Publish on topic: ab */);
  await app.shows(/Ctrl-U clear/);
  await app.type(ENTER, "1", ENTER);
  await app.type("p", "\x1b[F", "/c", ENTER, "2", ENTER);
  await app.type("p", "\x1b[D", "x", ENTER, "3", ENTER);
  await app.type("p", "\x7f", "d", ENTER, "4", ENTER);
  await app.type("p", "\t", "5", "\t", "e", ENTER, ENTER);
  await app.did(
    "publish ab 1",
    "publish sensor-data/c 2",
    "publish sensor-datxa 3",
    "publish d 4",
    "publish sensor-datae 5",
  );
});

Deno.test("a asks the selected sensor's board, and shows its answer and how long it took", async () => {
  using app = await startApp();
  await app.type("a");
  await app.shows(/lux-1 answered \["lux-1",1,2\] in 12 ms/);
  await app.type("/", "nowhere", ENTER, "a");
  await app.shows(/No sensor to ask/);
});

Deno.test("a asks the board of a sensor that has several values", async () => {
  const { live } = await snapshotOf(minuteOf("attic/temperature"));
  using app = await startApp({ live });
  await app.type("a");
  await app.shows(/attic answered \["attic",1,2\]/);
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
  await app.shows(/── lux-2 ─.*59 s of 4 min/);
  await app.type("+");
  await app.shows(/last 1 min/);
  await app.type("-", "-", "-");
  await app.shows(/59 s of 1 h|1 min of 1 h/);
  await app.type(ESC);
  await app.shows(/› lux-2/);
});

Deno.test("← goes back in time, and End comes back to now", async () => {
  using app = await startApp();
  await app.type(ENTER, "+", "\x1b[D", "\x1b[D");
  await app.shows(/── lux-1 ─.*\d\d:\d\d:\d\d–\d\d:\d\d:\d\d · End now/);
  await app.type("\x1b[F");
  await app.shows(/last 1 min/);
});

Deno.test("c puts sensors into one chart, each with a mark of its own", async () => {
  using app = await startApp();
  await app.type("c", "\x1b[B", "c");
  await app.shows(/›▲lux-2/);
  await app.type(ENTER);
  await app.shows(/── 2 sensors ─.*y own axes[^]*● lux-1 0.*▲ lux-2/);
  await app.type("y", "C");
  await app.shows(/── lux-2 ─/);
});

Deno.test("k marks this moment", async () => {
  using app = await startApp();
  await app.type("k", "lamp on", ENTER);
  await app.shows(/Marked: lamp on/);
  await app.did("mark lamp on");
});

Deno.test("← and → fold and unfold a device", async () => {
  using app = await startApp({
    live: (await snapshotOf(minuteOf("a/x/t", "a/x/h", "a/y/t", "a/y/h"))).live,
  });
  await app.shows(/── a\/ ─.*2 devices · 4[^]*› ▸ x +t /);
  await app.type("\x1b[C");
  await app.shows(/› ▾ x[^]*\n {4}t +0 /);
  await app.type("\x1b[B", "\x1b[D");
  await app.shows(/› ▾ x/);
  await app.type("\x1b[D", "t");
  await app.shows(/a\/x\/t/);
});

/** Messages on such topics, the second one retained. */
function messagesOf(...payloads: (string | number[])[]) {
  const list = payloads.map((payload, at): Message => ({
    topic: `lab/${at}`,
    payload: typeof payload === "string"
      ? new TextEncoder().encode(payload)
      : new Uint8Array(payload),
    time: NOW + at,
    qos: 0,
    retain: at === 1,
    dup: false,
  }));
  return { messages: { list, seen: list.length + 5 } };
}

Deno.test("m shows messages as they come; space holds them, / filters, esc looks away", async () => {
  using app = await startApp(messagesOf('{"t":1}', "ON\x1b[2J", [0, 255]));
  await app.type("m");
  await app.shows(/── Messages ─.*8 came · 5 dropped here/);
  await app.shows(
    /lab\/0 +\{"t":1\}[^]*R lab\/1 +4f 4e 1b 5b[^]*lab\/2 +00 ff/,
  );
  await app.type(" ");
  app.change(messagesOf('{"t":2}', "a", "b", "c"));
  await app.shows(/HELD, 1 more since[^]*\{"t":1\}/);
  await app.type(" ");
  await app.shows(/lab\/3 +c/);
  await app.type("/", '"T"', ENTER);
  await app.shows(/“"T"”[^]*lab\/0/);
  await app.shows(/^(?![^]*lab\/3)/);
  await app.type(ESC);
  await app.did("look away");
});

Deno.test("enter opens a message: its JSON pretty, its bytes in hex, and what it becomes", async () => {
  const json = '{"t":[1.0,20.50],"s":"\x07"}'.replace("\x07", "\\u0007");
  using app = await startApp(messagesOf(json, "ON", [0, 65, 255]));
  await app.type("m", ENTER);
  await app.shows(/── lab\/2 ─[^]*✖ [^]*000000 +00 41 ff +\.A\./);
  await app.type(ESC, "\x1b[A", ENTER);
  await app.shows(/retained: x clears it[^]*→ lab\/1 ON/);
  await app.type("x");
  await app.shows(/Clear this retained message for everybody\? y\/n +lab\/1/);
  await app.type("n", ESC, "\x1b[A", ENTER);
  await app.shows(/"t": \[\n +1\.0,\n +20\.50\n +\],\n +"s": "\\u0007"/);
  await app.type(ESC, "x");
  await app.shows(/Not a retained message/);
  await app.type("\x1b[B", "x", "y");
  await app.shows(/Cleared the retained message on lab\/1/);
  await app.did("clear lab/1");
});

Deno.test("a mouse selects rows, opens them, turns its wheel, and presses the footer's keys", async () => {
  using app = await startApp();
  const at = (pattern: RegExp) => {
    const rows = app.rows();
    const row = rows.findIndex((text) => pattern.test(text));
    const column = rows[row].search(pattern);
    return `\x1b[<0;${column + 1};${row + 1}M`;
  };
  await app.type(at(/lux-2 /));
  await app.shows(/› lux-2/);
  await app.type("\x1b[<65;5;8M");
  await app.shows(/› lux-3/);
  await app.type(at(/lux-3 /));
  await app.shows(/── Figures/);
  await app.type(at(/esc back/));
  await app.shows(/› lux-3/);
  await app.type(at(/q quit/));
  await app.shows(/Stop recording and quit\?/);
  await app.type(at(/n go on/));
  await app.did();
});

Deno.test("Ctrl-Z would stop a recording, so it says that; else it gives the terminal back", async () => {
  using app = await startApp();
  await app.type("\x1a");
  await app.shows(/Ctrl-Z would stop the recording/);
  using other = await startApp(STOPPED);
  await other.type("\x1a");
  await other.did("suspend");
});

Deno.test("? shows all keys, more of them with ↓", async () => {
  using app = await startApp();
  await app.type("?");
  for (const key of ["space", "enter", "esc", "filter"]) {
    await app.shows(new RegExp(key));
  }
  await app.type(...Array(12).fill("\x1b[B"));
  for (const key of ["publish", "Ctrl-C", "quiet after"]) {
    await app.shows(new RegExp(key));
  }
  await app.type("x");
  await app.shows(/Sensors/);
});

Deno.test("keys that were typed fast are all taken", async () => {
  using app = await startApp();
  await app.type("G");
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

for (
  const { messages, frame } of [
    { messages: 3, frame: 500 },
    { messages: 900, frame: 900 },
  ]
) {
  Deno.test(`at ${messages} messages a second the screen is drawn every ${frame} ms at most`, async () => {
    using app = await startApp();
    const traffic = { messages, bytes: 9, leftOut: 0, received: 0 };
    app.change({ traffic: { ...traffic, behind: 2 } });
    await app.shows(/Behind for 2 s/);
    const before = app.frames.length;
    const start = performance.now();
    for (let behind = 3; performance.now() - start < 2700; behind++) {
      app.change({ traffic: { ...traffic, behind } });
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    const drawn = app.frames.length - before;
    const most = 1 + Math.ceil((performance.now() - start) / frame);
    assert.ok(drawn <= most, `${drawn} frames, and not ${most}`);
    app.change({ traffic: { ...traffic, behind: 7 } });
    await app.shows(/Behind for 7 s/);
  });
}
