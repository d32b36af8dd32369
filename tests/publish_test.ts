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
