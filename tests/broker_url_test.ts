import assert from "node:assert/strict";
import { readBrokerUrl, WeirError } from "../pipeline/mod.ts";

Deno.test("a URL is shown without login and query, and a path without what may be a token", () => {
  for (
    const [url, shown, address] of [
      ["mqtt://ada:pw@pi", "mqtt://pi:1883", "mqtt://pi:1883"],
      ["wss://pi/mqtt", "wss://pi:443/mqtt", "wss://pi:443/mqtt"],
      ["ws://pi:9001/", "ws://pi:9001", "ws://pi:9001"],
      [
        "wss://pi/mqtt/S3cr3t?t=S3cr3t",
        "wss://pi:443/mqtt/***",
        "wss://pi:443/mqtt/S3cr3t?t=S3cr3t",
      ],
      [
        "wss://ada:S3cr3t@pi/S3cr3t/v2/ws",
        "wss://pi:443/***/v2/ws",
        "wss://pi:443/S3cr3t/v2/ws",
      ],
    ]
  ) {
    const read = readBrokerUrl(url);
    assert.deepEqual([read.href, read.address], [shown, address]);
  }
});

Deno.test("what is no URL of a broker is shown without what may be secret in it", () => {
  for (
    const [url, shown] of [
      ["localhost", "localhost"],
      ["htp://ada:S3cr3t@pi", "htp://***@pi"],
      ["wss://pi:99999/S3cr3t?S3cr3t", "wss://pi:99999/***?***"],
      ["mqtt://pi/S3cr3t", "mqtt://pi/***"],
      ["mqtt://\x1b[2J pi", "mqtt://\\u001b[2J pi"],
      ["mqtt://\u202e pi", "mqtt://\\u202e pi"],
    ]
  ) {
    assert.throws(
      () => readBrokerUrl(url),
      (error) =>
        error instanceof WeirError && error.message.startsWith(`"${shown}" `),
      url,
    );
  }
});
