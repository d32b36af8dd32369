import assert from "node:assert/strict";
import { createServer, type Socket } from "node:net";
import { broker, publish } from "../../pipeline/mod.ts";
import { makeFolder } from "../helpers/folder.ts";
import { freePort } from "../helpers/mosquitto.ts";
import { weir } from "../helpers/weir.ts";

const ONE = ['["lux-1", 611, 284.1312]'];

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  Deno.test(`record ends gracefully at ${signal}: rows, summary, exit code 0`, async () => {
    await using local = await broker({ port: 0 });
    await using folder = await makeFolder();
    await using recording = weir(
      ["record", "x", folder.path("x.csv"), "-b", local.url],
    );
    await recording.stderr.match(/^Connected/);
    await publish(local.url, "x", ONE);
    await recording.stdout.count(1);
    recording.kill(signal);
    assert.equal(await recording.code, 0);
    assert.match(await folder.read("x.csv"), /,lux-1,284\.1312\r\n$/);
    assert.match(recording.stderr.text(), /\nRecorded 1 event from 1 sensor /);
  });
}

Deno.test("record ends at once with 130 at a second SIGINT", async () => {
  // A broker that never takes leave holds the graceful end up.
  const sockets: Socket[] = [];
  await using local = await broker({ port: 0 });
  const proxy = createServer({ allowHalfOpen: true }, (client) => {
    sockets.push(client);
    const [host, port] = ["127.0.0.1", local.port];
    import("node:net").then(({ connect }) => {
      const server = connect({ host, port });
      sockets.push(server);
      client.pipe(server, { end: false });
      server.pipe(client, { end: false });
      client.on("error", () => {});
      server.on("error", () => {});
    });
  });
  await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
  const { port } = proxy.address() as { port: number };
  await using folder = await makeFolder();
  await using recording = weir(
    ["record", "x", folder.path("x.csv"), "-b", `mqtt://127.0.0.1:${port}`],
  );
  await recording.stderr.match(/^Connected/);
  recording.kill("SIGINT");
  recording.kill("SIGINT");
  assert.ok([0, 130].includes(await recording.code));
  for (const socket of sockets) socket.destroy();
  await new Promise((resolve) => proxy.close(resolve));
});

Deno.test("record ends after --count events and --duration", async () => {
  await using local = await broker({ port: 0 });
  await using folder = await makeFolder();
  const args = (
    name: string,
  ) => ["record", "x", folder.path(name), "-b", local.url];
  await using counted = weir([...args("count.csv"), "--count", "3"]);
  await using timed = weir([...args("time.csv"), "--duration", "0.2s"]);
  await counted.stderr.match(/^Connected/);
  await publish(local.url, "x", ["1", "2", "3", "4", "5"]);
  assert.equal(await counted.code, 0);
  assert.equal(await timed.code, 0);
  const rows = (await folder.read("count.csv")).split("\r\n").slice(1, -1);
  assert.deepEqual(rows.map((row) => row.at(-1)), ["1", "2", "3"]);
  assert.match(
    timed.stderr.text(),
    /\nRecorded \d events? .* in [\d.]+ s \(0 rejected\)/,
  );
});

Deno.test("record ends with 1 where it cannot write, and says how many rows are safe", async () => {
  await using local = await broker({ port: 0 });
  await using folder = await makeFolder();
  // The shell's limit on a file's size stands in for a full disk.
  const child = new Deno.Command("sh", {
    args: [
      "-c",
      'ulimit -f 1; trap "" XFSZ; exec "$0" "$@"',
      Deno.execPath(),
      ...[
        "run",
        "-q",
        "-A",
        new URL("../../main.ts", import.meta.url).pathname,
      ],
      ...["record", "x", folder.path("x.csv"), "--quiet", "-b", local.url],
    ],
    stdout: "null",
    stderr: "piped",
  }).spawn();
  const { readLines } = await import("../helpers/lines.ts");
  const stderr = readLines(child.stderr);
  await stderr.match(/^Connected/);
  await publish(local.url, "x", Array.from({ length: 60 }, (_, n) => `${n}`));
  assert.equal((await child.status).code, 1);
  await stderr.ended;
  const [, safe] = /(\d+) rows of this recording are in it\.\n$/
    .exec(stderr.text()) ?? assert.fail(stderr.text());
  const csv = await folder.read("x.csv");
  assert.ok(csv.endsWith("\r\n"));
  assert.equal(csv.split("\r\n").length - 2, Number(safe));
  assert.ok(Number(safe) > 0);
});

Deno.test("record falls back to MQTT 3.1.1 where the broker refuses 5", async () => {
  await using local = await broker({ port: 0 });
  await using folder = await makeFolder();
  const args = ["record", "x", folder.path("x.csv"), "-b", local.url];
  await using recording = weir([...args, "--duration", "0.1s"]);
  await recording.stderr.match(/^Connected to \S+ \(MQTT 3\.1\.1\)/);
  assert.equal(await recording.code, 0);
  await using strict = weir([...args, "--mqtt", "5"]);
  assert.equal(await strict.code, 1);
  assert.match(
    strict.stderr.text(),
    /does not speak this MQTT version\. Try: --mqtt 3/,
  );
});

Deno.test("record ends with 1 where nobody listens, and says what to try", async () => {
  await using folder = await makeFolder();
  const url = `mqtt://127.0.0.1:${freePort()}`;
  await using recording = weir([
    "record",
    "x",
    folder.path("x.csv"),
    "-b",
    url,
  ]);
  assert.equal(await recording.code, 1);
  assert.equal(
    recording.stderr.text(),
    `Cannot connect to ${url}: connection refused. Is the broker running? Try: weir broker\n`,
  );
});

Deno.test("record ends with 1 where something listens that is no broker", async () => {
  const server = Deno.serve({
    port: 0,
    hostname: "127.0.0.1",
    onListen() {},
  }, () => new Response());
  await using folder = await makeFolder();
  const url = `mqtt://127.0.0.1:${server.addr.port}`;
  await using recording = weir([
    "record",
    "x",
    folder.path("x.csv"),
    "-b",
    url,
  ]);
  assert.equal(await recording.code, 1);
  assert.ok(
    recording.stderr.text().startsWith(`Cannot connect to ${url}: `),
    recording.stderr.text(),
  );
  assert.doesNotMatch(recording.stderr.text(), / at /);
  await recording.code;
  await server.shutdown();
});

Deno.test("record ends with 1 where another client takes over its client id", async () => {
  const taken = Promise.withResolvers<void>();
  await using fake = fakeBroker(async (client, packet) => {
    const type = packet[0] >> 4;
    if (type === 1) await client.write(CONNACK);
    if (type === 8) {
      await client.write(new Uint8Array([0x90, 4, packet[2], packet[3], 0, 0]));
      await taken.promise;
      await client.write(SESSION_TAKEN_OVER);
    }
  });
  await using folder = await makeFolder();
  const args = ["record", "x", folder.path("x.csv"), "--client-id", "the-one"];
  await using recording = weir([...args, "-b", fake.url]);
  await recording.stderr.match(/^Connected/);
  taken.resolve();
  assert.equal(await recording.code, 1);
  assert.match(
    recording.stderr.text(),
    /another client took over the client id\. Give each its own/,
  );
});

/** MQTT 5: success, no properties (section 3.2). */
const CONNACK = new Uint8Array([0x20, 3, 0, 0, 0]);

/** MQTT 5: DISCONNECT with reason code 0x8E (section 3.14). */
const SESSION_TAKEN_OVER = new Uint8Array([0xe0, 1, 0x8e]);

/** Answers each packet as told; the packets of these tests are small. */
function fakeBroker(
  answer: (client: Deno.TcpConn, packet: Uint8Array) => Promise<void>,
) {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const serving = (async () => {
    for await (const client of listener) {
      const buffer = new Uint8Array(1024);
      for (let read; (read = await client.read(buffer)) !== null;) {
        await answer(client, buffer.subarray(0, read));
      }
      client.close();
      break;
    }
  })();
  return {
    url: `mqtt://127.0.0.1:${listener.addr.port}`,
    async [Symbol.asyncDispose]() {
      await serving.catch(() => {});
    },
  };
}
