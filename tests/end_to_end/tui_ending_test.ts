import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { generate, type Packet, parser } from "mqtt-packet";
import { valuesOf } from "../helpers/csv_rows.ts";
import { makeFolder } from "../helpers/folder.ts";
import { startMosquitto } from "../helpers/mosquitto.ts";
import { terminalTest } from "../helpers/needs.ts";
import { startProxy } from "../helpers/proxy.ts";
import { openTerminal } from "../helpers/terminal.ts";
import { childOf, isRestored, openTui, publish } from "../helpers/tui.ts";

terminalTest("tui waits for a broker that is not there yet", async () => {
  await using mosquitto = await startMosquitto();
  await using folder = await makeFolder();
  await using terminal = await openTerminal(folder.path(""));
  await mosquitto.stop();
  await terminal.weir(["tui", "sensor-data", "-b", mosquitto.url]);
  await terminal.shows(/reconnecting[^]*connection refused/);
  await mosquitto.start();
  await terminal.shows(/● connected/);
});

terminalTest(
  "tui gives up at once where the broker refuses the login",
  async () => {
    await using mosquitto = await startMosquitto({ anonymous: false });
    await using folder = await makeFolder();
    await using terminal = await openTerminal(folder.path(""));
    await terminal.weir(["tui", "sensor-data", "-b", mosquitto.url]);
    assert.equal(await terminal.code(), 1);
    await terminal.shows(/refused the connection: not authorized/);
    await isRestored(terminal);
  },
);

terminalTest(
  "tui stays, and says why, where the session is taken over for good",
  async () => {
    await using folder = await makeFolder();
    await using terminal = await openTerminal(folder.path(""));
    using broker = startTakingOver();
    await terminal.weir(["tui", "sensor-data", "test.csv", "-b", broker.url]);
    await terminal.shows(/● recording[^]*1 row/);
    await terminal.press("p", "Enter", "Enter");
    await terminal.shows(/✖ offline[^]*took over the client id/);
    await terminal.shows(/○ not recording[^]*1 row · 1 safe/);
    await terminal.press("q");
    assert.equal(await terminal.code(), 1);
    await terminal.shows(/ended the connection: another client/);
    await isRestored(terminal);
    assert.deepEqual(valuesOf(await folder.read("test.csv")), [42]);
  },
);

/**
 * A broker that gives its subscribers one reading, and tells them that their
 * session is taken over when somebody publishes. (Mosquitto 2.0.11 closes the
 * connection without a word.)
 */
function startTakingOver(): Disposable & { url: string } {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const readers = new Set<(packet: Packet) => void>();
  const serve = async (connection: Deno.Conn) => {
    const writer = connection.writable.getWriter();
    const send = (packet: Packet) =>
      void writer.write(
        new Uint8Array(generate(packet, { protocolVersion: 5 })),
      ).catch(() => {});
    const packets = parser({ protocolVersion: 5 });
    packets.on("packet", (packet) => {
      if (packet.cmd === "connect") {
        send({ cmd: "connack", sessionPresent: false, reasonCode: 0 });
      } else if (packet.cmd === "subscribe") {
        const { messageId, subscriptions: [{ topic }] } = packet;
        send({ cmd: "suback", messageId, granted: [0] });
        if (topic !== "sensor-data") return;
        readers.add(send);
        const payload = '["lux-1", 0, 42]';
        const flags = { qos: 0, dup: false, retain: false } as const;
        send({ cmd: "publish", topic, payload, ...flags });
      } else if (packet.cmd === "publish") {
        for (const reader of readers) {
          reader({ cmd: "disconnect", reasonCode: 0x8e });
        }
      }
    });
    for await (const chunk of connection.readable) {
      packets.parse(Buffer.from(chunk));
    }
  };
  (async () => {
    for await (const connection of listener) serve(connection).catch(() => {});
  })();
  return {
    url: `mqtt://127.0.0.1:${listener.addr.port}`,
    [Symbol.dispose]: () => listener.close(),
  };
}

for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) {
  terminalTest(
    `tui ends gracefully on ${signal}, and restores the terminal`,
    async () => {
      await using run = await openTui({ args: ["test.csv"] });
      const { mosquitto, folder, terminal } = run;
      const wanted = await publish(mosquitto, 3);
      await terminal.shows(/3 rows/);
      Deno.kill(await childOf(await terminal.pid()), signal);
      assert.equal(await terminal.code(), 0);
      await isRestored(terminal);
      assert.deepEqual(valuesOf(await folder.read("test.csv")), wanted);
    },
  );
}

for (const [how, code] of [["component", 1], ["timer", 1], ["exit", 3]]) {
  terminalTest(`the terminal is restored after a crash: ${how}`, async () => {
    await using folder = await makeFolder();
    await using terminal = await openTerminal(folder.path(""));
    await terminal.run([
      ...[Deno.execPath(), "run", "-q", "-A"],
      new URL("../helpers/crashing_screen.ts", import.meta.url).pathname,
      `${how}`,
    ]);
    await terminal.shows(/Sensors/);
    await terminal.takesKeys();
    await terminal.press("C-c");
    assert.equal(await terminal.code(), code);
    await isRestored(terminal);
  });
}

terminalTest(
  "a second Ctrl-C ends tui at once, with the terminal restored",
  async () => {
    await using mosquitto = await startMosquitto();
    await using proxy = startProxy(mosquitto.port);
    await using folder = await makeFolder();
    await using terminal = await openTerminal(folder.path(""));
    await terminal.weir(["tui", "sensor-data", "-b", proxy.url]);
    await terminal.shows(/● connected/);
    // Both at once: taking leave of a broker takes a moment.
    await terminal.press("C-c", "C-c");
    assert.equal(await terminal.code(), 130);
    await isRestored(terminal);
  },
);
