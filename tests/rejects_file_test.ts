import assert from "node:assert/strict";
import { type Reject, rejectsFile } from "../pipeline/mod.ts";
import { openRejects, rejectLine } from "../pipeline/recording/rejects_file.ts";
import { makeFolder } from "./helpers/folder.ts";
import { run } from "./helpers/run.ts";

const REJECT: Reject = {
  time: 1484535480.613,
  topic: "sensor-data",
  reason: "not JSON",
  payload: new TextEncoder().encode("?"),
};

const LINE = rejectLine(REJECT);

Deno.test("a line of the rejects says how long a payload was that is cut", () => {
  assert.equal(
    rejectLine({ ...REJECT, bytes: 9000, sha256: "ab12" }),
    '{"time":1484535480.613,"topic":"sensor-data","reason":"not JSON","payload":"Pw==","bytes":9000,"sha256":"ab12"}\n',
  );
});

Deno.test("rejectsFile() takes whole lines until it is full, also one of before, and says so once", async () => {
  await using folder = await makeFolder();
  const path = folder.path("rejects");
  const told: string[] = [];
  const options = {
    maxBytes: 3.5 * LINE.length,
    log: (text: string) => told.push(text),
  };
  for (let start = 0; start < 2; start++) {
    await rejectsFile(path, options)((async function* () {
      yield [REJECT, REJECT];
      yield [REJECT, REJECT];
      yield [REJECT];
    })());
  }
  assert.equal(await folder.read("rejects"), LINE.repeat(3));
  const full =
    `${path} is as large as it may be. Rejects are only counted from now on.`;
  assert.deepEqual(told, [
    ...[full, `${path} is full: 2 rejects not kept.`],
    ...[full, `${path} is full: 5 rejects not kept.`],
  ]);
});

for (
  const [what, change] of [
    ["removed", (path: string) => Deno.remove(path)],
    ["renamed", (path: string) => Deno.rename(path, `${path}.old`)],
  ] as const
) {
  Deno.test(`a file of rejects that is ${what} is made again`, async () => {
    await using folder = await makeFolder();
    const path = folder.path("rejects");
    const told: string[] = [];
    const file = openRejects(path, { log: (text) => told.push(text) });
    await file.write([REJECT]);
    await change(path);
    await file.write([REJECT, REJECT]);
    await file.close();
    assert.equal(await folder.read("rejects"), LINE.repeat(2));
    assert.deepEqual(told, [
      `${path} was deleted or replaced. Going on in a new one.`,
    ]);
  });
}

Deno.test("a file of rejects ends a line that a crash left torn", async () => {
  await using folder = await makeFolder();
  await Deno.writeTextFile(folder.path("rejects"), LINE + '{"time"');
  const file = openRejects(folder.path("rejects"));
  await file.write([REJECT]);
  await file.close();
  assert.equal(await folder.read("rejects"), `${LINE}{"time"\n${LINE}`);
});

Deno.test({
  name: "rejects that are linked to /dev/null go there, and a FIFO is refused",
  ignore: Deno.build.os === "windows",
  fn: async () => {
    await using folder = await makeFolder();
    await Deno.symlink("/dev/null", folder.path("none"));
    const none = openRejects(folder.path("none"));
    assert.equal(await none.write([REJECT, REJECT]), 2);
    await none.close();
    await run("mkfifo", [folder.path("fifo")]);
    await assert.rejects(
      openRejects(folder.path("fifo")).write([REJECT]),
      /it is not a regular file/,
    );
  },
});
