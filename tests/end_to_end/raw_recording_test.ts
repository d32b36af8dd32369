import assert from "node:assert/strict";
import { publishMessages } from "../../pipeline/mod.ts";
import { makeFolder } from "../helpers/folder.ts";
import { startMosquitto } from "../helpers/mosquitto.ts";
import { mosquittoTest } from "../helpers/needs.ts";
import { weir } from "../helpers/weir.ts";

const PROPERTIES = {
  contentType: "text/plain",
  correlationData: new Uint8Array([1, 255]),
  userProperties: { unit: "lx" },
};

async function* messages() {
  yield { topic: "lab/a", payload: '["a", 611, 1]' };
  yield { topic: "lab/none", payload: "{no JSON" };
  yield { topic: "lab/bytes", payload: new Uint8Array([0xff, 0]) };
  yield { topic: "lab/b", payload: "2", retain: true, properties: PROPERTIES };
  yield { topic: "weir/lux-1/status", payload: "up" };
}

/** What is the same each time that a message is recorded. */
const kept = (line: string) => {
  const { time: _, retain: __, ...rest } = JSON.parse(line);
  return rest;
};

for (const durable of [false, true]) {
  mosquittoTest(
    `record ${
      durable ? "--durable " : ""
    }--raw keeps messages whole, and replay publishes them as they came`,
    async () => {
      await using mosquitto = await startMosquitto();
      await using folder = await makeFolder();
      const record = async (name: string, publish: () => Promise<void>) => {
        await using recording = weir([
          ...["record", "lab/#", folder.path(name), "--raw", "--qos", "1"],
          ...["-t", "weir/#", "-b", mosquitto.url, "--stats", "1h"],
          ...durable ? ["--durable", name] : [],
        ]);
        await recording.stderr.match(/^Connected/m);
        await publish();
        // Readings are printed all the same.
        await recording.stdout.count(2);
        recording.kill("SIGINT");
        assert.equal(await recording.code, 0, recording.stderr.text());
        assert.match(
          recording.stderr.text(),
          /Recorded 5 messages from 5 topics .* \(0 rejected/,
        );
        return (await folder.read(name)).trimEnd().split("\n");
      };
      const lines = await record("raw.jsonl", async () => {
        await publishMessages(mosquitto.url, messages(), { qos: 1 });
      });
      assert.deepEqual(lines.map(kept), [
        { topic: "lab/a", payload: '["a", 611, 1]', qos: 1, dup: false },
        { topic: "lab/none", payload: "{no JSON", qos: 1, dup: false },
        { topic: "lab/bytes", base64: "/wA=", qos: 1, dup: false },
        {
          ...{ topic: "lab/b", payload: "2", qos: 1, dup: false },
          properties: { ...PROPERTIES, correlationData: "Af8=" },
        },
        { topic: "weir/lux-1/status", payload: "up", qos: 1, dup: false },
      ]);
      await using checking = weir(["check", folder.path("raw.jsonl")]);
      assert.equal(await checking.code, 0, checking.stdout.text());
      const again = await record("again.jsonl", async () => {
        await using replaying = weir([
          ...["replay", folder.path("raw.jsonl"), "--speed", "max"],
          ...["-b", mosquitto.url],
        ]);
        assert.equal(await replaying.code, 0, replaying.stderr.text());
      });
      assert.deepEqual(again.map(kept), lines.map(kept));
      await using exporting = weir([
        ...["export", folder.path("raw.jsonl"), "-", "--id", "x/{topic}"],
      ]);
      assert.equal(await exporting.code, 0);
      assert.match(
        exporting.stdout.text(),
        /,x\/lab\/a,1\r\n.*,x\/lab\/b,2\r\n$/,
      );
      assert.match(exporting.stderr.text(), /raw\.jsonl:2: left out: /);
    },
  );
}

Deno.test("record --raw refuses a CSV", async () => {
  await using recording = weir(["record", "t", "raw.csv", "--raw"]);
  assert.equal(await recording.code, 2);
  assert.match(recording.stderr.text(), /Call it raw\.jsonl/);
});
