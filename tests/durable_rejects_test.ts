import assert from "node:assert/strict";
import { openDurable, type Reject } from "../pipeline/mod.ts";
import { rejectLine } from "../pipeline/recording/rejects_file.ts";
import { makeFolder } from "./helpers/folder.ts";

const REJECT: Reject = {
  time: 1484535480.613,
  topic: "sensor-data",
  reason: "not JSON",
  payload: new TextEncoder().encode("?"),
};

/** A durable recording whose batches become rejects alone. */
async function open(path: string, maxRejects?: number) {
  const told: string[] = [];
  const durable = await openDurable(path, {
    clientId: "lab",
    url: "mqtt://localhost",
    maxRejects,
    log: (text) => told.push(text),
  });
  let position = 0;
  return {
    told,
    counts() {
      const { rejected, unkept } = durable.counts();
      return { rejected, unkept };
    },
    async commit(count: number) {
      await durable.rejects((async function* () {
        yield Array.from({ length: count }, () => REJECT);
      })());
      await durable.session.commits.commit(++position);
    },
    [Symbol.asyncDispose]: () => durable[Symbol.asyncDispose](),
  };
}

/** Lets so many seconds pass for what looks at the clock. */
function skip(seconds: number): Disposable {
  const { now } = performance;
  performance.now = () => now.call(performance) + seconds * 1000;
  return { [Symbol.dispose]: () => void (performance.now = now) };
}

Deno.test("rejects that cannot be written are said once and counted, and written as soon as they can be", async () => {
  await using folder = await makeFolder();
  const name = "test.csv.rejects.jsonl";
  await Deno.mkdir(folder.path(name));
  await using recording = await open(folder.path("test.csv"));
  await recording.commit(2);
  await recording.commit(1);
  assert.deepEqual(recording.counts(), { rejected: 3, unkept: 3 });
  {
    using _later = skip(6);
    await recording.commit(1);
  }
  assert.equal(recording.told.length, 1, recording.told.join("\n"));
  assert.match(recording.told[0], /it is a folder.*goes on without rejects\.$/);
  await Deno.remove(folder.path(name));
  using _later = skip(60);
  await recording.commit(2);
  assert.deepEqual(recording.counts(), { rejected: 6, unkept: 4 });
  assert.equal(await folder.read(name), rejectLine(REJECT).repeat(2));
});

Deno.test("rejects go on in a new file once the one that is full is moved away", async () => {
  await using folder = await makeFolder();
  const name = "test.csv.rejects.jsonl";
  const line = rejectLine(REJECT);
  await using recording = await open(
    folder.path("test.csv"),
    2.5 * line.length,
  );
  for (let turn = 0; turn < 3; turn++) await recording.commit(1);
  assert.deepEqual(recording.counts(), { rejected: 3, unkept: 1 });
  await Deno.rename(folder.path(name), folder.path("old"));
  await recording.commit(2);
  assert.deepEqual(recording.counts(), { rejected: 5, unkept: 1 });
  assert.equal(await folder.read("old"), line.repeat(2));
  assert.equal(await folder.read(name), line.repeat(2));
  assert.equal(
    recording.told.filter((text) => /is as large as it may be/.test(text))
      .length,
    1,
  );
});
