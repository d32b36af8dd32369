import assert from "node:assert/strict";
import { cellsOf } from "../helpers/csv_rows.ts";
import {
  disconnect,
  keeping,
  startRogueBroker,
  write,
} from "../helpers/rogue_broker.ts";
import { makeFolder } from "../helpers/folder.ts";
import { logged, logging } from "../helpers/broker_log.ts";
import { startMosquitto } from "../helpers/mosquitto.ts";
import { mosquittoTest } from "../helpers/needs.ts";
import { startProxy } from "../helpers/proxy.ts";
import { until } from "../helpers/until.ts";
import { weir } from "../helpers/weir.ts";
import { torture } from "../torture/torture.ts";

for (
  const fault of ["kill", "rotate", "cut", "both", "broker", "crash"] as const
) {
  mosquittoTest(
    `record --durable: each message becomes one row (${fault})`,
    async () => {
      const { missing, doubled, broken } = await torture({
        fault,
        // weir waits longer and longer for a broker that is down again.
        times: fault === "crash" ? 3 : 5,
        messages: 1500,
        seed: 1,
      });
      assert.deepEqual(
        { missing, doubled, broken },
        { missing: [], doubled: [], broken: [] },
      );
    },
  );
}

mosquittoTest(
  "record --durable records what came while it was away, and says how it stands",
  async () => {
    await using mosquitto = await startMosquitto(logging);
    await using folder = await makeFolder();
    const args = ["record", "t", folder.path("test.csv"), "-b", mosquitto.url];
    const run = async (act: () => Promise<void>, rows: number) => {
      await using recording = weir([...args, "--durable", "lab"]);
      await recording.stderr.match(/^Connected .* \(QoS 1\)/);
      await act();
      await recording.stdout.count(rows);
      recording.kill("SIGINT");
      assert.equal(await recording.code, 0, recording.stderr.text());
      return recording.stderr.text();
    };
    await run(() => mosquitto.publish("-t", "t", "-m", "1", "-q", "1"), 1);
    await mosquitto.publishLines("t", ["2", "{no JSON", "3"], "-q", "1");
    const text = await run(() => Promise.resolve(), 2);
    assert.match(
      text,
      /\nRecorded 2 events .* \(1 rejected\)\nRows: 2 written, 2 safe on disk. Messages: 3 acknowledged, 1 rejected, 3 had waited at the broker, 0 redelivered \(left out\)\n$/,
    );
    assert.deepEqual(cellsOf(await folder.read("test.csv")), ["1", "2", "3"]);
    const reject = JSON.parse(await folder.read("test.csv.rejects.jsonl"));
    assert.equal(atob(reject.payload), "{no JSON");
    // It is subscribed once; again would bring retained messages again.
    const all = await logged(
      mosquitto.folder,
      /\tt \(QoS 1\)/,
      1,
    );
    assert.equal(all.length, 1, all.join("\n"));
  },
);

mosquittoTest(
  "record --durable subscribes anew where the topics are others",
  async () => {
    await using mosquitto = await startMosquitto();
    await using folder = await makeFolder();
    const run = async (topics: string[], rows: number) => {
      const [topic, ...more] = topics;
      await using recording = weir([
        ...["record", topic, folder.path("test.csv"), "-b", mosquitto.url],
        ...more.flatMap((topic) => ["-t", topic]),
        ...["--durable", "lab"],
      ]);
      await recording.stderr.match(/^Connected/);
      for (const topic of ["a", "b", "c"]) {
        await mosquitto.publish("-t", topic, "-m", `"${topic}"`, "-q", "1");
      }
      await recording.stdout.count(rows);
      recording.kill("SIGINT");
      assert.equal(await recording.code, 0);
    };
    await run(["a", "b"], 2);
    await run(["b", "c"], 2);
    assert.deepEqual(cellsOf(await folder.read("test.csv")), [
      "a",
      "b",
      "b",
      "c",
    ]);
  },
);

mosquittoTest(
  "a second record --durable with the same id or file is refused",
  async () => {
    await using mosquitto = await startMosquitto();
    await using folder = await makeFolder();
    const start = (file: string, id: string) =>
      weir([
        ...["record", "t", folder.path(file), "-b", mosquitto.url],
        ...["--durable", id],
      ]);
    await using first = start("test.csv", "lab");
    await first.stderr.match(/^Connected/);
    for (
      const [file, id, said] of [
        [
          "other.csv",
          "lab",
          /lab@test\.csv\.ledger is in use by another/,
        ],
        ["test.csv", "other", /test\.csv is being recorded by another weir/],
      ] as const
    ) {
      await using second = start(file, id);
      assert.equal(await second.code, 1);
      assert.match(second.stderr.text(), said);
    }
  },
);

for (
  const [what, start, said] of [
    [
      "a session that another client takes over",
      // 0x8E; Mosquitto 2.0.11 does not say it.
      () => startRogueBroker((client) => write(client, disconnect(0x8e))),
      /another client took over the client id/,
    ],
    [
      "a broker that keeps no session",
      () => startRogueBroker(() => Promise.resolve(), 1, keeping(0)),
      /The broker keeps no session after a disconnect \(Session Expiry Interval 0\)/,
    ],
    [
      "a broker that grants QoS 0 only",
      () => startRogueBroker(() => Promise.resolve(), 0),
      /The broker grants QoS 0 only.*A durable recording needs QoS 1\.\n$/,
    ],
  ] as const
) {
  Deno.test(`${what} ends the recording with a clear error`, async () => {
    await using broker = start();
    await using folder = await makeFolder();
    await using recording = weir([
      ...["record", "t", folder.path("test.csv"), "-b", broker.url],
      ...["--durable", "lab"],
    ]);
    assert.equal(await recording.code, 1);
    assert.match(recording.stderr.text(), said);
    assert.equal(broker.connections(), 1);
  });
}

mosquittoTest(
  "two clients that take a session from each other are told of it, and lose nothing",
  async () => {
    await using mosquitto = await startMosquitto();
    // As from another host: to this one it is another broker.
    await using proxy = startProxy(mosquitto.port);
    await using folder = await makeFolder();
    await using other = await makeFolder();
    const start = (file: string, url: string) =>
      weir(["record", "t", file, "-b", url, "--durable", "lab"]);
    await using first = start(folder.path("test.csv"), mosquitto.url);
    await first.stderr.match(/^Connected/);
    await using second = start(other.path("test.csv"), proxy.url);
    const sent = Array.from({ length: 40 }, (_, n) => `${n}`);
    await second.stderr.match(/^Connected/);
    for (const text of sent.slice(0, 20)) {
      await mosquitto.publish("-t", "t", "-m", text, "-q", "1");
    }
    await first.stderr.match(/Is there another client with the id lab\?/);
    await second.stderr.match(/Is there another client with the id lab\?/);
    for (const text of sent.slice(20)) {
      await mosquitto.publish("-t", "t", "-m", text, "-q", "1");
    }
    second.kill("SIGINT");
    assert.equal(await second.code, 0);
    await until("all of them in one file or the other", async () => {
      const files = [folder.path("test.csv"), other.path("test.csv")];
      const texts = await Promise.all(files.map((f) => Deno.readTextFile(f)));
      const cells = new Set(texts.flatMap(cellsOf));
      return sent.every((text) => cells.has(text));
    });
  },
);

mosquittoTest(
  "a second record --durable with the same id in another folder is refused, until the first is killed",
  async () => {
    await using mosquitto = await startMosquitto();
    await using folder = await makeFolder();
    await using other = await makeFolder();
    const start = (file: string, ...more: string[]) =>
      weir([
        ...["record", "t", file, "-b", mosquitto.url, "--durable", "lab"],
        ...more,
      ]);
    const send = (text: string) =>
      mosquitto.publish("-t", "t", "-m", text, "-q", "1");
    await using first = start(folder.path("test.csv"));
    await first.stderr.match(/^Connected/);
    await send("1");
    const localhost = ["-b", mosquitto.url.replace("127.0.0.1", "localhost")];
    await using second = start(other.path("test.csv"), ...localhost);
    assert.equal(await second.code, 1);
    assert.match(
      second.stderr.text(),
      /Another weir on this computer \(process \d+\) records with the id lab/,
    );
    await send("2");
    await until(
      "both rows",
      async () => cellsOf(await folder.read("test.csv")).length === 2,
    );
    assert.doesNotMatch(first.stderr.text(), /Lost the connection/);
    first.kill("SIGKILL");
    await first.code;
    await send("3");
    await using third = start(other.path("test.csv"));
    await third.stdout.count(1);
    third.kill("SIGINT");
    assert.equal(await third.code, 0);
    assert.deepEqual(cellsOf(await folder.read("test.csv")), ["1", "2"]);
    const after = cellsOf(await other.read("test.csv"));
    assert.equal(after.at(-1), "3");
  },
);

mosquittoTest(
  "a session that the broker has forgotten begins anew, and nothing is taken for old",
  async () => {
    await using mosquitto = await startMosquitto();
    await using folder = await makeFolder();
    await using recording = weir([
      ...["record", "t", folder.path("test.csv"), "-b", mosquitto.url],
      ...["--durable", "lab"],
    ]);
    await recording.stderr.match(/^Connected/);
    await mosquitto.publish("-t", "t", "-m", "1", "-q", "1");
    await recording.stdout.count(1);
    // Without persistence it forgets sessions, and counts ids from 1 again.
    await mosquitto.stop();
    await mosquitto.start();
    await recording.stderr.match(/^Reconnected/);
    await mosquitto.publish("-t", "t", "-m", "1", "-q", "1");
    await recording.stdout.count(2);
    recording.kill("SIGINT");
    assert.equal(await recording.code, 0);
    assert.deepEqual(cellsOf(await folder.read("test.csv")), ["1", "1"]);
    assert.match(recording.stderr.text(), / 0 redelivered/);
  },
);

Deno.test("a session that the broker keeps shorter than asked is reported", async () => {
  await using broker = startRogueBroker(
    () => Promise.resolve(),
    1,
    keeping(60),
  );
  await using folder = await makeFolder();
  await using recording = weir([
    ...["record", "t", folder.path("test.csv"), "-b", broker.url],
    ...["--durable", "lab"],
  ]);
  await recording.stderr.match(
    /^The broker keeps messages for 60 seconds after a disconnect\. /,
  );
  recording.kill("SIGINT");
  assert.equal(await recording.code, 0);
});

for (
  const [args, said] of [
    [["--client-id", "x"], /--durable does not go with --client-id/],
    [["--qos", "2"], /--durable does not go with --qos 2/],
    [["--count", "1"], /--durable does not go with --count/],
    [["--overwrite"], /--durable does not go with --overwrite/],
  ] as const
) {
  Deno.test(`record --durable does not go with ${args.join(" ")}`, async () => {
    await using folder = await makeFolder();
    await using recording = weir([
      ...["record", "t", folder.path("test.csv"), "--durable", "lab"],
      ...args,
    ]);
    assert.equal(await recording.code, 2);
    assert.match(recording.stderr.text(), said);
  });
}

mosquittoTest(
  "record --durable says once that messages at QoS 0 are not kept, and a plain one that the file has a ledger",
  async () => {
    await using mosquitto = await startMosquitto();
    await using folder = await makeFolder();
    const args = ["record", "lab", folder.path("lab.csv"), "-b", mosquitto.url];
    await using durable = weir([...args, "--durable", "keeper"]);
    await durable.stderr.match(/^Connected/);
    await mosquitto.publish("-t", "lab", "-m", "1", "-q", "1");
    await mosquitto.publishLines("lab", ["2", "3"]);
    await durable.stdout.count(3);
    durable.kill("SIGINT");
    assert.equal(await durable.code, 0);
    const said = durable.stderr.text();
    assert.equal(said.match(/^A message came at QoS 0\./gm)?.length, 1, said);

    await using plain = weir([...args, "--duration", "0.1s"]);
    assert.equal(await plain.code, 0);
    assert.match(
      plain.stderr.text(),
      /^Warning: .*lab\.csv is the durable recording of keeper, and this run is not: /m,
    );
  },
);
