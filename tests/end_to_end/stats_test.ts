import assert from "node:assert/strict";
import { makeFolder } from "../helpers/folder.ts";
import { startMosquitto } from "../helpers/mosquitto.ts";
import { mosquittoTest } from "../helpers/needs.ts";
import { weir } from "../helpers/weir.ts";

for (
  const [args, running, atTheEnd] of [
    [
      ["-q", "0"],
      /^After .+ s\. Rows: 2 written, 2 safe on disk\. Messages: 1 rejected$/,
      /\nRows: 2 written, 2 safe on disk\. Messages: 1 rejected\n$/,
    ],
    [
      ["-q", "1"],
      /^After .+ s\. Rows: 2 written, 2 safe on disk\. Messages: 3 acknowledged, 1 rejected$/,
      /\nRows: 2 written, 2 safe on disk\. Messages: 3 acknowledged, 1 rejected\n$/,
    ],
    [
      ["-q", "2"],
      /^After .+ s\. Rows: 2 written, 2 safe on disk\. Messages: 3 acknowledged, 1 rejected$/,
      /\nRows: 2 written, 2 safe on disk\. Messages: 3 acknowledged, 1 rejected\n$/,
    ],
    [
      ["--durable", "lab"],
      /^After .+ s\. Rows: 2 written, 2 safe on disk\. Messages: 3 acknowledged, 1 rejected, 0 redelivered \(left out\)$/,
      /\nRows: 2 written, 2 safe on disk\. Messages: 3 acknowledged, 1 rejected, 0 redelivered \(left out\)\n$/,
    ],
  ] as const
) {
  mosquittoTest(
    `record ${
      args.join(" ")
    } --stats tells its numbers on stderr while it runs`,
    async () => {
      await using mosquitto = await startMosquitto();
      await using folder = await makeFolder();
      await using recording = weir([
        ...["record", "t", folder.path("test.csv"), "-b", mosquitto.url],
        ...["--stats", "0.2s", ...args],
      ]);
      await recording.stderr.match(/^Connected/);
      await recording.stderr.match(/^After .+ s\. Rows: 0 written/);
      await mosquitto.publishLines("t", ["1", "{no JSON", "2"], "-q", "2");
      await recording.stderr.match(running);
      recording.kill("SIGINT");
      assert.equal(await recording.code, 0);
      const text = recording.stderr.text();
      assert.match(
        text,
        /\nRecorded 2 events .* \(1 rejected\)\n/,
      );
      assert.match(text, atTheEnd);
      const printed = recording.stdout.text().trimEnd().split("\n");
      assert.equal(printed.length, 2);
      for (const line of printed) assert.match(line, /^SensorEvent\(/);
    },
  );
}

mosquittoTest("record --stats waits for weeks, too", async () => {
  await using mosquitto = await startMosquitto();
  await using folder = await makeFolder();
  await using recording = weir([
    ...["record", "t", folder.path("test.csv"), "-b", mosquitto.url],
    ...["--stats", "42d", "--duration", "1s"],
  ]);
  assert.equal(await recording.code, 0);
  // A timer that is set for longer than it can wait goes off at once, and says so.
  assert.doesNotMatch(recording.stderr.text(), /After|Overflow/);
});

Deno.test("record --stats wants a duration", async () => {
  await using recording = weir(["record", "t", "test.csv", "--stats", "often"]);
  assert.equal(await recording.code, 2);
  assert.match(recording.stderr.text(), /"often" is not a duration/);
});
