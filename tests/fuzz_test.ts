import assert from "node:assert/strict";
import { makeFolder } from "./helpers/folder.ts";
import { run } from "./helpers/run.ts";
import { fuzz } from "./torture/fuzz.ts";

Deno.test("a malicious publisher and a malicious broker crash nothing, and no row is no reading", async () => {
  const { cases, events, rejects, ended } = await fuzz(3000, 1);
  assert.equal(cases, 3000);
  // It got that far.
  assert.ok(events > 500 && rejects > 500 && ended > 100);
});

Deno.test("a million sensor ids fit into as little memory as ten thousand", async () => {
  await using folder = await makeFolder();
  const script = new URL("torture/many_sensors.ts", import.meta.url).pathname;
  // Where something were kept for each, V8 would end the process.
  const said = await run(Deno.execPath(), [
    ...["run", "-q", "-A", "--v8-flags=--max-old-space-size=64"],
    ...[script, folder.path("test.csv")],
  ]);
  assert.equal(said, "1000000 true\n");
});
