/** Sparkplug B: metrics by name, with their times, from births, data and deaths. */
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import type { Rule } from "../pipeline/mod.ts";
import { readPayloads, TIME } from "./helpers/read_payloads.ts";
import {
  sparkplugBytes,
  type SparkplugMetric,
} from "./helpers/sparkplug_bytes.ts";

const RULES: Rule[] = [{ decode: "sparkplug" }];
const INT = { int8: 1, int32: 3, int64: 4, uint32: 7, uint64: 8 };
const [FLOAT, DOUBLE, BOOLEAN, STRING, BYTES] = [9, 10, 11, 12, 17];

const AT = 1795647000_250;

/** A message of an edge node, or of its device `oven`. */
const message = (
  type: string,
  metrics: SparkplugMetric[],
  timestamp: number | undefined = AT,
): [string, Uint8Array] => [
  `spBv1.0/plant/${type}/edge${type.startsWith("D") ? "/oven" : ""}`,
  sparkplugBytes(metrics, timestamp),
];

const BIRTH = message("DBIRTH", [
  { name: "Temperature", alias: 5, datatype: FLOAT, float: 20.5 },
  { name: "Offset", alias: 6, datatype: INT.int32, int: 4294967295 },
]);

Deno.test("a metric is a field, and a birth and its data are one sensor", async () => {
  const { rows, reasons } = await readPayloads(
    RULES,
    BIRTH,
    message("DDATA", [{ alias: 5, float: 21.5 }]),
    message("DDATA", [{ name: "Temperature", float: 22.5 }]),
    message("NBIRTH", [
      { name: "bdSeq", datatype: INT.int64, long: "3" },
      { name: "Node Control/Rebirth", datatype: BOOLEAN, boolean: false },
      { name: "Model", datatype: STRING, string: "E1" },
    ]),
  );
  assert.deepEqual(reasons, []);
  assert.deepEqual(rows, [
    ["spBv1.0/plant/edge/oven/Temperature", 20.5],
    ["spBv1.0/plant/edge/oven/Offset", -1],
    ["spBv1.0/plant/edge/oven/Temperature", 21.5],
    ["spBv1.0/plant/edge/oven/Temperature", 22.5],
    ["spBv1.0/plant/edge/bdSeq", 3],
    ["spBv1.0/plant/edge/Node Control/Rebirth", false],
    ["spBv1.0/plant/edge/Model", "E1"],
  ]);
});

Deno.test("a row has its metric's time, or its message's, or the host's", async () => {
  const { events } = await readPayloads(
    RULES,
    message("NDATA", [
      { name: "a", double: 1, timestamp: AT + 500 },
      { name: "b", double: 2 },
    ]),
    [
      "spBv1.0/plant/NDATA/edge",
      sparkplugBytes([{ name: "c", double: 3 }]),
    ],
  );
  assert.deepEqual(events.map(({ ts }) => ts), [
    (AT + 500) / 1000,
    AT / 1000,
    TIME,
  ]);
});

Deno.test("values of one metric that were stored are a row each", async () => {
  const { events } = await readPayloads(
    RULES,
    message("NDATA", [
      { name: "a", double: 1, timestamp: AT },
      { name: "a", double: 2, timestamp: AT + 1000 },
      { name: "a", double: 2, timestamp: AT + 2000 },
    ]),
  );
  assert.deepEqual(
    events.map(({ sensor_id, ts, val }) => [sensor_id, ts, val]),
    [
      ["spBv1.0/plant/edge/a", AT / 1000, 1],
      ["spBv1.0/plant/edge/a", AT / 1000 + 1, 2],
      ["spBv1.0/plant/edge/a", AT / 1000 + 2, 2],
    ],
  );
});

Deno.test("signed integers are signed, and those of 64 bits keep their digits", async () => {
  const { rows } = await readPayloads(
    RULES,
    message("NBIRTH", [
      { name: "a", datatype: INT.int8, int: 255 },
      { name: "b", datatype: INT.int8, int: 4294967295 },
      { name: "c", datatype: INT.uint32, int: 4294967295 },
      { name: "d", datatype: INT.int64, long: "-2" },
      { name: "e", datatype: INT.int64, long: "-9223372036854775807" },
      { name: "f", datatype: INT.uint64, long: "-1" },
      { name: "g", datatype: INT.uint32, long: "4294967295" },
    ]),
    message("NDATA", [{ name: "a", int: 254 }, { name: "d", long: "-3" }]),
  );
  assert.deepEqual(rows.map(([, value]) => value), [
    -1,
    -1,
    4294967295,
    -2,
    "-9223372036854775807",
    "18446744073709551615",
    4294967295,
    -2,
    -3,
  ]);
});

Deno.test("0, false and an empty text are values", async () => {
  const { rows, gaps } = await readPayloads(
    RULES,
    message("NDATA", [
      { name: "a", int: 0 },
      { name: "b", long: "0" },
      { name: "c", float: 0 },
      { name: "d", double: 0 },
      { name: "e", boolean: false },
      { name: "f", string: "" },
    ]),
    message("DBIRTH", [{ name: "g", alias: 0, double: 1 }]),
    message("DDATA", [{ alias: 0, double: 0 }]),
  );
  assert.deepEqual(
    rows.map(([, value]) => value),
    [0, 0, 0, 0, false, "", 1, 0],
  );
  assert.equal(gaps, 0);
});

Deno.test("an alias without its birth is a reject that says so", async () => {
  const { rows, reasons } = await readPayloads(
    RULES,
    message("DDATA", [{ name: "x", double: 1 }, { alias: 5, float: 21.5 }]),
    message("DDATA", [{ float: 21.5 }]),
    message("NDATA", [{ name: "n", int: 4294967295 }]),
  );
  assert.deepEqual(rows, []);
  assert.deepEqual(reasons, [
    "alias 5 without its birth: none of spBv1.0/plant/edge/oven has named it",
    "a metric without a name and an alias",
    "spBv1.0/plant/edge/n is an integer whose type is not known, not a value",
  ]);
});

Deno.test("a new birth of an edge node ends the aliases of its devices", async () => {
  const { reasons } = await readPayloads(
    RULES,
    BIRTH,
    message("NBIRTH", [{ name: "bdSeq", datatype: INT.int64, long: "4" }]),
    message("DDATA", [{ alias: 5, float: 21.5 }]),
  );
  assert.equal(reasons.length, 1);
  assert.match(reasons[0], /^alias 5 without its birth/);
});

Deno.test("null and no value are gaps; a death makes gaps of the metrics known", async () => {
  const nbirth = message("NBIRTH", [
    { name: "bdSeq", datatype: INT.int64, long: "4" },
    { name: "Uptime", datatype: INT.int64, long: "1" },
  ]);
  const cases: [number, ...[string, Uint8Array][]][] = [
    [
      2,
      message("NDATA", [{ name: "a", isNull: true, datatype: DOUBLE }, {
        name: "b",
      }]),
    ],
    [2, BIRTH, message("DDEATH", [])],
    [2, BIRTH, message("DDEATH", []), message("DDEATH", [])],
    [0, message("DDEATH", [])],
    // An edge node takes its devices with it.
    [4, nbirth, BIRTH, message("NDEATH", [{ name: "bdSeq", long: "4" }])],
    // The will of an earlier session comes late.
    [0, nbirth, BIRTH, message("NDEATH", [{ name: "bdSeq", long: "3" }])],
  ];
  for (const [expected, ...messages] of cases) {
    const { gaps, reasons } = await readPayloads(RULES, ...messages);
    assert.deepEqual({ gaps, reasons }, { gaps: expected, reasons: [] });
  }
});

Deno.test("commands are passed over, and the state of a host is JSON", async () => {
  const { rows, reasons, gaps } = await readPayloads(
    RULES,
    message("NCMD", [{ name: "Node Control/Rebirth", boolean: true }]),
    message("DCMD", [{ alias: 5, float: 1 }]),
    ["spBv1.0/STATE/scada", '{"online":true,"timestamp":1795647000250}'],
    ["STATE/scada", "OFFLINE"],
  );
  assert.deepEqual(rows, [
    ["spBv1.0/STATE/scada/online", true],
    ["spBv1.0/STATE/scada/timestamp", 1795647000250],
    ["STATE/scada", "OFFLINE"],
  ]);
  assert.deepEqual({ reasons, gaps }, { reasons: [], gaps: 0 });
});

Deno.test("bytes, data sets and arrays are rejects that name the metric", async () => {
  const bytes = new Uint8Array(4);
  const { rows, reasons } = await readPayloads(
    RULES,
    message("NDATA", [
      { name: "raw", datatype: BYTES, bytes },
      { name: "a", double: 1 },
    ]),
    message("NDATA", [{ name: "raw", datatype: 25, bytes }]),
    message("NDATA", [{ name: "table", datatype: 16, dataset: bytes }]),
  );
  assert.deepEqual(rows, [["spBv1.0/plant/edge/a", 1]]);
  assert.deepEqual(reasons, [
    "spBv1.0/plant/edge/raw is 4 bytes, not a value",
    "spBv1.0/plant/edge/raw is an array, not a value",
    "spBv1.0/plant/edge/table is a data set, not a value",
  ]);
});

Deno.test("what is no payload, on no topic, or too much, is a reject", async () => {
  const topic = "spBv1.0/plant/NDATA/edge";
  const good = sparkplugBytes([{ name: "a", double: 1 }]);
  const cases: [string, Uint8Array | string, RegExp][] = [
    ["lab", good, /^not a topic of Sparkplug B/],
    ["spBv1.0/plant/NDATA", good, /^not a topic/],
    ["spBv1.0/plant/NDATA/edge/oven", good, /^not a topic/],
    ["spBv1.0/plant/DDATA/edge", good, /^not a topic/],
    [topic, '{"a":1}', /^not Sparkplug B: /],
    [topic, good.subarray(0, 8), /^not Sparkplug B: /],
    [topic, new Uint8Array(1_000_000).fill(0x1b), /^not Sparkplug B: .*depth/],
    [topic, Buffer.from("12ffffffff0f", "hex"), /^not Sparkplug B: /],
    [topic, Buffer.from("12040a02ff80", "hex"), /^not Sparkplug B: /],
    [topic, Buffer.from("1807", "hex"), /^no metric in it$/],
    [
      topic,
      Uint8Array.from({ length: 4000 }, (_, at) => at % 2 ? 0 : 0x12),
      /^2000 metrics in one message, over 1000$/,
    ],
  ];
  for (const [topic, payload, reason] of cases) {
    const { rows, reasons } = await readPayloads(RULES, [topic, payload]);
    assert.deepEqual(rows, []);
    assert.equal(reasons.length, 1);
    assert.match(reasons[0], reason);
  }
});

Deno.test("rules read metrics by name, and {topic} is the topic as it came", async () => {
  const { rows, events } = await readPayloads(
    [{
      decode: "sparkplug",
      id: "{topic[1]}-{topic[3]}-{topic[4]}",
      fields: ["Temperature"],
    }],
    BIRTH,
  );
  assert.deepEqual(rows, [["plant-edge-oven/Temperature", 20.5]]);
  assert.equal(events[0].topic, BIRTH[0]);
});

Deno.test("births of a million devices take a bounded memory, the oldest go first", async () => {
  const name = "n".repeat(30_000);
  const birth = (device: number): [string, Uint8Array] => [
    `spBv1.0/plant/DBIRTH/edge/${device}`,
    sparkplugBytes([{ name: `${name}${device}`, alias: 1, float: 1 }]),
  ];
  const data = (device: number): [string, Uint8Array] => [
    `spBv1.0/plant/DDATA/edge/${device}`,
    sparkplugBytes([{ alias: 1, float: 2 }]),
  ];
  const devices = 700;
  const births = Array.from({ length: devices }, (_, device) => birth(device));
  const { reasons } = await readPayloads(
    RULES,
    ...births,
    data(devices - 1),
    data(0),
  );
  assert.equal(reasons.length, 1);
  assert.match(reasons[0], /^alias 1 without its birth: none of .*\/0 has/);
});
