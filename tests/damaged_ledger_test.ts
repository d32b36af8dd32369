/** Ledgers that were damaged, emptied or deleted, and those of another name. */
import assert from "node:assert/strict";
import { checkLedgers } from "../pipeline/durable/check_ledger.ts";
import { openDurableStore } from "../pipeline/durable/durable_store.ts";
import { readEntry } from "../pipeline/durable/ledger_entry.ts";
import { readLedger } from "../pipeline/durable/ledger.ts";
import type { SensorEvent } from "../pipeline/mod.ts";
import { type Folder, makeFolder } from "./helpers/folder.ts";

const LEDGER = "lab@test.csv.ledger";

/** A recording that goes through a store, as a run would do it. */
async function open(
  folder: Folder,
  { url = "mqtt://127.0.0.1", name = "test.csv", present = true } = {},
) {
  const log: string[] = [];
  const store = await openDurableStore(folder.path(name), {
    clientId: "lab",
    url,
    log: (text) => log.push(text),
  });
  const { subscription, deliveries, commits } = store.session;
  await subscription.connecting();
  subscription.connected(present);
  await subscription.resume();
  await subscription.subscribed(["t"]);
  return {
    log,
    close: store.close,
    async record(val: number) {
      const payload = new TextEncoder().encode(`${val}`);
      const message = { topic: "t", payload, qos: 1 as const };
      const { position } = deliveries.take(
        { ...message, time: val, retain: false, dup: false },
        val,
      );
      const event: SensorEvent = { sensor_id: "t", ts: val, val };
      store.addEvents([event]);
      await commits.commit(position);
    },
  };
}

/** The values in a file. */
async function values(path: string): Promise<number[]> {
  const text = await Deno.readTextFile(path).catch(() => "");
  return text.split("\r\n").slice(1, -1).map((row) =>
    Number(row.split(",")[3])
  );
}

/** Files as a crash leaves them: four rows, of which the ledger still holds some. */
async function crashed(): Promise<Record<string, Uint8Array<ArrayBuffer>>> {
  await using folder = await makeFolder();
  const recording = await open(folder, { present: false });
  for (const value of [1, 2, 3, 4]) await recording.record(value);
  const files: Record<string, Uint8Array<ArrayBuffer>> = {};
  for (const name of ["test.csv", LEDGER]) {
    files[name] = await Deno.readFile(folder.path(name));
  }
  await recording.close();
  return files;
}

/** Starts again with such files, and says what came of it. */
async function restart(files: Record<string, Uint8Array>) {
  await using folder = await makeFolder();
  for (const [name, bytes] of Object.entries(files)) {
    await Deno.writeFile(folder.path(name), bytes);
  }
  const recording = await open(folder);
  await recording.record(9);
  await recording.close();
  const found = await checkLedgers(folder.path("test.csv"));
  const all = [
    ...await values(folder.path("test.csv")),
    ...await values(folder.path("test.csv.recovered")),
  ];
  const kept = await Deno.readFile(folder.path(`${LEDGER}.damaged`))
    .catch(() => undefined);
  return { all, kept, log: recording.log, found };
}

/** Does something for each byte, for several at once. */
async function forEach(
  { length }: Uint8Array,
  what: (at: number) => Promise<void>,
): Promise<void> {
  const left = Array(length).keys();
  const work = async () => {
    for (const at of left) await what(at);
  };
  await Promise.all(Array.from({ length: 16 }, work));
}

Deno.test("a bit that flips in any byte of a ledger costs no row, and is said if it may double one", async () => {
  const files = await crashed();
  const whole = files[LEDGER];
  await forEach(whole, async (at) => {
    const ledger = whole.slice();
    ledger[at] ^= 1 << at % 8;
    const { all, kept, log, found } = await restart({
      ...files,
      [LEDGER]: ledger,
    });
    assert.deepEqual(new Set(all), new Set([1, 2, 3, 4, 9]), `byte ${at}`);
    assert.equal(all.length, 5, `byte ${at}: ${all}`);
    assert.ok(log.length > 0, `byte ${at}: nothing is said`);
    assert.ok(found.length > 0, `byte ${at}: check finds nothing`);
    if (kept) assert.deepEqual(kept, ledger);
  });
});

Deno.test("a ledger that is cut at any byte costs no row, and is said if it may double one", async () => {
  const files = await crashed();
  const whole = files[LEDGER];
  await forEach(whole, async (end) => {
    const ledger = whole.slice(0, end);
    const { all, log, found } = await restart({ ...files, [LEDGER]: ledger });
    assert.deepEqual(all, [1, 2, 3, 4, 9], `cut at ${end}`);
    assert.ok(log.length > 0, `cut at ${end}: nothing is said`);
    assert.ok(found.length > 0, `cut at ${end}: check finds nothing`);
  });
});

Deno.test("rows after a damaged entry are put into a file that lacks them", async () => {
  const files = await crashed();
  const ledger = files[LEDGER].slice();
  const csv = new TextDecoder().decode(files["test.csv"]);
  // The entry of the second row.
  const { entries } = await ledgerOf(ledger);
  const index =
    entries.findIndex((entry) =>
      entry.kind === "batch" && entry.rows.length > 0
    ) + 1;
  let at = 0;
  for (let n = 0; n < index; n++) at = readEntry(ledger, at)!.end;
  ledger[at + 20] ^= 1;
  for (const rows of [2, 3, 4]) {
    const lines = csv.split("\r\n").slice(0, rows + 1);
    const bytes = new TextEncoder().encode(lines.join("\r\n") + "\r\n");
    const { all } = await restart({ "test.csv": bytes, [LEDGER]: ledger });
    assert.deepEqual(all, [1, 2, 3, 4, 9], `${rows} rows there`);
  }
  const torn = csv.slice(0, csv.indexOf("\r\n", csv.indexOf(",3\r\n")) - 3);
  const { all } = await restart({
    "test.csv": new TextEncoder().encode(torn),
    [LEDGER]: ledger,
  });
  assert.deepEqual(all.toSorted(), [1, 2, 3, 4, 9]);
});

async function ledgerOf(bytes: Uint8Array) {
  await using folder = await makeFolder();
  await Deno.writeFile(folder.path(LEDGER), bytes);
  return await readLedger(folder.path(LEDGER));
}

Deno.test("a ledger that was deleted is missed when the broker has the session", async () => {
  const files = await crashed();
  const { all, log, found } = await restart({ "test.csv": files["test.csv"] });
  assert.deepEqual(all, [1, 2, 3, 4, 9]);
  assert.match(
    log.join("\n"),
    /there was no ledger of it: rows that the broker/,
  );
  assert.match(found[0].text, /there was no ledger of it/);
});

Deno.test("a session that no ledger knows is said also if the first start did not connect", async () => {
  const { [LEDGER]: _, ...files } = await crashed();
  await using folder = await makeFolder();
  await Deno.writeFile(folder.path("test.csv"), files["test.csv"]);
  const store = await openDurableStore(folder.path("test.csv"), {
    clientId: "lab",
    url: "mqtt://127.0.0.1",
    log: () => {},
  });
  await store.session.subscription.connecting();
  await store.close();
  for (const said of [1, 0]) {
    const recording = await open(folder);
    await recording.close();
    assert.equal(recording.log.length, said, recording.log.join("\n"));
  }
});

Deno.test("a ledger that is whole raises no doubt, nor do rows added after the end", async () => {
  const files = await crashed();
  const { all, log, found } = await restart(files);
  assert.deepEqual({ all, log, found }, {
    all: [1, 2, 3, 4, 9],
    log: [],
    found: [],
  });
  await using folder = await makeFolder();
  for (const value of [1, 2]) {
    const recording = await open(folder, { present: value > 1 });
    await recording.record(value);
    await recording.close();
    const row = "5.000,1970-01-01T00:00:05.000Z,t,5\r\n";
    await Deno.writeTextFile(folder.path("test.csv"), row, { append: true });
    assert.deepEqual(recording.log, []);
    assert.deepEqual(await checkLedgers(folder.path("test.csv")), []);
  }
});

Deno.test("a recording keeps its ledger by whatever name the broker goes", async () => {
  await using folder = await makeFolder();
  for (
    const [value, url, present] of [
      [1, "mqtt://127.0.0.1", false],
      [2, "mqtt://localhost", true],
      [3, "mqtt://pi.local:1884", true],
    ] as const
  ) {
    const recording = await open(folder, { url, present });
    await recording.record(value);
    await recording.close();
    assert.deepEqual(recording.log, []);
  }
  assert.deepEqual(await ledgers(folder), [LEDGER]);
});

for (
  const [what, old] of [
    ["of the same broker", "lab@127.0.0.1_1883.ledger"],
    ["of the broker by another name", "lab@pi_1884.ledger"],
  ]
) {
  Deno.test(`the ledger of an older version is taken over: ${what}`, async () => {
    await using folder = await makeFolder();
    const first = await open(folder, { present: false });
    await first.record(1);
    await first.close();
    await Deno.rename(folder.path(LEDGER), folder.path(old));
    const second = await open(folder);
    await second.close();
    assert.deepEqual(second.log, []);
    assert.deepEqual(await ledgers(folder), [LEDGER]);
  });
}

Deno.test("a session goes on in a recording of another name, and does not run beside it", async () => {
  await using folder = await makeFolder();
  const january = await open(folder, { name: "january.csv", present: false });
  await january.record(1);
  await assert.rejects(
    open(folder, { name: "february.csv" }),
    /january\.csv\.ledger is in use by another weir/,
  );
  await january.close();
  const february = await open(folder, { name: "february.csv" });
  await february.close();
  assert.deepEqual(february.log, []);
  assert.deepEqual(await ledgers(folder), ["lab@february.csv.ledger"]);
  // Another broker has another session.
  const other = { name: "march.csv", url: "mqtt://pi", present: false };
  await (await open(folder, other)).close();
  assert.equal((await ledgers(folder)).length, 2);
});

Deno.test("two ledgers of one recording are refused", async () => {
  await using folder = await makeFolder();
  const first = await open(folder, { present: false });
  await first.close();
  const old = folder.path("lab@pi_1883.ledger");
  await Deno.copyFile(folder.path(LEDGER), old);
  await assert.rejects(open(folder), /are both ledgers of .+Move away the one/);
  await Deno.remove(old);
  await (await open(folder)).close();
});

async function ledgers(folder: Folder): Promise<string[]> {
  const names = await Array.fromAsync(Deno.readDir(folder.path(".")));
  return names.map(({ name }) => name)
    .filter((name) => name.endsWith(".ledger")).toSorted();
}
