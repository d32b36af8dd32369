/** A run from outside: settings in; snapshots, events, actions and an end out. */
import assert from "node:assert/strict";
import {
  type Message,
  mqtt,
  pipe,
  publish,
  tap,
  WeirError,
} from "../pipeline/mod.ts";
import type { RunEvent } from "../run/run_event.ts";
import type { RunSettings } from "../run/run_settings.ts";
import { startRun } from "../run/start_run.ts";
import { valuesOf } from "./helpers/csv_rows.ts";
import { makeFolder } from "./helpers/folder.ts";
import { viewLines } from "./helpers/line_viewer.ts";
import { freePort, startMosquitto } from "./helpers/mosquitto.ts";
import { diskTest, mosquittoTest } from "./helpers/needs.ts";
import { mountSmallDisk } from "./helpers/small_disk.ts";
import { until } from "./helpers/until.ts";

/** A run of a test, and what a viewer and a listener learned of it. */
async function start(url: string, settings: Partial<RunSettings> = {}) {
  const events: RunEvent[] = [];
  const lines: string[] = [];
  const run = await startRun({
    connection: { url, shown: url, qos: 1, connect: {} },
    topics: ["lab"],
    signal: new AbortController().signal,
    live: true,
    onEvent: (event) => events.push(event),
    ...settings,
  });
  const viewer = viewLines(run, (line) => lines.push(line));
  return {
    ...run,
    lines,
    kinds: () => events.map(({ kind }) => kind),
    event: <K extends RunEvent["kind"]>(kind: K) =>
      events.find((event) => event.kind === kind) as
        & RunEvent
        & { kind: K },
    /** Waits until the viewer's latest line matches. */
    shows: (pattern: RegExp) =>
      until(`${pattern}`, () => pattern.test(lines.at(-1)!))
        .catch(({ message }) => {
          throw new Error(`${message}; there were:\n${lines.join("\n")}`);
        }),
    async [Symbol.asyncDispose]() {
      await run[Symbol.asyncDispose]();
      viewer[Symbol.dispose]();
    },
  };
}

mosquittoTest(
  "a viewer follows a run by its snapshots, to its end",
  async () => {
    await using mosquitto = await startMosquitto();
    await using folder = await makeFolder();
    const file = folder.path("test.csv");
    await using run = await start(mosquitto.url, { file });
    await run.shows(/^connected · recording test\.csv · 0 rows, 0 safe$/);
    await mosquitto.publishLines(
      "lab",
      ['["lux-1", 624, 1]', "{not JSON"],
      ...["-q", "1"],
    );
    await run.shows(/ · 1 rows, 1 safe · lux-1 = 1$/);
    await run.actions.publish("lab", '["lux-1", 625, 2.5]');
    await run.shows(/ · 2 rows, 2 safe · lux-1 = 2\.5$/);
    run.actions.quit();
    const { connection, recorder, traffic, elapsed, log } = await run.ended;
    await run.shows(
      /^offline · stopped test\.csv · 2 rows, 2 safe · lux-1 = 2\.5$/,
    );

    assert.equal(connection.error, undefined);
    assert.equal(connection.version, "5");
    assert.partialDeepStrictEqual(recorder, {
      state: "stopped",
      path: file,
      rows: 2,
      synced: 2,
      sensors: 1,
      moreSensors: false,
      bytes: (await Deno.stat(file)).size,
      waiting: 0,
      lost: 0,
      passed: 0,
      rejected: 1,
      lastReject: 'not JSON: unexpected "n" at 1',
      gaps: 0,
      acknowledged: 2,
      durable: false,
    });
    assert.ok(elapsed > 0 && recorder.elapsed >= elapsed);
    assert.equal(traffic.leftOut, 0);
    assert.equal(run.snapshot().elapsed, elapsed, "it goes on after its end");
    const kinds = ["connected", "published", "rejected", "sensor", "started"];
    assert.deepEqual(run.kinds().sort(), kinds);
    const logged = log.flatMap(({ events }) => events.map(({ kind }) => kind));
    assert.deepEqual(logged.sort(), kinds);
    assert.equal(run.event("connected").granted, 1);
    assert.equal(run.event("rejected").kept, `${file}.rejects.jsonl`);
    assert.deepEqual(valuesOf(await Deno.readTextFile(file)), [1, 2.5]);
  },
);

mosquittoTest("actions start, pause, move and stop a recording", async () => {
  await using mosquitto = await startMosquitto();
  await using folder = await makeFolder();
  await using run = await start(mosquitto.url);
  const { byHand, publish } = run.actions;
  assert.ok(byHand);
  let sent = 0;
  /** Publishes a number, and waits until it has come. */
  const send = async () => {
    await publish("lab", `["lux-1", 0, ${++sent}]`);
    await run.shows(RegExp(`lux-1 = ${sent}$`));
  };
  await run.shows(/^connected · stopped · 0 rows/);
  await send();
  await byHand.start(folder.path("a.csv"));
  await run.shows(/ · recording a\.csv · 0 rows/);
  await send();
  byHand.pause();
  await run.shows(/ · paused a\.csv · 1 rows/);
  await send();
  byHand.resume();
  await send();
  await byHand.start(folder.path("b.csv"));
  await run.shows(/ · recording b\.csv · 0 rows/);
  await send();
  await byHand.stop();
  await run.shows(/ · stopped b\.csv · 1 rows, 1 safe/);
  await send();
  assert.equal(run.snapshot().recorder.passed, 0);
  assert.deepEqual(valuesOf(await folder.read("a.csv")), [2, 4]);
  assert.deepEqual(valuesOf(await folder.read("b.csv")), [5]);
  const { path, rows, lost } = run.event("stopped");
  assert.deepEqual([path, rows, lost], [folder.path("b.csv"), 1, 0]);
  run.actions.quit();
  await run.ended;
});

mosquittoTest("an action that fails rejects, and the run goes on", async () => {
  await using mosquitto = await startMosquitto();
  await using folder = await makeFolder();
  await Deno.writeTextFile(folder.path("notes.csv"), "something else\n");
  await using run = await start(mosquitto.url, { file: folder.path("a.csv") });
  await run.shows(/^connected/);
  await assert.rejects(
    run.actions.byHand!.start(folder.path("notes.csv")),
    (error: WeirError) => error.code === "ERR_WEIR_FILE_HEADER",
  );
  await assert.rejects(run.actions.publish("a/+", "1"), WeirError);
  await run.actions.publish("lab", '["lux-1", 0, 1]');
  await run.shows(/^connected · recording a\.csv · 1 rows/);
  assert.equal(await folder.read("notes.csv"), "something else\n");
});

mosquittoTest(
  "a file's name is suggested after the topic and the time",
  async () => {
    await using mosquitto = await startMosquitto();
    await using run = await start(mosquitto.url, { topics: ["lab/+/lux"] });
    assert.match(
      await run.actions.byHand!.suggestFile(),
      /^lab-lux-\d{4}-\d\d-\d\dT\d\d-\d\d(-\d+)?\.csv$/,
    );
  },
);

mosquittoTest(
  "a board answers a run's question, and the log has its answer",
  async () => {
    await using mosquitto = await startMosquitto();
    await using run = await start(mosquitto.url);
    await run.shows(/^connected/);
    const ending = new AbortController();
    const ready = Promise.withResolvers<void>();
    const board = pipe(
      mqtt(mosquitto.url, "weir/lux-1/request", {
        signal: ending.signal,
        onStatus: ({ state }) => state === "connected" && ready.resolve(),
      }),
      tap(async ({ payload }: Message) => {
        const { id, request } = JSON.parse(new TextDecoder().decode(payload));
        const answer = JSON.stringify({ id, reply: `a ${request}` });
        await publish(mosquitto.url, "weir/lux-1/reply", [answer]);
      }),
      async (flow) => {
        for await (const _ of flow);
      },
    );
    await Promise.race([ready.promise, board]);
    const { sensor_id, reply } = await run.actions.ask("lux-1");
    assert.deepEqual({ sensor_id, reply }, {
      sensor_id: "lux-1",
      reply: "a sample",
    });
    assert.deepEqual(run.event("answered").reply.reply, reply);
    ending.abort();
    await board;
  },
);

/** A text too long for what is left on a page of the disk. */
const LONG = `["long", 0, "${"x".repeat(8000)}"]`;

diskTest(
  "a disk that is full is a state of a run, heals, and loses nothing",
  async () => {
    await using mosquitto = await startMosquitto();
    await using disk = await mountSmallDisk(256);
    const file = disk.path("test.csv");
    await using run = await start(mosquitto.url, { file });
    await run.shows(/^connected/);
    await run.actions.publish("lab", '["lux-1", 0, 1]');
    await run.shows(/ · recording test\.csv · 1 rows, 1 safe/);
    await disk.fill();
    await run.actions.publish("lab", LONG);
    await run.actions.publish("lab", '["lux-1", 0, 2]');
    await run.shows(
      /^connected · error test\.csv · 1 rows, 1 safe · 2 waiting/,
    );
    const { reason, retry } = run.snapshot().recorder;
    assert.equal(reason, "no space left on the disk");
    assert.ok(retry! >= 0 && retry! <= 5, `${retry} s`);
    await disk.free();
    await run.shows(
      /^connected · recording test\.csv · 3 rows, 3 safe · lux-1 = 2/,
    );
    run.actions.quit();
    const { recorder } = await run.ended;
    assert.equal(recorder.reason, undefined);
    assert.equal(recorder.lost, 0);
    const values = valuesOf(await Deno.readTextFile(file));
    assert.deepEqual([values[0], values[2], values.length], [1, 2, 3]);
  },
  { declare: mosquittoTest },
);

diskTest(
  "a disk that is given up ends a run with what is safe, and its snapshot says why",
  async () => {
    await using mosquitto = await startMosquitto();
    await using disk = await mountSmallDisk(256);
    const file = disk.path("test.csv");
    await using run = await start(mosquitto.url, { file, giveUp: 0.2 });
    await run.shows(/^connected/);
    await run.actions.publish("lab", '["lux-1", 0, 1]');
    await run.shows(/1 safe/);
    await disk.fill();
    await run.actions.publish("lab", LONG);
    await assert.rejects(run.ended, (error: WeirError) => {
      assert.equal(error.code, "ERR_WEIR_GAVE_UP");
      const reason = "no space left on the disk";
      assert.deepEqual(error.facts, { reason, path: file, safe: 1, lost: 1 });
      return true;
    });
    const { connection, recorder } = run.snapshot();
    assert.equal(connection.state, "offline");
    assert.equal((connection.error as WeirError).code, "ERR_WEIR_GAVE_UP");
    assert.equal(recorder.reason, "no space left on the disk");
    assert.equal(run.event("failed").error, connection.error);
  },
  { declare: mosquittoTest },
);

mosquittoTest(
  "a durable run is known as one, and nobody can stop its recording",
  async () => {
    await using mosquitto = await startMosquitto();
    await using folder = await makeFolder();
    const file = folder.path("test.csv");
    const settings = { file, durable: "lab-recorder" };
    {
      await using run = await start(mosquitto.url, settings);
      await run.shows(/^connected/);
      assert.equal(run.actions.byHand, undefined);
      run.actions.quit();
      await run.ended;
    }
    await mosquitto.publishLines("lab", ['["lux-1", 0, 1]'], "-q", "1");
    await using run = await start(mosquitto.url, settings);
    await run.shows(/ · 1 rows, 1 safe · lux-1 = 1$/);
    await until(
      "acknowledged",
      () => run.snapshot().recorder.acknowledged === 1,
    );
    run.actions.quit();
    const { recorder } = await run.ended;
    assert.equal(recorder.durable, true);
    assert.equal(recorder.state, "stopped");
    assert.equal(recorder.sensors, 1);
    assert.equal(recorder.redelivered, 0);
    assert.equal(run.event("started").durable, "lab-recorder");
  },
);

mosquittoTest(
  "a broker that is away for a while is a state of a run",
  async () => {
    await using mosquitto = await startMosquitto();
    await using run = await start(mosquitto.url);
    await run.shows(/^connected/);
    await mosquitto.stop();
    await run.shows(/^reconnecting/);
    const { error, retryAt } = run.snapshot().connection;
    assert.ok(error && retryAt !== undefined);
    await mosquitto.start();
    await run.shows(/^connected/);
    assert.equal(run.snapshot().connection.reconnects, 1);
    assert.deepEqual(run.kinds(), ["connected", "disconnected", "connected"]);
  },
);

Deno.test("a run ends with the reason if no broker is there", async () => {
  const url = `mqtt://127.0.0.1:${freePort()}`;
  await using run = await start(url);
  await assert.rejects(
    run.ended,
    (error: WeirError) => error.code === "ERR_WEIR_UNREACHABLE",
  );
  await run.shows(/^offline · stopped · 0 rows/);
  assert.equal(run.event("failed").error, run.snapshot().connection.error);
});

mosquittoTest(
  "a run ends after a number of events, or of seconds, as it is set",
  async () => {
    await using mosquitto = await startMosquitto();
    await using folder = await makeFolder();
    const file = folder.path("test.csv");
    await using counting = await start(mosquitto.url, { file, count: 2 });
    await counting.shows(/^connected/);
    await mosquitto.publishLines("lab", ["1", "2", "3"]);
    assert.equal((await counting.ended).recorder.rows, 2);
    await using timed = await start(mosquitto.url, { seconds: 0.05 });
    const { elapsed } = await timed.ended;
    assert.ok(elapsed >= 0.05, `${elapsed} s`);
  },
);

mosquittoTest("a signal from outside ends a run as quit() does", async () => {
  await using mosquitto = await startMosquitto();
  const ending = new AbortController();
  await using run = await start(mosquitto.url, { signal: ending.signal });
  await run.shows(/^connected/);
  ending.abort();
  assert.equal((await run.ended).connection.state, "offline");
});
