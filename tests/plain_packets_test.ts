import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import mqttPacket from "mqtt-packet";
import { isPlain, plainPackets } from "../pipeline/mqtt/plain_packets.ts";
import type { Outgoing } from "../pipeline/mod.ts";

const MESSAGES: Outgoing[] = [
  { topic: "lab/a", payload: '["a", 1, 2]' },
  { topic: "lab/a", payload: "", retain: true },
  { topic: "Ümläut/😀", payload: "ß😀".repeat(50) },
  { topic: "b", payload: new Uint8Array([0, 255, 128]) },
  { topic: "long", payload: "x".repeat(65_535) },
  { topic: "long", payload: new Uint8Array(16_384) },
];

for (const version of [3, 5] as const) {
  Deno.test(`plain packets of MQTT ${version} are those that mqtt.js would make`, () => {
    assert.ok(MESSAGES.every(isPlain));
    const wanted = MESSAGES.map(({ topic, payload, retain = false }) =>
      mqttPacket.generate({
        ...{ cmd: "publish", qos: 0, dup: false, topic, retain },
        payload: Buffer.from(payload as string),
      }, { protocolVersion: version === 5 ? 5 : 4 })
    );
    assert.deepEqual(
      Buffer.from(plainPackets(MESSAGES, version)),
      Buffer.concat(wanted),
    );
  });
}

Deno.test("what mqtt.js has to make, or to refuse, is not plain", () => {
  const message = { topic: "a", payload: "1" };
  for (
    const changes of [
      { qos: 1 as const },
      { properties: { contentType: "a" } },
      { topic: "" },
      { topic: "x".repeat(30_000) },
      { payload: "x".repeat(65_536) },
    ]
  ) assert.ok(!isPlain({ ...message, ...changes }), Object.keys(changes)[0]);
});
