import assert from "node:assert/strict";
import {
  chunks,
  csvFormat,
  openDurable,
  openSession,
  parse,
  pipe,
  take,
  WeirError,
} from "../pipeline/mod.ts";
import { openAtEnd } from "../pipeline/recording/open_at_end.ts";
import { checkLedgers } from "../pipeline/durable/check_ledger.ts";
import { openLedger, readLedger } from "../pipeline/durable/ledger.ts";
import {
  type Entry,
  readEntry,
  writeEntry,
} from "../pipeline/durable/ledger_entry.ts";
import { replay } from "../pipeline/durable/ledger_state.ts";
import { redo } from "../pipeline/recording/redo.ts";
import { makeFolder } from "./helpers/folder.ts";
import { until } from "./helpers/until.ts";

const encode = (text: string) => new TextEncoder().encode(text);

const batch: Entry = {
  kind: "batch",
  safe: 3,
  gone: [[1, 1], [4, 7]],
  settled: 1,
  habits: { setsDup: true, repeating: ["t"] },
  rows: encode("1.000,…\r\n"),
  rejects: encode("{}\n"),
  identities: [{ position: 2 ** 40, id: 65_535, hash: 2 ** 48 - 1 }],
};

Deno.test("a ledger reads what was appended, up to the first entry that is not whole", async () => {
  await using folder = await makeFolder();
  const path = folder.path("x.ledger");
  const { ledger } = await openLedger(path);
  await ledger.append({ kind: "connecting" });
  await ledger.append(batch);
  ledger.close();
  const whole = await Deno.readFile(path);
  const read = async (bytes: Uint8Array) => {
    await Deno.writeFile(path, bytes);
    const { ledger, contents } = await openLedger(path);
    ledger.close();
    return contents.entries;
  };
  assert.deepEqual(await read(whole), [{ kind: "connecting" }, batch]);
  for (const cut of [1, 10, 50]) {
    assert.deepEqual(await read(whole.slice(0, -cut)), [{
      kind: "connecting",
    }]);
  }
  const flipped = whole.slice();
  flipped[flipped.length - 1] ^= 1;
  assert.deepEqual(await read(flipped), [{ kind: "connecting" }]);
});

Deno.test("a ledger is kept beside itself, and an older one is never written over", async () => {
  await using folder = await makeFolder();
  const path = folder.path("x.ledger");
  for (const text of ["something else", "another"]) {
    await Deno.writeTextFile(path, text);
    const { ledger, contents } = await openLedger(path);
    assert.deepEqual(contents, { entries: [], end: 0, torn: true, gap: 0 });
    const kept = await ledger.keep();
    ledger.close();
    assert.equal(await folder.read(kept), text);
  }
  assert.equal(await folder.read("x.ledger.damaged"), "something else");
});

Deno.test("a ledger keeps its lock when it is replaced", async () => {
  await using folder = await makeFolder();
  const path = folder.path("x.ledger");
  const { ledger } = await openLedger(path);
  await assert.rejects(openLedger(path), /is in use by another weir/);
  await ledger.replace({ kind: "connecting" });
  await assert.rejects(openLedger(path), /is in use by another weir/);
  ledger.close();
  const { ledger: again, contents } = await openLedger(path);
  again.close();
  assert.deepEqual(contents.entries, [{ kind: "connecting" }]);
});

Deno.test("a ledger that is empty has no entries, also while it is in use", async () => {
  await using folder = await makeFolder();
  const path = folder.path("x.ledger");
  const { ledger, contents } = await openLedger(path);
  assert.deepEqual(contents.entries, []);
  assert.deepEqual((await readLedger(path)).entries, []);
  ledger.close();
});

Deno.test("a recording without a ledger beside it has no problem with one", async () => {
  await using folder = await makeFolder();
  assert.deepEqual(await checkLedgers(folder.path("test.csv")), []);
});

Deno.test("an entry ends where its bytes end", () => {
  const bytes = writeEntry({ kind: "session", present: true });
  assert.deepEqual(readEntry(bytes, 0), {
    entry: { kind: "session", present: true },
    end: bytes.length,
  });
});

Deno.test("a session that is subscribed is known to be this one", () => {
  const { topics, sure } = replay([
    { kind: "connecting" },
    { kind: "session", present: true },
    { kind: "subscribed", topics: ["t"] },
  ]);
  assert.deepEqual({ topics, sure }, { topics: ["t"], sure: true });
});

Deno.test("what is forgotten by position is gone, as is what an older ledger forgot up to one", () => {
  const nothing = new Uint8Array();
  const identities = [1, 2, 3, 4, 5, 6].map((id) => ({
    position: id,
    id,
    hash: id,
  }));
  const facts = {
    kind: "batch",
    safe: 6,
    rows: nothing,
    rejects: nothing,
  } as const;
  const left = (entries: Entry[]) =>
    replay(entries).identities.map(({ position }) => position);
  const gone = [[2, 3], [6, 6]] as const;
  assert.deepEqual(left([{ ...facts, identities, gone }]), [1, 4, 5]);
  assert.deepEqual(left([{ ...facts, identities, forgotten: 4 }]), [5, 6]);
});

Deno.test("the ledger keeps what is known of the broker, and until where all is settled", () => {
  const nothing = new Uint8Array();
  const facts = {
    kind: "batch",
    safe: 6,
    rows: nothing,
    rejects: nothing,
  } as const;
  const habits = { setsDup: true, keepsIds: true };
  const state = replay([
    { ...facts, identities: [], habits, settled: 3 },
    { ...facts, identities: [], settled: 4 },
  ]);
  assert.deepEqual([state.habits, state.settled], [habits, 4]);
});

Deno.test("any bytes are read as a ledger without an error of our own", () => {
  assert.equal(readEntry(new Uint8Array(100), 0), undefined);
  const bytes = writeEntry(batch);
  for (let at = 0; at < bytes.length; at++) {
    const changed = bytes.slice();
    changed[at] ^= 0xff;
    assert.equal(readEntry(changed, 0), undefined);
    readEntry(bytes, at);
  }
});

for (
  const [what, there, kept] of [
    ["all is there", "head\r\nrow\r\n", "head\r\nrow\r\n"],
    ["a part is there", "head\r\nro", "head\r\nrow\r\n"],
    ["nothing is there", "head\r\n", "head\r\nrow\r\n"],
    ["zeros are there", "head\r\nr\0\0\0", "head\r\nrow\r\n"],
    ["more follows", "head\r\nrow\r\nmore\r\n", "head\r\nrow\r\nmore\r\n"],
  ] as const
) {
  Deno.test(`redo completes a file where ${what}`, async () => {
    await using folder = await makeFolder();
    const path = folder.path("x.csv");
    await Deno.writeTextFile(path, there);
    assert.equal(await redo(path, 6, encode("row\r\n"), "head\r\n"), undefined);
    assert.equal(await folder.read("x.csv"), kept);
  });
}

for (
  const [what, there] of [
    ["something else is there", "head\r\nxyz\r\n"],
    ["it is shorter", "he"],
  ] as const
) {
  Deno.test(`redo leaves a file alone where ${what}, and keeps the rows apart, once`, async () => {
    await using folder = await makeFolder();
    const path = folder.path("x.csv");
    await Deno.writeTextFile(path, there);
    const said = await redo(path, 6, encode("row\r\n"), "head\r\n");
    assert.match(said!, /are in .*x\.csv\.recovered/);
    await redo(path, 6, encode("row\r\n"), "head\r\n");
    assert.equal(await folder.read("x.csv"), there);
    assert.equal(await folder.read("x.csv.recovered"), "head\r\nrow\r\n");
  });
}

Deno.test("the ledger forgets a confirmed message though no other one comes", async () => {
  await using folder = await makeFolder();
  const path = folder.path("x");
  const options = { clientId: "lab", url: "mqtt://pi", committed: 0 };
  await using session = await openSession(path, options);
  session.subscription.connected(false);
  const payload = encode("21.5");
  const facts = { qos: 1, retain: false, dup: false, time: 0 } as const;
  session.deliveries.take({ topic: "t", payload, ...facts }, 7);
  await session.commits.prepare(1);
  const known = async () => {
    const [{ name }] = [...Deno.readDirSync(folder.path("."))]
      .filter(({ name }) => name.endsWith(".ledger"));
    const { entries } = await readLedger(folder.path(name));
    return replay(entries).identities.length;
  };
  assert.equal(await known(), 1);
  session.deliveries.confirmed([[1, 1]]);
  await until("an empty memory", async () => await known() === 0);
});

Deno.test("a durable recording refuses a stage that keeps readings back or ends the flow", async () => {
  await using folder = await makeFolder();
  const options = { clientId: "lab", url: "mqtt://pi" };
  await using durable = await openDurable(folder.path("x.csv"), options);
  async function* nothing() {}
  assert.throws(
    () => pipe(nothing(), parse(), chunks(2) as never, durable.collect),
    /cannot have a stage that keeps readings back/,
  );
  assert.throws(
    () => pipe(nothing(), parse(), take(1), durable.collect),
    /cannot have a stage that ends the flow/,
  );
});

Deno.test("a durable recording that is closed opens nothing again", async () => {
  await using folder = await makeFolder();
  const path = folder.path("x.csv");
  const options = { clientId: "lab", url: "mqtt://pi", giveUp: 0 };
  const durable = await openDurable(path, options);
  assert.equal(durable.session.commits.safe, 0);
  await durable[Symbol.asyncDispose]();
  await assert.rejects(durable.session.commits.commit(1), /is closed/);
  // It would be locked.
  (await openAtEnd(path, csvFormat())).close();
});

Deno.test("a durable recording is for one pipe", async () => {
  await using folder = await makeFolder();
  const options = { clientId: "lab", url: "mqtt://pi" };
  await using durable = await openDurable(folder.path("x.csv"), options);
  async function* nothing() {}
  await pipe(nothing(), parse(), durable.collect);
  await assert.rejects(
    async () => await pipe(nothing(), parse(), durable.collect),
    (error) =>
      error instanceof WeirError &&
      /in a pipe already\. .*open it again/.test(error.message),
  );
});
