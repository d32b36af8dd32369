/** Brokers that send again in their own way: under new ids, or after new messages. */
import assert from "node:assert/strict";
import { makeFolder } from "../helpers/folder.ts";
import {
  type RedeliveringBroker,
  startRedeliveringBroker,
} from "../helpers/redelivering_broker.ts";
import { until } from "../helpers/until.ts";
import { weir } from "../helpers/weir.ts";

const KINDS = [
  ["under new ids", { late: false }],
  ["under new ids, after new messages", { late: true }],
] as const;

const from = (first: number, count = 20) =>
  Array.from({ length: count }, (_, n) => `["lux-1", 624, ${first + n}]`);

const OPEN = Array<string>(20).fill('["door", 1, "OPEN"]');

const valuesOf = async (file: string) =>
  (await Deno.readTextFile(file)).trim().split("\r\n").slice(1)
    .map((row) => row.split(",")[3]);

/** Records from it. */
function record(broker: RedeliveringBroker, file: string) {
  return weir([
    ...["record", "t", file, "-b", broker.url, "--durable", "lab"],
    ...["--stats", "1h"],
  ]);
}

const allRead = (broker: RedeliveringBroker) =>
  until("all acknowledgements", () => broker.unacknowledged === 0);

const unheard = (broker: RedeliveringBroker, count: number) =>
  until("acknowledgements that are lost", () => broker.unheard >= count);

for (const [what, options] of KINDS) {
  Deno.test(`acknowledgements that are lost double no row of a broker that sends again ${what}`, async () => {
    await using broker = startRedeliveringBroker(options);
    await using folder = await makeFolder();
    const file = folder.path("lab.csv");
    await using recording = record(broker, file);
    await recording.stderr.match(/^Connected/);
    broker.publish(from(0));
    await allRead(broker);
    broker.setDeaf(true);
    broker.publish(from(20));
    await unheard(broker, 20);
    broker.cut();
    broker.setDeaf(false);
    broker.publish(from(40));
    await recording.stdout.count(60);
    broker.sendLate();
    await allRead(broker);
    recording.kill("SIGINT");
    assert.equal(await recording.code, 0);
    assert.match(recording.stderr.text(), / 20 redelivered \(left out\)\n$/);
    assert.deepEqual(
      await valuesOf(file),
      Array.from({ length: 60 }, (_, n) => `${n}`),
    );
  });

  Deno.test(`kill -9 doubles no row of a broker that sends again ${what}`, async () => {
    await using broker = startRedeliveringBroker(options);
    await using folder = await makeFolder();
    const file = folder.path("lab.csv");
    const first = record(broker, file);
    await first.stderr.match(/^Connected/);
    broker.setDeaf(true);
    broker.publish(from(0));
    await unheard(broker, 20);
    first.kill("SIGKILL");
    await first.code;
    await until("the end of the connection", () => !broker.connected);
    broker.setDeaf(false);
    broker.publish(from(20));
    await using second = record(broker, file);
    await second.stdout.count(20);
    broker.sendLate();
    await allRead(broker);
    second.kill("SIGINT");
    assert.equal(await second.code, 0);
    assert.match(second.stderr.text(), / 20 redelivered \(left out\)\n$/);
    assert.deepEqual(
      await valuesOf(file),
      Array.from({ length: 40 }, (_, n) => `${n}`),
    );
  });

  Deno.test(`equal payloads are never left out of a broker that sends again ${what}`, async () => {
    await using broker = startRedeliveringBroker(options);
    await using folder = await makeFolder();
    const file = folder.path("lab.csv");
    const first = record(broker, file);
    await first.stderr.match(/^Connected/);
    broker.publish(OPEN);
    // Acknowledged, and killed before the ledger can know that it arrived.
    await allRead(broker);
    first.kill("SIGKILL");
    await first.code;
    await until("the end of the connection", () => !broker.connected);
    broker.publish(OPEN);
    await using second = record(broker, file);
    await second.stdout.count(20);
    await allRead(broker);
    second.kill("SIGINT");
    assert.equal(await second.code, 0);
    assert.equal((await valuesOf(file)).length, 40);
  });

  Deno.test(`equal payloads that come again are recorded as possibly doubled, from a broker that sends again ${what}`, async () => {
    await using broker = startRedeliveringBroker(options);
    await using folder = await makeFolder();
    const file = folder.path("lab.csv");
    await using recording = record(broker, file);
    await recording.stderr.match(/^Connected/);
    broker.setDeaf(true);
    broker.publish(OPEN);
    await unheard(broker, 20);
    broker.cut();
    broker.setDeaf(false);
    broker.publish(['["door", 1, "LAST"]']);
    await recording.stderr.match(/^Reconnected/);
    await until(
      "the last message",
      async () => (await valuesOf(file)).includes("LAST"),
    );
    broker.sendLate();
    await allRead(broker);
    recording.kill("SIGINT");
    assert.equal(await recording.code, 0);
    const text = recording.stderr.text();
    assert.match(text, /\nThis broker sends messages again under new packet/);
    assert.match(text, / 0 redelivered \(left out\), 20 possibly doubled\n$/);
    assert.equal((await valuesOf(file)).length, 41);
  });
}

Deno.test("how many are possibly doubled survives kill -9: the next run and check say it", async () => {
  await using broker = startRedeliveringBroker({ late: false });
  await using folder = await makeFolder();
  const file = folder.path("lab.csv");
  const first = record(broker, file);
  await first.stderr.match(/^Connected/);
  broker.setDeaf(true);
  broker.publish(OPEN);
  await unheard(broker, 20);
  broker.cut();
  broker.setDeaf(false);
  await first.stdout.count(40);
  await allRead(broker);
  first.kill("SIGKILL");
  await first.code;
  await until("the end of the connection", () => !broker.connected);
  await using second = record(broker, file);
  await second.stderr.match(/^Connected/);
  second.kill("SIGINT");
  assert.equal(await second.code, 0);
  assert.match(
    second.stderr.text(),
    /, 0 possibly doubled \(20 with earlier runs\)\n$/,
  );
  await using check = weir(["check", file]);
  assert.equal(await check.code, 1);
  assert.match(
    check.stdout.text(),
    /lab\.csv: 20 messages of lab@lab\.csv\.ledger may have been recorded twice/,
  );
});
