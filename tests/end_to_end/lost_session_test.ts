/** What weir knows to be missing, it says. */
import assert from "node:assert/strict";
import { makeFolder } from "../helpers/folder.ts";
import { startMosquitto } from "../helpers/mosquitto.ts";
import { mosquittoTest } from "../helpers/needs.ts";
import { weir } from "../helpers/weir.ts";

/** 12:03:44, or with the day before it around midnight. */
const TIME = String.raw`(\d{4}-\d\d-\d\d )?\d\d:\d\d:\d\d`;
const LOSS = `messages from ${TIME} to ${TIME} may be missing`;

mosquittoTest(
  "a session that the broker lost while weir was away is reported, and found by check from then on",
  async () => {
    await using mosquitto = await startMosquitto();
    await using folder = await makeFolder();
    const file = folder.path("lab.csv");
    const record = async (rows: number, before?: RegExp) => {
      await using recording = weir([
        ...["record", "t", file, "-b", mosquitto.url, "--durable", "lab"],
        ...["--stats", "1h"],
      ]);
      await recording.stderr.match(/^Connected/);
      if (before) await recording.stderr.match(before);
      await mosquitto.publish("-t", "t", "-m", "1", "-q", "1");
      await recording.stdout.count(rows);
      recording.kill("SIGINT");
      assert.equal(await recording.code, 0);
      return recording.stderr.text();
    };
    assert.doesNotMatch(await record(1), /lost session|may be missing/);
    // It forgets the session, and has nobody to keep this message for.
    await mosquitto.stop();
    await mosquitto.start();
    await mosquitto.publish("-t", "t", "-m", "2", "-q", "1");
    const text = await record(
      1,
      new RegExp(`^The broker has lost the session lab: ${LOSS}\\.$`),
    );
    assert.match(text, new RegExp(`\n1 lost session: ${LOSS}\n`));
    assert.match(text, /redelivered \(left out\), 1 lost session\n/);
    // Once: the next session goes on from the last one.
    assert.doesNotMatch(await record(1), /lost session|may be missing/);

    await using check = weir(["check", file]);
    assert.equal(await check.code, 1);
    assert.match(
      check.stdout.text(),
      new RegExp(`lab\\.csv: the broker lost its session: ${LOSS}\n`),
    );
    assert.match(
      check.stderr.text(),
      /1 problem in 3 rows: 1 lost session\.?\n/,
    );
  },
);

mosquittoTest(
  "a recording that is not durable says for how long it had no connection",
  async () => {
    await using mosquitto = await startMosquitto();
    await using folder = await makeFolder();
    await using recording = weir([
      ...["record", "t", folder.path("lab.csv"), "-b", mosquitto.url],
    ]);
    await recording.stderr.match(/^Connected/);
    await mosquitto.stop();
    await mosquitto.start();
    await recording.stderr.match(/^Reconnected/);
    recording.kill("SIGINT");
    assert.equal(await recording.code, 0);
    assert.match(
      recording.stderr.text(),
      /\n1 reconnect: messages of [\d.]+ m?s without a connection may be missing\n/,
    );
  },
);
