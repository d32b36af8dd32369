import assert from "node:assert/strict";
import { encode } from "@msgpack/msgpack";
import { encode as encodeCbor } from "cbor2";
import { gzipSync } from "node:zlib";
import { publish } from "../../pipeline/mod.ts";
import { type Folder, makeFolder } from "../helpers/folder.ts";
import { startMosquitto } from "../helpers/mosquitto.ts";
import { mosquittoTest } from "../helpers/needs.ts";
import { sparkplugBytes } from "../helpers/sparkplug_bytes.ts";
import { weir } from "../helpers/weir.ts";

/** As a user starts weir, in a folder. */
const here = (folder: Folder) => ({
  cwd: folder.path("."),
  permissions: [
    "-P",
    `--allow-read=${folder.path(".")}`,
    `--allow-write=${folder.path(".")}`,
  ],
});

/** Messages for a decoder, and the rows and rejects that they become. */
interface Case {
  decoder: string;
  messages: [topic: string, payload: Uint8Array | string][];
  rows: string[];
  reasons: string[];
}

const CASES: Case[] = [
  {
    decoder: "cbor",
    messages: [
      ["lab/x", encodeCbor({ t: 21.5, on: true, h: null })],
      ["lab/x", encodeCbor({ raw: new Uint8Array(3) })],
      ["lab/x", encodeCbor({ n: 18446744073709551615n })],
    ],
    rows: ["lab/x/t,21.5", "lab/x/on,true", "lab/x/n,18446744073709551615"],
    reasons: ["lab/x/raw is 3 bytes, not a value"],
  },
  {
    decoder: "gzip+json",
    messages: [
      ["lab/x", gzipSync('{"t":21.5}')],
      ["lab/x", "no gzip"],
      ["lab/x", gzipSync('["lux-1",624,284.1312]')],
    ],
    rows: ["lab/x/t,21.5", "lux-1,284.1312"],
    reasons: ["not gzip: incorrect header check"],
  },
  {
    decoder: "sparkplug",
    messages: [
      [
        "spBv1.0/plant/DDATA/edge/oven",
        sparkplugBytes([{ alias: 5, float: 1.5 }]),
      ],
      [
        "spBv1.0/plant/DBIRTH/edge/oven",
        sparkplugBytes([{ name: "t", alias: 5, datatype: 9, float: 20.5 }]),
      ],
      [
        "spBv1.0/plant/DDATA/edge/oven",
        sparkplugBytes([{ alias: 5, float: 21.5 }]),
      ],
    ],
    rows: ["spBv1.0/plant/edge/oven/t,20.5", "spBv1.0/plant/edge/oven/t,21.5"],
    reasons: [
      "alias 5 without its birth: none of spBv1.0/plant/edge/oven has named it",
    ],
  },
];

/** The rows of a CSV without their times: `lab/x/t,21.5`. */
const readings = (csv: string) =>
  csv.split("\r\n").slice(1, -1).map((row) => row.split(",").slice(2).join());

mosquittoTest(
  "record --decode msgpack writes rows of bytes, with the permissions of -P",
  async () => {
    await using mosquitto = await startMosquitto();
    await using folder = await makeFolder();
    await using recording = weir(
      [
        ...["record", "lab/#", "test.csv", "-b", mosquitto.url],
        ...["--decode", "msgpack", "--count", "4"],
      ],
      here(folder),
    );
    await recording.stderr.match(/^Connected/m);
    await publish(mosquitto.url, "lab/x", [
      encode({ t: 21.5, on: true }),
      encode({ h: null, raw: new Uint8Array(3) }),
      "no MessagePack",
      encode(["lux-1", 624, 284.1312]),
      encode({ n: 18446744073709551615n }, { useBigInt64: true }),
    ]);
    assert.equal(await recording.code, 0, recording.stderr.text());
    assert.deepEqual(readings(await folder.read("test.csv")), [
      "lab/x/t,21.5",
      "lab/x/on,true",
      "lux-1,284.1312",
      "lab/x/n,18446744073709551615",
    ]);
    const rejects = (await folder.read("test.csv.rejects.jsonl")).trimEnd();
    assert.deepEqual(
      rejects.split("\n").map((line) => JSON.parse(line).reason),
      [
        "lab/x/raw is 3 bytes, not a value",
        "not MessagePack: more after its end, at 1",
      ],
    );
  },
);

mosquittoTest(
  "with --durable each message of MessagePack becomes its rows exactly once, also through a kill",
  async () => {
    await using mosquitto = await startMosquitto();
    await using folder = await makeFolder();
    const half = 300;
    const messages = (first: number) =>
      Array.from(
        { length: half },
        (_, at) => encode({ a: first + at, b: "x" }),
      );
    const start = () =>
      weir(
        [
          ...["record", "lab", "test.csv", "-b", mosquitto.url],
          ...["--decode", "msgpack", "--durable", "lab"],
        ],
        here(folder),
      );
    {
      await using recording = start();
      await recording.stderr.match(/^Connected/m);
      const published = publish(mosquitto.url, "lab", messages(0), { qos: 1 });
      await recording.stdout.count(half / 3);
      recording.kill("SIGKILL");
      await recording.code;
      await published;
    }
    await publish(mosquitto.url, "lab", messages(half), { qos: 1 });
    await using recording = start();
    // What was printed before the kill may be printed again, or not.
    await recording.stdout.match(new RegExp(`lab/a.*val=${2 * half - 1}\\)`));
    recording.kill("SIGINT");
    assert.equal(await recording.code, 0, recording.stderr.text());
    assert.deepEqual(
      readings(await folder.read("test.csv")),
      Array.from({ length: 2 * half }, (_, at) => [`lab/a,${at}`, "lab/b,x"])
        .flat(),
    );
  },
);

for (const { decoder, messages, rows, reasons } of CASES) {
  for (const durable of [[], ["--durable", "lab"]]) {
    mosquittoTest(
      `record --decode ${decoder} ${durable.join(" ")} writes each row once`,
      async () => {
        await using mosquitto = await startMosquitto();
        await using folder = await makeFolder();
        await using recording = weir(
          [
            ...["record", "#", "test.csv", "-b", mosquitto.url],
            ...["--decode", decoder, ...durable],
          ],
          here(folder),
        );
        await recording.stderr.match(/^Connected/m);
        for (const [topic, payload] of messages) {
          await publish(mosquitto.url, topic, [payload], { qos: 1 });
        }
        // The last message is a reading in each case.
        await recording.stdout.count(rows.length);
        recording.kill("SIGINT");
        assert.equal(await recording.code, 0, recording.stderr.text());
        assert.deepEqual(readings(await folder.read("test.csv")), rows);
        const rejects = (await folder.read("test.csv.rejects.jsonl")).trimEnd();
        assert.deepEqual(
          rejects.split("\n").map((line) => JSON.parse(line).reason),
          reasons,
        );
      },
    );
  }
}

mosquittoTest(
  "a wrong decoder is wrong usage, with the list of those there are",
  async () => {
    for (
      const [args, said] of [
        [["--decode", "xml"], /--decode is json, text, csv, .*gzip\+json/],
        [["--decode", "csv", "--columns-in", "t,t"], /Two columns/],
        [["--columns-in", "a,b"], /--columns-in .*--decode csv/],
      ] as const
    ) {
      await using run = weir(["record", "lab", "x.csv", ...args]);
      assert.equal(await run.code, 2);
      assert.match(run.stderr.text(), said);
    }
  },
);
