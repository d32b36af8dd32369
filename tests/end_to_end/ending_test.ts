import assert from "node:assert/strict";
import { broker, publish } from "../../pipeline/mod.ts";
import { makeFolder } from "../helpers/folder.ts";
import { terminalTest } from "../helpers/needs.ts";
import { openTerminal } from "../helpers/terminal.ts";
import { freePort } from "../helpers/mosquitto.ts";
import { readLines } from "../helpers/lines.ts";
import { MAIN, weir } from "../helpers/weir.ts";

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

terminalTest(
  "what record says after Ctrl-C begins a line of its own",
  async () => {
    await using local = await broker({ port: 0 });
    await using folder = await makeFolder();
    await using terminal = await openTerminal(folder.path("."));
    await terminal.weir(["record", "x", "x.csv", "-b", local.url]);
    await terminal.shows(/^Connected/m);
    await terminal.press("C-c");
    await terminal.shows(/^\^C\nRecorded 0 events /m);
    assert.equal(await terminal.code(), 0);
  },
);

Deno.test("record ends at once with 130 at a second SIGINT", async () => {
  await using local = await broker({ port: 0 });
  await using folder = await makeFolder();
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "-q", "-A", MAIN, "record", "x", folder.path("x.csv")],
      ...["-b", local.url],
    ],
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const stderr = readLines(child.stderr);
  await stderr.match(/^Connected/);
  // A line longer than a pipe holds, of which only the beginning is read: what
  // was taken in cannot flow to the end.
  await publish(local.url, "x", [
    JSON.stringify(["x", 0, "x".repeat(900_000)]),
  ]);
  const reader = child.stdout.getReader();
  await reader.read();
  let code: number | undefined;
  const ended = child.status.then((status) => code = status.code);
  // One soon after another is its echo, as `deno task` makes one.
  for (let tries = 0; code === undefined; tries++) {
    assert.ok(tries < 1000, "it did not end");
    child.kill("SIGINT");
    await Promise.race([ended, new Promise((wake) => setTimeout(wake, 50))]);
  }
  assert.equal(code, 130);
  await reader.cancel();
  await stderr.ended;
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

Deno.test("record --wait ends after --duration also without any broker, and leaves no file", async () => {
  await using folder = await makeFolder();
  await using waiting = weir([
    ...["record", "x", folder.path("x.csv"), "-b", "mqtt://127.0.0.1:1"],
    ...["--wait", "--duration", "0.5s"],
  ]);
  assert.equal(await waiting.code, 0, waiting.stderr.text());
  assert.match(waiting.stderr.text(), /Trying again/);
  await assert.rejects(folder.read("x.csv"), Deno.errors.NotFound);
});

Deno.test("record waits where it cannot write, and ends with 1 if it still cannot at its end", async () => {
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
      ...["record", "x", folder.path("x.csv"), "-b", local.url],
    ],
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const stderr = readLines(child.stderr);
  await stderr.match(/^Connected/);
  const stdout = readLines(child.stdout);
  await publish(local.url, "x", ["1", "2"]);
  await stdout.match(/val=2/);
  await publish(local.url, "x", Array.from({ length: 60 }, (_, n) => `${n}`));
  await stderr.match(/^Cannot write .*too large/);
  child.kill("SIGINT");
  assert.equal((await child.status).code, 1);
  await stderr.ended;
  assert.match(
    stderr.text(),
    /\nCannot write .*too large.* could not be written/,
  );
  const csv = await folder.read("x.csv");
  assert.ok(csv.endsWith("\r\n"));
  assert.ok(csv.split("\r\n").length > 2);
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
    `Cannot connect to ${url}: connection refused. Is the broker running? Try: weir broker. Without any broker: weir demo\n`,
  );
  // What it has not begun it does not leave.
  assert.deepEqual([...Deno.readDirSync(folder.path(""))], []);
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

Deno.test("record has one connection at a time, whatever the broker refuses", async () => {
  // Grants the topic the first time, refuses it the second, grants it again.
  let connections = 0;
  let open = 0;
  let most = 0;
  await using fake = fakeBroker(async (client, packet) => {
    const type = packet[0] >> 4;
    if (type === 1) {
      most = Math.max(most, ++open);
      connections++;
      await client.write(CONNACK);
    }
    if (type === 8) {
      const code = connections === 2 ? 0x87 : 0;
      const id = packet.subarray(2, 4);
      await client.write(new Uint8Array([0x90, 4, ...id, 0, code]));
      if (connections === 1) client.close();
    }
  }, () => open--);
  await using folder = await makeFolder();
  await using recording = weir(
    ["record", "x", folder.path("x.csv"), "-b", fake.url],
  );
  await recording.stderr.match(/^Reconnected/);
  assert.equal(most, 1);
  assert.equal(connections, 3);
  // The broker that is back and says no is told of, too.
  assert.match(recording.stderr.text(), /^Lost the connection .*$/m);
  recording.kill("SIGINT");
  assert.equal(await recording.code, 0);
});

Deno.test("record ends at SIGINT also where the broker does not answer its subscription", async () => {
  const subscribed = Promise.withResolvers<void>();
  await using fake = fakeBroker(async (client, packet) => {
    if (packet[0] >> 4 === 1) await client.write(CONNACK);
    if (packet[0] >> 4 === 8) subscribed.resolve();
  });
  await using folder = await makeFolder();
  await using recording = weir(
    ["record", "x", folder.path("x.csv"), "-b", fake.url],
  );
  await subscribed.promise;
  recording.kill("SIGINT");
  assert.equal(await recording.code, 0);
});

Deno.test("record --overwrite leaves the file alone until there is a broker", async () => {
  await using folder = await makeFolder();
  await Deno.writeTextFile(folder.path("x.csv"), "worth keeping\n");
  const url = `mqtt://127.0.0.1:${freePort()}`;
  await using recording = weir(
    ["record", "x", folder.path("x.csv"), "--overwrite", "-b", url],
  );
  assert.equal(await recording.code, 1);
  assert.equal(await folder.read("x.csv"), "worth keeping\n");
});

Deno.test("record goes on when stdout cannot be written", async () => {
  await using local = await broker({ port: 0 });
  await using folder = await makeFolder();
  const child = new Deno.Command("sh", {
    args: [
      ...["-c", 'exec "$0" "$@" > /dev/full', Deno.execPath()],
      ...["run", "-q", "-A", MAIN, "record", "x", folder.path("x.csv")],
      ...["-b", local.url, "--count", "3"],
    ],
    stdout: "null",
    stderr: "piped",
  }).spawn();
  const stderr = readLines(child.stderr);
  await stderr.match(/^Connected/);
  await publish(local.url, "x", ["1"]);
  await stderr.match(/^Nothing more is printed: No space left/);
  await publish(local.url, "x", ["2", "3"]);
  assert.equal((await child.status).code, 0);
  await stderr.ended;
  assert.equal((await folder.read("x.csv")).split("\r\n").length, 5);
});

/** MQTT 5: success, no properties (section 3.2). */
const CONNACK = new Uint8Array([0x20, 3, 0, 0, 0]);

/** MQTT 5: DISCONNECT with reason code 0x8E (section 3.14). */
const SESSION_TAKEN_OVER = new Uint8Array([0xe0, 1, 0x8e]);

/** Answers each packet as told; the packets of these tests come one by one. */
function fakeBroker(
  answer: (client: Deno.TcpConn, packet: Uint8Array) => Promise<void>,
  gone: () => void = () => {},
) {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const serving = new Set<Promise<void>>();
  const serve = async (client: Deno.TcpConn) => {
    const buffer = new Uint8Array(1024);
    try {
      for (let read; (read = await client.read(buffer)) !== null;) {
        await answer(client, buffer.subarray(0, read));
      }
      client.close();
    } catch {
      // Closed by the answer.
    }
    gone();
  };
  const accepting = (async () => {
    for await (const client of listener) serving.add(serve(client));
  })();
  return {
    url: `mqtt://127.0.0.1:${listener.addr.port}`,
    async [Symbol.asyncDispose]() {
      listener.close();
      await accepting;
      await Promise.all(serving);
    },
  };
}
