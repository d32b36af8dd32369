import assert from "node:assert/strict";
import { makeFolder } from "../helpers/folder.ts";
import { startMosquitto } from "../helpers/mosquitto.ts";
import { mosquittoTest } from "../helpers/needs.ts";
import { weir } from "../helpers/weir.ts";

const COLUMNS = "topic,sensor_id,value,device_time,qos,retain,timestamp";

for (const durable of [[], ["--durable", "lab"]]) {
  mosquittoTest(
    `${
      ["record", ...durable].join(" ")
    } --columns: check, export and replay read the file, and the next start goes on in it`,
    async () => {
      await using mosquitto = await startMosquitto();
      await using folder = await makeFolder();
      const file = folder.path("test.csv");
      const record = async (value: number, ...columns: string[]) => {
        await using recording = weir([
          ...["record", "lab/#", file, "-b", mosquitto.url, "--qos", "1"],
          ...durable,
          ...columns,
        ]);
        await recording.stderr.match(/^Connected/m);
        const message = `["a", 611, ${value}]`;
        await mosquitto.publish("-t", "lab/1", "-m", message, "-q", "1");
        await recording.stdout.count(1);
        recording.kill("SIGINT");
        assert.equal(await recording.code, 0);
      };
      await record(1, "--columns", COLUMNS);
      await record(2);
      const [header, ...rows] = (await folder.read("test.csv")).split("\r\n");
      assert.equal(header, COLUMNS);
      assert.deepEqual(
        rows.map((row) => row.replace(/[\d.]+$/, "")),
        ["lab/1,a,1,611,1,false,", "lab/1,a,2,611,1,false,", ""],
      );
      await using checking = weir(["check", file]);
      assert.equal(await checking.code, 0, checking.stdout.text());
      await using exporting = weir(["export", file, folder.path("a.jsonl")]);
      assert.equal(await exporting.code, 0, exporting.stderr.text());
      const lines = (await folder.read("a.jsonl")).trimEnd().split("\n");
      assert.deepEqual(lines.map((line) => JSON.parse(line).topic), [
        "lab/1",
        "lab/1",
      ]);
      await using listening = weir(["sub", "lab/#", "-b", mosquitto.url]);
      await listening.stderr.match(/^Connected/m);
      await using replaying = weir([
        ...["replay", file, "--speed", "max", "-b", mosquitto.url],
      ]);
      assert.equal(await replaying.code, 0, replaying.stderr.text());
      await listening.stdout.match(/\["a",611,2\]/);
    },
  );
}

mosquittoTest(
  "A run with $share writes the columns by which an export leaves out doubles",
  async () => {
    await using mosquitto = await startMosquitto();
    await using folder = await makeFolder();
    const files = ["a.csv", "b.csv"].map(folder.path);
    const topic = "$share/group/lab/#";
    for (const file of files) {
      await using recording = weir([
        "record",
        topic,
        file,
        "-b",
        mosquitto.url,
      ]);
      await recording.stderr.match(/^Connected/m);
      const message = '["a", 611, 1]';
      await mosquitto.publish("-t", "lab/1", "-m", message);
      await recording.stdout.count(1);
      recording.kill("SIGINT");
      assert.equal(await recording.code, 0);
    }
    await using exporting = weir(["export", ...files, "-", "--no-doubles"]);
    assert.equal(await exporting.code, 0, exporting.stderr.text());
    assert.equal(exporting.stdout.text().trimEnd().split("\r\n").length, 2);
    assert.match(exporting.stderr.text(), /1 double left out/);
  },
);

Deno.test("--columns that no recording can have are refused, and not for JSON lines", async () => {
  for (
    const [file, columns, wrong] of [
      ["a.csv", "timestamp,value", /needs the columns/],
      ["a.csv", "timestamp,sensor_id,value,unit", /no column unit/],
      ["a.jsonl", "timestamp,sensor_id,value", /JSON lines/],
    ] as const
  ) {
    await using recording = weir(["record", "t", file, "--columns", columns]);
    assert.equal(await recording.code, 2);
    assert.match(recording.stderr.text(), wrong);
  }
});
