import assert from "node:assert/strict";
import { makeFolder } from "../helpers/folder.ts";
import { weir } from "../helpers/weir.ts";

const HEADER = "timestamp,datetime,sensor_id,value\r\n";

Deno.test("demo shows and records simulated sensors, and ends by itself without a terminal", async () => {
  await using folder = await makeFolder();
  await Deno.writeTextFile(
    folder.path("demo.csv"),
    HEADER + "left by another run\n",
  );
  await using demo = weir(["demo"], { cwd: folder.path(".") });
  assert.equal(await demo.code, 0, demo.stderr.text());
  const events = demo.stdout.text().trimEnd().split("\n");
  assert.match(
    demo.stderr.text(),
    new RegExp(
      `^Started a broker on mqtt://\\S+\\. Starting 3 virtual boards[^]*Recorded ${events.length} events from \\d+ sensors to demo.csv in 1\\d s \\(0 rejected\\)\n\nThe recording is in demo\\.csv\\. What next:\n  deno run -qP main\\.ts check demo\\.csv `,
    ),
  );
  const [header, ...rows] = (await folder.read("demo.csv")).split("\r\n");
  assert.equal(header, "timestamp,datetime,sensor_id,value");
  assert.equal(rows.pop(), "");
  assert.equal(rows.length, events.length);
  const ids = new Set(rows.map((row) => row.split(",")[2]));
  assert.ok(ids.size > 1, [...ids].join());
  // Each once a second for 10 s; a slow machine may not keep up.
  assert.ok(rows.length >= ids.size * 3, `${rows.length}`);
  for (const row of rows) {
    const lux = Number(row.split(",")[3]);
    assert.ok(lux > 0 && lux < 130_000, row);
  }
});

Deno.test("demo does not replace a demo.csv that is no recording", async () => {
  await using folder = await makeFolder();
  const mine = "name,phone\r\nada,1815\r\n";
  await Deno.writeTextFile(folder.path("demo.csv"), mine);
  await using demo = weir(["demo"], { cwd: folder.path(".") });
  assert.equal(await demo.code, 1);
  assert.match(demo.stderr.text(), /demo\.csv .*is no recording.*Move it away/);
  assert.equal(await folder.read("demo.csv"), mine);
});
