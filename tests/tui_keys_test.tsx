import assert from "node:assert/strict";
import { render } from "ink-testing-library";
import { App } from "../tui/app.tsx";
import type { Actions, Snapshot } from "../run/run_snapshot.ts";
import { minuteOf, snapshotOf } from "./helpers/snapshot.ts";

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

Deno.test("the screen is drawn at most ten times a second while readings flood in", async () => {
  using app = await startApp();
  const before = app.frames.length;
  const start = performance.now();
  for (let n = 0; performance.now() - start < 500; n++) {
    app.change({ traffic: { messages: n, bytes: n, leftOut: 0, behind: 0 } });
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  const drawn = app.frames.length - before;
  assert.ok(drawn >= 1 && drawn <= 7, `${drawn} frames in half a second`);
});

Deno.test("the screen is drawn less often where the recording is behind", async () => {
  using app = await startApp();
  app.change({ traffic: { messages: 900, bytes: 9, leftOut: 0, behind: 2 } });
  await app.shows(/Behind for 2 s/);
  const before = app.frames.length;
  const start = performance.now();
  for (let n = 2; performance.now() - start < 500; n++) {
    app.change({ traffic: { messages: 900, bytes: n, leftOut: 0, behind: n } });
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  const drawn = app.frames.length - before;
  assert.ok(drawn >= 1 && drawn <= 3, `${drawn} frames in half a second`);
});
