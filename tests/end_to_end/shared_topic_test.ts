/** Recorders that share a topic, each with a session and a ledger of its own. */
import assert from "node:assert/strict";
import { makeFolder } from "../helpers/folder.ts";
import { startMosquitto } from "../helpers/mosquitto.ts";
import { mosquittoTest } from "../helpers/needs.ts";
import { until } from "../helpers/until.ts";
import { type Weir, weir } from "../helpers/weir.ts";

const EACH = 40;

mosquittoTest(
  "recorders of a group that are killed have each message in one of their files",
  async () => {
    await using mosquitto = await startMosquitto({
      config: () => "max_queued_messages 0",
    });
    await using folder = await makeFolder();
    const names = ["one", "two"];
    const start = (name: string) =>
      weir([
        ...["record", "$share/g/t", folder.path(`${name}.csv`), "--quiet"],
        ...["--durable", name, "-b", mosquitto.url],
      ]);
    const running: Weir[] = names.map(start);
    const values = async () => {
      const texts = await Promise.all(
        names.map((name) => folder.read(`${name}.csv`)),
      );
      return texts.map((text) => {
        const [header, ...rows] = text.trimEnd().split("\r\n");
        const column = header.split(",").indexOf("value");
        return rows.map((row) => Number(row.split(",")[column]));
      });
    };
    let sent = 0;
    try {
      for (const each of running) await each.stderr.match(/^Connected/);
      for (const killed of [0, 1, 0, 1]) {
        const lines = Array.from({ length: EACH }, () => `${sent++}`);
        const publishing = mosquitto.publishLines("t", lines, "-q", "1");
        running[killed].kill("SIGKILL");
        await Promise.all([publishing, running[killed].code]);
        running[killed] = start(names[killed]);
        await running[killed].stderr.match(/^Connected/);
      }
      await until(
        "each message in one of the files",
        async () => new Set((await values()).flat()).size === sent,
      );
      assert.match(
        running[0].stderr.text(),
        /The topic is shared: each message/,
      );
      for (const each of running) {
        each.kill("SIGINT");
        assert.equal(await each.code, 0);
      }
      for (const recorded of await values()) {
        assert.ok(recorded.length > 0);
        assert.equal(recorded.length, new Set(recorded).size, `${recorded}`);
      }
    } finally {
      for (const each of running) await each[Symbol.asyncDispose]();
    }
  },
);
