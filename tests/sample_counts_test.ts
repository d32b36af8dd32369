/** What boards say that they have sent, against what came. */
import assert from "node:assert/strict";
import { countSamples } from "../run/count_samples.ts";
import { describeSamples } from "../run/describe_samples.ts";
import type { SensorEvent } from "../pipeline/mod.ts";
import { makeFolder } from "./helpers/folder.ts";
import { startMosquitto } from "./helpers/mosquitto.ts";
import { startProxy } from "./helpers/proxy.ts";
import { brokerFault } from "./helpers/station_tests.ts";
import { startViewed } from "./helpers/viewed_run.ts";
import { BRISK, inTime, startStation } from "./helpers/virtual_boards.ts";
import { message } from "./helpers/message.ts";

/** A counter, and a board of which a test decides what arrives. */
function desk(topics = ["sensor-data"]) {
  let recording = true;
  const counter = countSamples(topics, () => recording);
  let boot = 1;
  let sent = 0;
  let dropped = 0;
  let last: string | null = null;
  const say = () =>
    message(
      JSON.stringify({
        ...{ state: "online", boot, sent, dropped, last },
        ...{ topic: "sensor-data", names: ["lux-1"] },
      }),
      "weir/lux-1/status",
    );
  const event = (ts: number): SensorEvent => ({
    ...{ sensor_id: "lux-1", ts, val: 1, device_ts: ts },
  });
  return {
    counter,
    status: (text = say()) => counter.status(text),
    say,
    /** The board sends so many; those for which `arrives` is true come. */
    send(count: number, arrives: (index: number) => boolean = () => true) {
      const came: SensorEvent[] = [];
      for (let i = 0; i < count; i++) {
        sent++;
        last = `["lux-1", ${(sent / 2).toFixed(3)}, 1]`;
        if (arrives(i)) came.push(event(sent / 2));
      }
      return came;
    },
    come: (events: SensorEvent[]) => counter.add(events),
    drop: (count: number) => dropped += count,
    restart() {
      boot++;
      sent = 0;
      dropped = 0;
      last = null;
    },
    record: (on: boolean) => recording = on,
    text: () => [...counter.snapshot()].map(describeSamples).join(),
  };
}

Deno.test("what came of what a board sent is counted from its first status on", () => {
  const { send, come, status, drop, text } = desk();
  come(send(3));
  status();
  assert.equal(text(), "");
  come(send(10));
  status();
  assert.equal(text(), "lux-1: 10 of 10 samples recorded");
  come(send(10, (i) => i !== 4));
  drop(12);
  status();
  assert.equal(
    text(),
    "lux-1: 19 of 32 samples recorded (12 dropped on the board, 1 lost on the way)",
  );
});

Deno.test("a lost sample is counted as well if it was the last before a status", () => {
  const { send, come, status, text } = desk();
  status();
  come(send(10, (i) => i < 9));
  status();
  come(send(1));
  assert.equal(
    text(),
    "lux-1: 9 of 10 samples recorded (1 lost on the way)",
  );
});

Deno.test("a status that overtakes the samples before it accuses nobody", () => {
  const { send, come, status, text } = desk();
  const before = send(5);
  status();
  const after = send(5);
  come(before);
  status();
  assert.equal(text(), "");
  come(after.slice(0, 3));
  assert.equal(text(), "");
  come(after.slice(3));
  assert.equal(text(), "lux-1: 5 of 5 samples recorded");
});

Deno.test("a sample that is sent again hides none that is lost", () => {
  const { send, come, status, text } = desk();
  status();
  const came = send(10, (i) => i !== 2);
  come([...came.slice(0, 5), came[4], ...came.slice(5)]);
  status();
  assert.equal(
    text(),
    "lux-1: 9 of 10 samples recorded (1 lost on the way)",
  );
});

Deno.test("counts of two starts of a board are not mixed", () => {
  const { send, come, status, restart, text } = desk();
  status();
  come(send(10));
  status();
  send(7); // it is not known how many those were
  restart();
  status();
  come(send(10, (i) => i > 0));
  status();
  assert.equal(
    text(),
    "lux-1: 19 of 20 samples recorded (1 lost on the way)",
  );
});

Deno.test("what comes while nothing is recorded is not counted", () => {
  const { send, come, status, record, text } = desk();
  status();
  come(send(4));
  status();
  record(false);
  come(send(4));
  status();
  record(true);
  come(send(4));
  status();
  come(send(4));
  status();
  assert.equal(text(), "lux-1: 12 of 12 samples recorded");
});

Deno.test("samples of which a part only is subscribed to are not compared", () => {
  for (const topics of [["lab/#"], ["$share/a/sensor-data"]]) {
    const { send, status, text, come } = desk(topics);
    status();
    come(send(4, (i) => i > 1));
    status();
    assert.equal(text(), "", topics[0]);
  }
});

brokerFault(
  "what a full ring and a dead network cost is said at the end",
  async () => {
    await using mosquitto = await startMosquitto();
    await using proxy = startProxy(mosquitto.port);
    await using folder = await makeFolder();
    await using run = await startViewed(mosquitto.url, {
      topics: ["sensor-data"],
      file: folder.path("test.csv"),
    });
    await run.shows(/^connected/);
    const counts = () => run.snapshot().samples.get("lux-1");
    const until = (wanted: () => boolean) =>
      inTime(
        new Promise<void>((resolve) => {
          const end = run.subscribe(() => {
            if (!wanted()) return;
            end();
            resolve();
          });
        }),
      );
    await using board = await startStation(proxy.port, {
      SLEEP_TIME: 5,
      MAX_FAILURES: 10_000,
    }, { clock: BRISK });
    await until(() => (counts()?.recorded ?? 0) >= 24);
    assert.partialDeepStrictEqual(counts(), { dropped: 0, lost: 0 });

    // What is published until the board notices is gone.
    proxy.muffle();
    await board.waitFor(/no PINGRESP/);
    proxy.cut();
    proxy.thaw();
    await until(() => (counts()?.lost ?? 0) > 0);
    assert.equal(counts()?.dropped, 0);

    board.faults.wifi(true);
    await inTime(board.waitFor(/E_WIFI_AP[^]*E_WIFI_AP[^]*E_WIFI_AP/));
    const from = board.output.length;
    await inTime(
      board.waitFor(
        () => board.output.slice(from).split("E_WIFI_AP").length > 30,
      ),
    );
    board.faults.wifi(false);
    await until(() => (counts()?.dropped ?? 0) > 0);
    run.actions.quit();
    const { samples, recorder } = await run.ended;
    const { recorded, dropped, lost } = samples.get("lux-1")!;
    assert.ok(recorded <= recorder.rows && recorded > 24);
    assert.ok(dropped > 0 && lost > 0);
  },
);
