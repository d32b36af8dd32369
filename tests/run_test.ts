/** A run from outside: settings in; snapshots, events, actions and an end out. */
import assert from "node:assert/strict";
import {
  type Message,
  mqtt,
  pipe,
  publish,
  tap,
  type WeirError,
} from "../pipeline/mod.ts";
import { valuesOf } from "./helpers/csv_rows.ts";
import { makeFolder } from "./helpers/folder.ts";
import { freePort, startMosquitto } from "./helpers/mosquitto.ts";
import { mosquittoTest } from "./helpers/needs.ts";
import { startViewed } from "./helpers/viewed_run.ts";

mosquittoTest(
  "a viewer follows a run by its snapshots, to its end",
  async () => {
    await using mosquitto = await startMosquitto();
    await using folder = await makeFolder();
    const file = folder.path("test.csv");
    await using run = await startViewed(mosquitto.url, { file });
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

mosquittoTest(
  "a board answers a run's question, and the log has its answer",
  async () => {
    await using mosquitto = await startMosquitto();
    await using run = await startViewed(mosquitto.url);
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

mosquittoTest(
  "a broker that is away for a while is a state of a run",
  async () => {
    await using mosquitto = await startMosquitto();
    await using run = await startViewed(mosquitto.url);
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
  await using run = await startViewed(url);
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
    await using counting = await startViewed(mosquitto.url, { file, count: 2 });
    await counting.shows(/^connected/);
    await mosquitto.publishLines("lab", ["1", "2", "3"]);
    assert.equal((await counting.ended).recorder.rows, 2);
    await using timed = await startViewed(mosquitto.url, { seconds: 0.05 });
    const { elapsed } = await timed.ended;
    assert.ok(elapsed >= 0.05, `${elapsed} s`);
  },
);

mosquittoTest("a signal from outside ends a run as quit() does", async () => {
  await using mosquitto = await startMosquitto();
  const ending = new AbortController();
  await using run = await startViewed(mosquitto.url, { signal: ending.signal });
  await run.shows(/^connected/);
  ending.abort();
  assert.equal((await run.ended).connection.state, "offline");
});
