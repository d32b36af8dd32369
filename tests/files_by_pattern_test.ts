import assert from "node:assert/strict";
import { csv, filesByPattern, isFilePattern } from "../pipeline/mod.ts";
import { flow } from "./helpers/csv_rows.ts";
import { makeFolder } from "./helpers/folder.ts";

const AT = Date.UTC(2026, 11, 31, 23, 59, 58.9) / 1000;
const event = (sensor_id: string, topic?: string) => ({
  sensor_id,
  topic,
  ts: AT,
  val: 1,
});

Deno.test("a pattern has the letters of tcpdump, and leaves all else as it is", async () => {
  for (
    const [pattern, path] of [
      ["lab-%Y-%m-%d.csv", "lab-2026-12-31.csv"],
      ["%H%M%S/%j/%V.csv", "235958/365/53.csv"],
      ["50%%-%d%-%x{a}.csv", "50%-31%-%x{a}.csv"],
      ["{topic}-{topic[1]}.csv", "lab_a_b~*-a.csv"],
      ["date=%Y-%m-%d/{sensor_id}.csv", "date=2026-12-31/lux-1.csv"],
    ]
  ) {
    assert.ok(isFilePattern(pattern));
    const pathOf = await filesByPattern(pattern, { utc: true });
    const named = pathOf(AT, event("lux-1", "lab/a/b"));
    assert.equal(named.replace(/~[0-9a-f]{12}/, "~*"), path);
  }
  for (const path of ["50%.csv", "a%%.csv", "{id}.csv", "%x-{.csv"]) {
    assert.ok(!isFilePattern(path), path);
  }
});

Deno.test("local time names a file of the local day", async () => {
  const pathOf = await filesByPattern("%Y-%m-%dT%H.csv");
  const date = new Date(AT * 1000);
  const two = (part: number) => `${part}`.padStart(2, "0");
  assert.equal(
    pathOf(AT, event("a")),
    `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}T${
      two(date.getHours())
    }.csv`,
  );
});

Deno.test("what a sensor calls itself is one part of a path, and two never share one", async () => {
  const pathOf = await filesByPattern("{sensor_id}");
  const ids = [
    ...["", ".", "..", "../x", "/etc/passwd", "a/b", "a_b", "a\\b", "a\0b"],
    ...["a\nb", "\u202ea", "con", "CON.txt", "_", "-rf", "a.", "a ", "~x"],
    ...["ü".repeat(101), "ü".repeat(102), "😀".repeat(80), "x".repeat(100_000)],
  ];
  const named = (id: string) => pathOf(AT, event(id));
  // A name that was made safe is an id here: it gets another name.
  const all = [...ids, ...ids.map(named)];
  const names = new Set(all.map(named));
  assert.equal(names.size, new Set(all).size);
  for (const name of names) {
    assert.doesNotMatch(name, /[/\\:*?"<>|\p{Cc}\p{Cf}]|^[.-]|^$/u);
    assert.ok(new TextEncoder().encode(name).length <= 200, name);
    assert.ok(name.isWellFormed());
  }
  assert.equal(named("lux-1"), "lux-1");
});

Deno.test("a time that no calendar holds has a file of its own", async () => {
  const pathOf = await filesByPattern("lab-%Y.csv");
  assert.equal(pathOf(1e20, event("a")), "lab-unknown.csv");
});

Deno.test("folders are made, and each event goes to its file", async () => {
  await using folder = await makeFolder();
  const pattern = folder.path("%Y/{sensor_id}/%m.csv");
  const events = ["a", "b", "../a"].map((id) => event(id));
  await csv(await filesByPattern(pattern, { utc: true }))(flow(events));
  const made = (await Array.fromAsync(Deno.readDir(folder.path("2026"))))
    .map(({ name }) => name.replace(/~.*/, "~")).sort();
  assert.deepEqual(
    made,
    [".._a~", "a", "b"].map((name) => name.replace(/^\./, "_")),
  );
  assert.match(await folder.read("2026/b/12.csv"), /,b,1\r\n$/);
});
