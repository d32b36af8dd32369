/** Connecting: errors as data, and nothing that outlives the flow. */
import assert from "node:assert/strict";
import { broker, mqtt, WeirError } from "../pipeline/mod.ts";
import { refusal } from "../pipeline/mqtt/connection_errors.ts";
import { withHint } from "../cli/hints.ts";
import { attend } from "./helpers/attend.ts";
import { startFakeBroker } from "./helpers/fake_broker.ts";
import { freePort } from "./helpers/mosquitto.ts";

/** The error by which the flow of a URL ends. */
async function failure(url: string, version?: 3 | 5): Promise<WeirError> {
  try {
    await Array.fromAsync(mqtt(url, "t", { version }));
  } catch (error) {
    if (error instanceof WeirError) return error;
  }
  throw new Error("no WeirError");
}

Deno.test("a broker that cannot be reached is an error with its URL and the reason", async () => {
  const url = `mqtt://127.0.0.1:${freePort()}`;
  const error = await failure(url);
  assert.equal(error.code, "ERR_WEIR_UNREACHABLE");
  assert.deepEqual(error.facts, {
    url,
    reason: "connection refused. Is the broker running?",
    help: "start-broker",
    hungUp: false,
  });
  assert.equal(
    withHint(error),
    `Cannot connect to ${url}: connection refused. Is the broker running? Try: weir broker. Without any broker: weir demo`,
  );
});

Deno.test("a broker that refuses is an error with the code that it gave", async () => {
  await using fake = startFakeBroker({ connack: 5 });
  const url = `mqtt://127.0.0.1:${fake.port}`;
  const error = await failure(url, 3);
  assert.equal(error.code, "ERR_WEIR_REFUSED");
  assert.deepEqual(error.facts, {
    url,
    reason: "not authorized",
    reasonCode: 5,
    ended: false,
    help: "login",
  });
  assert.equal(
    withHint(error),
    `${url} refused the connection: not authorized. Give --username and --password-file.`,
  );
});

Deno.test("a broker that hangs up on MQTT 5 is asked with 3.1.1, unless 5 is wanted", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  let connections = 0;
  const serving = (async () => {
    for await (const client of listener) {
      connections++;
      await client.read(new Uint8Array(100));
      client.close();
    }
  })();
  const url = `mqtt://127.0.0.1:${listener.addr.port}`;
  for (const [version, attempts] of [[5, 1], [undefined, 2]] as const) {
    connections = 0;
    const { code, facts } = await failure(url, version);
    assert.deepEqual(
      [code, facts.hungUp, connections],
      ["ERR_WEIR_UNREACHABLE", true, attempts],
    );
  }
  listener.close();
  await serving;
});

/** Listens, and answers the first packets of each connection with these bytes. */
function answering(...answers: readonly (string | readonly number[])[]) {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const open = new Set<Deno.TcpConn>();
  const answer = async (client: Deno.TcpConn) => {
    const buffer = new Uint8Array(1000);
    try {
      for (const bytes of answers) {
        if (await client.read(buffer) === null) return;
        await client.write(
          typeof bytes === "string"
            ? new TextEncoder().encode(bytes)
            : Uint8Array.from(bytes),
        );
      }
      while (await client.read(buffer) !== null);
    } catch {
      // The client has left.
    }
  };
  const serving = (async () => {
    for await (const client of listener) {
      open.add(client);
      answer(client);
    }
  })();
  return {
    url: `mqtt://127.0.0.1:${listener.addr.port}`,
    async [Symbol.asyncDispose]() {
      listener.close();
      for (const client of open) client.close();
      await serving;
    },
  };
}

const CONNACK = [0x20, 3, 0, 0, 0];

for (
  const [what, answers, reason] of [
    [
      "SSH",
      ["SSH-2.0-OpenSSH_9.2p1\r\n"],
      /^what answers there does not speak/,
    ],
    ["nonsense", [Array(20).fill(0xff)], /^what answers there does not speak/],
    [
      "a message",
      [[0x30, 3, 0, 1, 0x74]],
      /^what answers there does not speak/,
    ],
    [
      "HTTP",
      ["HTTP/1.1 400 Bad Request\r\n\r\n"],
      /^that is no plain MQTT port/,
    ],
    ["a TLS alert", [[0x15, 3, 3, 0, 2, 2, 70]], /^it speaks TLS there/],
    ["AUTH", [[0xf0, 2, 0x18, 0]], /^it asks for an authentication \(AUTH\)/],
    [
      "a malformed CONNACK",
      [[0x20, 6, 0, 0, 3, 0xff, 1, 2]],
      /^what it sent is no MQTT\./,
    ],
    [
      "CONNACK, and then nonsense",
      [CONNACK, [0x30, 2, 0, 9]],
      /^it sent what is no MQTT \(Cannot parse topic\)$/,
    ],
    [
      "CONNACK, and then AUTH",
      [CONNACK, [0xf0, 2, 0x18, 0]],
      /^Protocol error: Auth packet/,
    ],
    ["CONNACK twice", [CONNACK, CONNACK], /^Protocol error: duplicate CONNACK/],
  ] as const
) {
  Deno.test(`a broker that answers with ${what} is an error that says so`, async () => {
    await using strange = answering(...answers);
    const { url } = strange;
    const { code, facts, message } = await failure(url, 5);
    assert.match(code, /^ERR_WEIR_(UNREACHABLE|CONNECTION_LOST)$/);
    assert.match(`${facts.reason}`, reason);
    assert.ok(message.includes(`${url}: ${facts.reason}`), message);
  });
}

for (
  const [code, login, text] of [
    [0x84, false, "it does not speak this MQTT version. Try: --mqtt 3"],
    [
      0x85,
      false,
      "it does not take this client id. Give another one with --client-id.",
    ],
    [
      0x87,
      true,
      "not authorized: wrong user name or password, or no right to connect.",
    ],
    [0x99, false, "reason code 0x99."],
  ] as const
) {
  Deno.test(`a refusal with 0x${code.toString(16)}${login ? " and a login" : ""} says: ${text}`, () => {
    assert.equal(
      withHint(refusal("mqtt://pi:1883", code, { login })),
      `mqtt://pi:1883 refused the connection: ${text}`,
    );
  });
}

for (
  const [what, url] of [
    ["has ended", (local: string) => local],
    ["was refused", () => `mqtt://127.0.0.1:${freePort()}`],
  ] as const
) {
  Deno.test(`a flow that ${what} keeps no process alive by its signal`, async () => {
    await using local = await broker({ port: 0 });
    const script = `
      const { mqtt, publish } = await import(${
      JSON.stringify(import.meta.resolve("../pipeline/mod.ts"))
    });
      const flow = mqtt(Deno.args[0], "t", {
        signal: AbortSignal.timeout(600_000),
        onStatus: ({ state }) =>
          state === "connected" && publish(Deno.args[0], "t", ["1"]),
      });
      try {
        for await (const _batch of flow) break;
      } catch (error) {
        if (error.name !== "WeirError") throw error;
      }
      console.log("over");`;
    const child = new Deno.Command(Deno.execPath(), {
      args: ["eval", script, url(local.url)],
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    await using running = attend(child);
    await running.stdout.match(/over/);
    // The signal would keep it for ten minutes.
    const late = Promise.withResolvers<"still there">();
    const timer = setTimeout(() => late.resolve("still there"), 60_000);
    assert.equal(await Promise.race([running.code, late.promise]), 0);
    clearTimeout(timer);
  });
}
