import assert from "node:assert/strict";
import { broker, publish } from "../pipeline/mod.ts";
import { startMosquitto } from "./helpers/mosquitto.ts";
import { mosquittoTest } from "./helpers/needs.ts";

Deno.test("publish() of nothing publishes nothing", async () => {
  await using local = await broker({ port: 0 });
  assert.equal(await publish(local.url, "t", []), 0);
});

Deno.test("publish() passes on what went wrong with its messages", async () => {
  await using local = await broker({ port: 0 });
  const failing = new Error("disk read error");
  async function* messages() {
    yield "1";
    throw failing;
  }
  await assert.rejects(publish(local.url, "t", messages()), failing);
});

Deno.test("publish() says that the broker is gone", async () => {
  const local = await broker({ port: 0 });
  async function* messages() {
    yield "1";
    await local[Symbol.asyncDispose]();
    yield "2";
  }
  await assert.rejects(
    publish(local.url, "t", messages(), { qos: 1 }),
    /The connection is gone/,
  );
});

mosquittoTest(
  "publish() says once that the broker refused a message",
  async () => {
    await using mosquitto = await startMosquitto({
      files: { acl: "topic read #\n" },
      config: (folder) => `acl_file ${folder}/acl`,
    });
    await assert.rejects(
      publish(mosquitto.url, "t", ["1"], { qos: 1 }),
      /^WeirError: The broker refused the message: Not authorized$/,
    );
  },
);

mosquittoTest(
  "publish() publishes what the broker takes, and says what it does not",
  async () => {
    await using mosquitto = await startMosquitto({
      config: () => "max_qos 0\nmax_packet_size 2000\nretain_available false",
    });
    const send = (
      messages: string[],
      options: { qos?: 0 | 1; retain?: boolean } = {},
    ) => publish(mosquitto.url, "t", messages, options);
    // Header, length, topic and properties are 7 bytes.
    assert.equal(await send(["a", "x".repeat(1993)]), 2);
    await assert.rejects(
      send(["a", "x".repeat(1994)]),
      /A message on t was not published: its packet has 2,001 bytes, and the broker takes 2,000 bytes at most\.$/,
    );
    await assert.rejects(
      send(["a"], { qos: 1 }),
      /A message on t was not published: it has QoS 1, and the broker takes QoS 0 at most\.$/,
    );
    await assert.rejects(
      send(["a"], { retain: true }),
      /A message on t was not published: the broker does not retain messages\.$/,
    );
  },
);
