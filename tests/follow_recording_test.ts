/** A recording that is read while it grows: its end, a live view, a viewer. */
import assert from "node:assert/strict";
import {
  addMark,
  csvFormat,
  followRecording,
  live,
  pipe,
  type SensorEvent,
} from "../pipeline/mod.ts";
import { fillPast } from "../run/fill_past.ts";
import { viewRecording } from "../run/view_recording.ts";
import { makeFolder } from "./helpers/folder.ts";
import { mosquittoTest, terminalTest } from "./helpers/needs.ts";
import { startMosquitto } from "./helpers/mosquitto.ts";
import { openTerminal } from "./helpers/terminal.ts";
import { until } from "./helpers/until.ts";
import { startViewed } from "./helpers/viewed_run.ts";

const { header, rows } = csvFormat();

/** A reading a second of a sensor, the last one at a time. */
function readings(count: number, end: number, sensor_id = "lux-1") {
  return Array.from({ length: count }, (_, n): SensorEvent => (
    { sensor_id, ts: end - count + 1 + n, val: n }
  ));
}

Deno.test("the end of a large recording is read, and what is appended, row by row", async () => {
  await using folder = await makeFolder();
  const path = folder.path("lab.csv");
  await Deno.writeTextFile(path, header + rows(readings(1000, 5000)));
  const ending = new AbortController();
  const values: unknown[] = [];
  const reading = (async () => {
    const options = { maxBytes: 1000, signal: ending.signal };
    for await (const events of followRecording(path, options)) {
      values.push(...events.map(({ val }) => val));
    }
  })();
  await until("the end is read", () => values.at(-1) === 999);
  assert.ok(values.length > 5 && values.length < 50, `${values.length}`);
  const more = rows([{ sensor_id: "a,b", ts: 5001, val: "ON" }]);
  const append = { append: true };
  await Deno.writeTextFile(path, more.slice(0, 9), append);
  await Deno.writeTextFile(path, more.slice(9), append);
  await until("the new row is read", () => values.at(-1) === "ON");
  ending.abort();
  await reading;
});

Deno.test("what was before goes ahead of what came in since", async () => {
  const latest = live();
  const now = Math.floor(Date.now() / 1000);
  const send = (events: SensorEvent[]) =>
    pipe(
      (async function* () {
        yield events;
      })(),
      latest,
    );
  await send(readings(3, now));
  const before = [...readings(100, now - 10), ...readings(9, now - 9, "old")]
    .sort((a, b) => a.ts - b.ts);
  await pipe(
    (async function* () {
      yield before;
    })(),
    latest.past,
  );
  await send([{ sensor_id: "lux-1", ts: now + 1, val: 77 }]);
  const { sensors, events } = latest.snapshot();
  const { history, max, min, latest: last } = sensors.get("lux-1")!;
  assert.deepEqual([events, last.val, min, max], [4, 77, 0, 99]);
  const buckets = history!.window(900, now + 1);
  assert.equal(buckets.reduce((sum, { count }) => sum + count, 0), 104);
  assert.ok(
    buckets.every(({ time }, at) => at === 0 || time > buckets[at - 1].time),
  );
  assert.equal(sensors.get("old")?.latest.val, 8);
});

Deno.test("a file that is appended to fills a view with its last hour", async () => {
  await using folder = await makeFolder();
  const file = folder.path("lab.csv");
  const now = Date.now() / 1000;
  const all = [...readings(5, now - 4000), ...readings(7, now - 100)];
  await Deno.writeTextFile(file, header + rows(all));
  const latest = live();
  const settings = {
    connection: { url: "", shown: "", qos: 0, connect: {} },
    topics: [],
    signal: new AbortController().signal,
    file,
  } as const;
  await fillPast(latest, { ...settings, topics: [] });
  assert.equal(latest.snapshot().sensors.get("lux-1")?.events, 7);
  const other = live();
  await fillPast(other, { ...settings, topics: [], overwrite: true });
  await fillPast(other, { ...settings, topics: [], file: `${file}.none` });
  assert.equal(other.snapshot().sensors.size, 0);
});

Deno.test("a recording is shown without a broker, with its marks, and followed", async () => {
  await using folder = await makeFolder();
  const path = folder.path("lab.csv");
  await Deno.writeTextFile(path, header + rows(readings(3, 5000)));
  const { signal } = new AbortController();
  await using viewed = viewRecording([path], { signal });
  const value = () => viewed.snapshot().live.sensors.get("lux-1")?.latest.val;
  await until("its last value is there", () => value() === 2);
  const next = { sensor_id: "lux-1", ts: 5001, val: 42 };
  await Deno.writeTextFile(path, rows([next]), { append: true });
  await until("the next value is there", () => value() === 42);
  await viewed.actions.mark("lamp on");
  assert.equal(viewed.snapshot().marks[0].text, "lamp on");
  await assert.rejects(viewed.actions.publish("a", "b"), /no broker/);
});

Deno.test("several recordings are shown as one, and time stands still at its end", async () => {
  await using folder = await makeFolder();
  const paths = ["lab-1.csv", "lab-2.csv.gz"].map(folder.path);
  await Deno.writeTextFile(paths[0], header + rows(readings(3, 5000)));
  const packed = new Response(header + rows(readings(3, 6000))).body!
    .pipeThrough(new CompressionStream("gzip"));
  await Deno.writeFile(paths[1], packed);
  await addMark(paths[1], "lamp on", 6001);
  const { signal } = new AbortController();
  await using viewed = viewRecording(paths, { signal });
  await until("all is read", () => viewed.snapshot().live.events === 6);
  await until("its marks", () => viewed.snapshot().marks.length === 1);
  const { file, now, live } = viewed.snapshot();
  assert.equal(live.events, 6);
  assert.deepEqual([file?.from, now, file?.over], [4998, 6000, true]);
  await assert.rejects(viewed.actions.mark("lamp off"), /one file/);
});

mosquittoTest(
  "a run keeps messages only while somebody looks, and counts what it drops",
  async () => {
    await using mosquitto = await startMosquitto();
    await using run = await startViewed(mosquitto.url, { topics: ["lab/#"] });
    await run.shows(/^connected/);
    const send = (n: number) =>
      mosquitto.publishLines("lab/a", Array(n).fill('["lux-1", 0, 1]'));
    await send(3);
    await run.shows(/lux-1/);
    assert.equal(run.snapshot().messages, undefined);
    const watching = run.actions.watchMessages();
    await send(2500);
    await until("all are seen", () => run.snapshot().messages?.seen === 2500);
    const [message] = run.snapshot().messages!.list;
    assert.equal(run.snapshot().messages!.list.length, 1000);
    const { events } = await run.actions.explain(message);
    assert.equal(events[0].sensor_id, "lux-1");
    watching[Symbol.dispose]();
    assert.equal(run.snapshot().messages, undefined);
  },
);

mosquittoTest("a retained message is cleared for everybody", async () => {
  await using mosquitto = await startMosquitto();
  await mosquitto.publish("-r", "-t", "lab/a", "-m", "1");
  await using run = await startViewed(mosquitto.url, { topics: ["lab/#"] });
  await run.shows(/^connected/);
  await run.actions.clearRetained("lab/a");
  const settings = { topics: ["lab/#"], retained: true };
  await using other = await startViewed(mosquitto.url, settings);
  await other.shows(/^connected/);
  await mosquitto.publish("-t", "lab/b", "-m", "1");
  await other.shows(/ · lab\/b = 1$/);
  assert.equal(other.snapshot().live.sensors.size, 1);
});

terminalTest(
  "tui with a file alone shows the recording, and sets marks",
  async () => {
    await using folder = await makeFolder();
    await using terminal = await openTerminal(folder.path(""));
    const events = readings(60, Date.now() / 1000, "home/attic");
    await Deno.writeTextFile(folder.path("lab.csv"), header + rows(events));
    await terminal.weir(["tui", "lab.csv"]);
    await terminal.shows(
      /lab\.csv .*no broker[^]*60 readings of 1 sensor[^]*attic +59/,
    );
    await terminal.press("p");
    await terminal.shows(/This is a file: nothing is recorded here/);
    await terminal.press("k");
    await terminal.type("lamp on");
    await terminal.press("Enter");
    await terminal.shows(/Marked: lamp on/);
    await terminal.press("q");
    assert.equal(await terminal.code(), 0);
    assert.match(await folder.read("lab.csv.marks.csv"), /Z,lamp on\r\n$/);
  },
);
