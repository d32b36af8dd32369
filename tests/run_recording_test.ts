/** The recording of a run from outside: by hand, on a disk that is full, durable. */
import assert from "node:assert/strict";
import { WeirError } from "../pipeline/mod.ts";
import { valuesOf } from "./helpers/csv_rows.ts";
import { makeFolder } from "./helpers/folder.ts";
import { startMosquitto } from "./helpers/mosquitto.ts";
import { diskTest, mosquittoTest } from "./helpers/needs.ts";
import { mountSmallDisk } from "./helpers/small_disk.ts";
import { until } from "./helpers/until.ts";
import { startViewed } from "./helpers/viewed_run.ts";

mosquittoTest("actions start, pause, move and stop a recording", async () => {
  await using mosquitto = await startMosquitto();
  await using folder = await makeFolder();
  await using run = await startViewed(mosquitto.url);
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
  await using run = await startViewed(mosquitto.url, {
    file: folder.path("a.csv"),
  });
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
    await using run = await startViewed(mosquitto.url, {
      topics: ["lab/+/lux"],
    });
    assert.match(
      await run.actions.byHand!.suggestFile(),
      /^lab-lux-\d{4}-\d\d-\d\dT\d\d-\d\d(-\d+)?\.csv$/,
    );
  },
);

mosquittoTest(
  "a recording by a pattern names its latest file, counts them, and suggests the pattern",
  async () => {
    await using mosquitto = await startMosquitto();
    await using folder = await makeFolder();
    const file = folder.path("{sensor_id}.csv");
    await using run = await startViewed(mosquitto.url, { file });
    await run.shows(/^connected/);
    const { byHand, publish } = run.actions;
    await publish("lab", '["a", 0, 1]');
    await run.shows(/ · recording a\.csv · 1 rows/);
    await publish("lab", '["b", 0, 2]');
    await run.shows(/ · recording b\.csv · 2 rows/);
    assert.equal(run.snapshot().recorder.files, 2);
    assert.equal(await byHand!.suggestFile(), file);
    await byHand!.start(file);
    await publish("lab", '["b", 0, 3]');
    await run.shows(/ · recording b\.csv · 1 rows/);
    await byHand!.stop();
    assert.deepEqual(valuesOf(await folder.read("b.csv")), [2, 3]);
    assert.equal(run.event("stopped").path, folder.path("b.csv"));
    assert.match(
      run.event("recording").text,
      /^Closed 2 files \(.*a\.csv to .*b\.csv\): 2 rows/,
    );
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
    await using run = await startViewed(mosquitto.url, { file });
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
    await using run = await startViewed(mosquitto.url, { file, giveUp: 0.2 });
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
      await using run = await startViewed(mosquitto.url, settings);
      await run.shows(/^connected/);
      assert.equal(run.actions.byHand, undefined);
      run.actions.quit();
      await run.ended;
    }
    await mosquitto.publishLines("lab", ['["lux-1", 0, 1]'], "-q", "1");
    await using run = await startViewed(mosquitto.url, settings);
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
