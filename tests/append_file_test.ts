import assert from "node:assert/strict";
import { csv, jsonl, recorder, rejectsFile } from "../pipeline/mod.ts";
import { startBranch } from "../pipeline/branch.ts";
import { EVENT, flow, HEADER, ROW } from "./helpers/csv_rows.ts";
import { makeFolder } from "./helpers/folder.ts";
import { until } from "./helpers/until.ts";

/** Lets the next sync drop what was written, as a kernel may, and fail. */
function failNextSync(path: string, from: number): Disposable {
  const { syncData } = Deno.FsFile.prototype;
  const restore = () => Deno.FsFile.prototype.syncData = syncData;
  Deno.FsFile.prototype.syncData = function () {
    restore();
    using file = Deno.openSync(path, { write: true });
    const { size } = file.statSync();
    file.seekSync(from, Deno.SeekMode.Start);
    file.writeSync(new Uint8Array(size - from));
    return Promise.reject(new Error("Input/output error (os error 5)"));
  };
  return { [Symbol.dispose]: restore };
}

Deno.test("recorder() writes again what a failed sync may have dropped", async () => {
  await using folder = await makeFolder();
  const path = folder.path("test.csv");
  const recording = recorder({ log: () => {} });
  await recording.start(path);
  const branch = startBranch(recording);
  await branch.push([EVENT, EVENT]);
  using _ = failNextSync(path, HEADER.length);
  await until("an error", () => recording.snapshot().state === "error");
  assert.match(await folder.read("test.csv"), /\0$/);
  assert.equal(recording.snapshot().synced, 0);
  await branch.push([EVENT]);
  await branch.end();
  assert.equal(await folder.read("test.csv"), HEADER + ROW.repeat(3));
  assert.equal(recording.snapshot().synced, 3);
});

for (const [what, next] of [["nothing", undefined], ["an empty file", ""]]) {
  Deno.test(`recorder() goes on in a new file, and loses and doubles nothing, where the file was renamed and ${what} is in its place`, async () => {
    await using folder = await makeFolder();
    const path = folder.path("test.csv");
    const told: string[] = [];
    const recording = recorder({ log: (text) => told.push(text) });
    await recording.start(path);
    const branch = startBranch(recording);
    await branch.push([EVENT]);
    await Deno.rename(path, folder.path("test.csv.1"));
    if (next !== undefined) await Deno.writeTextFile(path, next);
    await branch.push([EVENT, EVENT]);
    await branch.end();
    assert.equal(await folder.read("test.csv.1"), HEADER + ROW);
    assert.equal(await folder.read("test.csv"), HEADER + ROW.repeat(2));
    assert.match(
      `${told}`,
      /test\.csv was renamed .* Going on in a new one\.$/,
    );
    const names = [...Deno.readDirSync(folder.path("."))];
    assert.equal(names.length, 2, "nothing is recovered");
  });
}

Deno.test("csv() does not call rows synced after a sync that failed", async () => {
  await using folder = await makeFolder();
  const path = folder.path("test.csv");
  const told: string[] = [];
  using _ = failNextSync(path, HEADER.length);
  await assert.rejects(
    csv(path, { sync: "batch", log: (text) => told.push(text) })(flow([EVENT])),
    /Input\/output error/,
  );
  assert.deepEqual(told, []);
});

Deno.test("recorder() keeps the rows that somebody's change would lose", async () => {
  await using folder = await makeFolder();
  const path = folder.path("test.csv");
  const told: string[] = [];
  const recording = recorder({ log: (text) => told.push(text) });
  await recording.start(path);
  const branch = startBranch(recording);
  await branch.push([EVENT]);
  // Saved by an editor that had read it before.
  await Deno.writeTextFile(path, HEADER);
  await branch.push([{ ...EVENT, val: 2 }]);
  await branch.end();
  const second = ROW.replace("371.6063", "2");
  assert.equal(await folder.read("test.csv"), HEADER + ROW + second);

  await recording.start(path);
  const again = startBranch(recording);
  await again.push([EVENT]);
  await Deno.writeTextFile(path, HEADER + "1.000,,a note,1\r\n");
  await again.push([EVENT]);
  await again.end();
  assert.equal(
    await folder.read("test.csv"),
    HEADER + "1.000,,a note,1\r\n" + ROW,
  );
  assert.equal(await folder.read("test.csv.recovered"), HEADER + ROW);
  assert.match(told.join("\n"), /was deleted, replaced or edited .*recovered/);
});

Deno.test("a file that is deleted or replaced is made again, with what comes", async () => {
  await using folder = await makeFolder();
  const path = folder.path("test.jsonl");
  const reject = {
    time: 1484535480.613,
    topic: "sensor-data",
    reason: "not JSON",
    payload: new Uint8Array(),
  };
  for (
    const [sink, item] of [
      [jsonl(path, { log: () => {} }), EVENT],
      [rejectsFile(path, { log: () => {} }), reject],
    ] as const
  ) {
    for (
      const change of [
        () => Deno.remove(path),
        async () => {
          await Deno.writeTextFile(`${path}.new`, "");
          await Deno.rename(`${path}.new`, path);
        },
      ]
    ) {
      await (sink as ReturnType<typeof jsonl>)((async function* () {
        yield [item] as never;
        await change();
        yield [item, item] as never;
      })());
      const lines = (await folder.read("test.jsonl")).trimEnd().split("\n");
      assert.equal(lines.length, 2);
      await Deno.remove(path);
    }
  }
});
