import assert from "node:assert/strict";
import { makeFolder } from "../helpers/folder.ts";
import { startMosquitto } from "../helpers/mosquitto.ts";
import { mosquittoTest } from "../helpers/needs.ts";
import { weir } from "../helpers/weir.ts";

const HEADER = "timestamp,datetime,sensor_id,value";

/** The rows of a CSV without their times: `lux-1,284.1312`. */
function readings(csv: string): string[] {
  assert.ok(csv.startsWith(`${HEADER}\r\n`), csv);
  assert.ok(csv.endsWith("\r\n"), csv);
  return csv.split("\r\n").slice(1, -1)
    .map((row) => row.split(",").slice(2).join());
}

mosquittoTest("record does what the tutorial's server.py does", async () => {
  await using mosquitto = await startMosquitto();
  await using folder = await makeFolder();
  const file = folder.path("test.csv");
  const before = Date.now() / 1000;
  await using recording = weir([
    "record",
    "sensor-data",
    file,
    "--broker",
    mosquitto.url,
  ]);
  assert.equal(
    await recording.stderr.match(/Connected/),
    `Connected to ${mosquitto.url} (MQTT 5), subscribed to sensor-data (QoS 0), recording to ${file}`,
  );
  await mosquitto.publish(
    "-t",
    "sensor-data",
    "-m",
    '["lux-1", 611, 284.1312]',
  );
  await mosquitto.publish(
    "-t",
    "sensor-data",
    "-m",
    '["lux-1", 613, 371.6063]',
  );
  await recording.stdout.count(2);
  recording.kill("SIGINT");
  assert.equal(await recording.code, 0);

  const csv = await folder.read("test.csv");
  assert.deepEqual(readings(csv), ["lux-1,284.1312", "lux-1,371.6063"]);
  for (const row of csv.split("\r\n").slice(1, -1)) {
    const [timestamp, datetime] = row.split(",");
    assert.match(timestamp, /^\d{10}\.\d{3}$/);
    assert.equal(new Date(Number(timestamp) * 1000).toISOString(), datetime);
    assert.ok(Number(timestamp) >= before - 0.001);
  }
  const lines = recording.stdout.text().trimEnd().split("\n");
  const times = csv.split("\r\n").slice(1, -1)
    .map((row) => Number(row.split(",")[0]));
  assert.deepEqual(lines, [
    `SensorEvent(sensor_id='lux-1', ts=${times[0]}, val=284.1312)`,
    `SensorEvent(sensor_id='lux-1', ts=${times[1]}, val=371.6063)`,
  ]);
  assert.match(
    recording.stderr.text(),
    /\nRecorded 2 events from 1 sensor to \S+ in [\d.]+ s \(0 rejected\)\n$/,
  );
});

for (const durable of [[], ["--durable", "lab"]]) {
  mosquittoTest(
    `${
      ["record", ...durable].join(" ")
    } records to JSON lines if the file's name ends so, and goes on in them`,
    async () => {
      await using mosquitto = await startMosquitto();
      await using folder = await makeFolder();
      const file = folder.path("test.jsonl");
      for (const value of [1, 2]) {
        await using recording = weir([
          ...["record", "lab/#", file, "--broker", mosquitto.url],
          ...durable,
        ]);
        await recording.stderr.match(/^Connected/);
        const message = `["=1+1", 611, ${value}]`;
        await mosquitto.publish("-t", "lab/a", "-m", message, "-q", "1");
        await recording.stdout.count(1);
        recording.kill("SIGINT");
        assert.equal(await recording.code, 0);
      }
      const lines = (await folder.read("test.jsonl")).trimEnd().split("\n");
      assert.deepEqual(
        lines.map((line) => {
          const { ts: _, time: __, ...rest } = JSON.parse(line);
          return rest;
        }),
        [1, 2].map((val) => ({
          sensor_id: "=1+1",
          val,
          topic: "lab/a",
          device_ts: 611,
          qos: durable.length > 0 ? 1 : 0,
          retain: false,
          dup: false,
        })),
      );
      await using checking = weir(["check", file]);
      assert.equal(await checking.code, 0);
    },
  );
}
