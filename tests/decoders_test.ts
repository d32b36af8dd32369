/** Decoders: the values, gaps and rejects of payloads that are not JSON. */
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { gzipSync } from "node:zlib";
import { encode as encodeMsgpack } from "@msgpack/msgpack";
import { encode as encodeCbor } from "cbor2";
import { checkRule, type Rule } from "../pipeline/mod.ts";
import { readPayloads } from "./helpers/read_payloads.ts";

const hex = (digits: string) => Buffer.from(digits.replaceAll(" ", ""), "hex");

/** What a decoder makes of payloads on the topic `x`. */
const decode = (rule: Rule, ...payloads: (Uint8Array | string)[]) =>
  readPayloads(
    [rule],
    ...payloads.map((payload): [string, Uint8Array | string] => ["x", payload]),
  );

/** The reason of the one reject that a payload is. */
async function rejected(rule: Rule, payload: Uint8Array | string) {
  const { rows, reasons } = await decode(rule, payload);
  assert.deepEqual(rows, []);
  assert.equal(reasons.length, 1);
  return reasons[0];
}

/** The same value over and over. */
const nested = (byte: number) => new Uint8Array(1_000_000).fill(byte);

Deno.test("csv: a line is a record, its fields go by index or by name", async () => {
  const cells = '21.5, -60 ,ON,02,"a,b","say ""hi"""\r\n';
  const { rows } = await decode({ decode: "csv" }, cells);
  assert.deepEqual(rows, [
    ["x/0", 21.5],
    ["x/1", -60],
    ["x/2", "ON"],
    ["x/3", "02"],
    ["x/4", "a,b"],
    ["x/5", 'say "hi"'],
  ]);
  const named = await decode(
    { decode: "csv", columns: ["t", "humidity"] },
    "21.5,60",
  );
  assert.deepEqual(named.rows, [["x/t", 21.5], ["x/humidity", 60]]);
});

Deno.test("csv: several lines are records in an array, which rules read by name", async () => {
  const { rows } = await decode({ decode: "csv" }, "1,2\n\n3,4\n");
  assert.deepEqual(rows, [
    ["x/0/0", 1],
    ["x/0/1", 2],
    ["x/1/0", 3],
    ["x/1/1", 4],
  ]);
  const { events } = await decode(
    { decode: "csv", columns: ["id", "at", "t"], id: "{id}", time: "at" },
    "lux-1,1795647000,20\nlux-2,1795647001,21",
  );
  assert.deepEqual(
    events.map(({ sensor_id, ts, val }) => [sensor_id, ts, val]),
    [["lux-1/t", 1795647000, 20], ["lux-2/t", 1795647001, 21]],
  );
});

Deno.test("csv: an empty cell, nan and an overflow are gaps, and digits are kept", async () => {
  const { rows, gaps } = await decode(
    { decode: "csv" },
    "1,,nan,-inf,1e999,12345678901234567890",
  );
  assert.deepEqual(rows, [["x/0", 1], ["x/5", "12345678901234567890"]]);
  assert.equal(gaps, 4);
});

Deno.test("csv: a record that does not fit its columns is a reject, as are bytes", async () => {
  const rule: Rule = { decode: "csv", columns: ["a", "b"] };
  assert.equal(await rejected(rule, "1,2,3"), "3 cells for 2 columns");
  assert.equal(
    await rejected(rule, "1,2\n3\n"),
    "line 2: 1 cell for 2 columns",
  );
  assert.equal(await rejected(rule, hex("ff80")), "not UTF-8");
  assert.equal(
    await rejected(rule, '1,"2\n3,4'),
    "a quote without the one that ends it",
  );
  assert.match(
    await rejected(rule, hex("31 2c 07 32")),
    /^text with a control character: /,
  );
  assert.match(
    await rejected({ decode: "csv" }, ",".repeat(1001).replaceAll(",", "1,")),
    /over 1000 readings/,
  );
});

Deno.test("csv: two columns of one name are an error, before anything is read", () => {
  assert.throws(
    () => checkRule({ decode: "csv", columns: ["t", "h", "t"] }),
    /Two columns are called "t"/,
  );
});

const BINARY = [
  {
    decode: "msgpack",
    encode: (value: unknown) => encodeMsgpack(value, { useBigInt64: true }),
    numbered: hex("82 01 02 fe 03"),
  },
  {
    decode: "cbor",
    encode: (value: unknown) => encodeCbor(value),
    numbered: hex("a2 01 02 21 03"),
  },
] as const;

for (const { decode: name, encode, numbered } of BINARY) {
  const rule: Rule = { decode: name };

  Deno.test(`${name}: an object has fields, a reading is a reading`, async () => {
    const { rows, gaps } = await decode(
      rule,
      encode({ t: 21.5, on: true, name: "Küche", in: { a: [1, -2] } }),
      encode({ a: null, b: NaN, c: -Infinity, d: 3 }),
      encode(["lux-1", 624, 284.1312]),
      encode([["lux-1", 624, 1], ["lux-2", 624, 2]]),
      encode(42),
      encode("ON"),
    );
    assert.deepEqual(rows, [
      ["x/t", 21.5],
      ["x/on", true],
      ["x/name", "Küche"],
      ["x/in/a/0", 1],
      ["x/in/a/1", -2],
      ["x/d", 3],
      ["lux-1", 284.1312],
      ["lux-1", 1],
      ["lux-2", 2],
      ["x", 42],
      ["x", "ON"],
    ]);
    assert.equal(gaps, 3);
  });

  Deno.test(`${name}: integers of 64 bits keep their digits`, async () => {
    const { rows } = await decode(
      rule,
      encode({ a: 18446744073709551615n, b: -9223372036854775808n, c: 5n }),
      encode({ a: 9007199254740993n }),
      encode(["lux-1", 624, 18446744073709551615n]),
    );
    assert.deepEqual(rows, [
      ["x/a", "18446744073709551615"],
      ["x/b", "-9223372036854775808"],
      ["x/c", 5],
      ["x/a", "9007199254740993"],
      ["lux-1", "18446744073709551615"],
    ]);
  });

  Deno.test(`${name}: a time is ISO 8601, for a rule too`, async () => {
    const at = new Date("2026-11-25T22:50:29.507Z");
    const { rows } = await decode(rule, encode({ at }));
    assert.equal(new Date(`${rows[0][1]}`).getTime(), at.getTime());
    const { events } = await decode(
      { decode: name, time: "at" },
      encode({ at, t: 1 }),
    );
    assert.equal(events[0].ts, 1795647029.507);
  });

  Deno.test(`${name}: bytes are a reject that says where, and cost nothing else`, async () => {
    const bytes = new Uint8Array(3);
    const { rows, reasons } = await decode(
      rule,
      encode({ raw: bytes, t: 21.5 }),
      encode(bytes),
      encode(["lux-1", 624, bytes]),
      encode([[1], bytes]),
    );
    assert.deepEqual(rows, [["x/t", 21.5]]);
    assert.deepEqual(reasons, [
      "x/raw is 3 bytes, not a value",
      "x is 3 bytes, not a value",
      "val is 3 bytes, not a number, string or boolean",
      "element 0 is an array that is not [sensor_id, ts, val], and 1 more",
    ]);
  });

  Deno.test(`${name}: numbers are names of fields, and __proto__ is no trap`, async () => {
    const { rows } = await decode(rule, numbered);
    assert.deepEqual(rows, [["x/1", 2], ["x/-2", 3]]);
    const own = JSON.parse('{"__proto__":{"polluted":1},"a":1}');
    await decode(rule, encode(own));
    assert.equal(({} as Record<string, unknown>).polluted, undefined);
  });
}

Deno.test("msgpack: what is cut, or none, is a reject with the reason", async () => {
  const cases: [string, RegExp][] = [
    ["82 a1 74", /^not MessagePack: it ends too early$/],
    ["c1", /^not MessagePack: unexpected 0xc1 at 0$/],
    ["01 02", /^not MessagePack: more after its end, at 1$/],
    ["a2 ff 80", /^not MessagePack: text that is not UTF-8 at 1$/],
    ["81 90 01", /^not MessagePack: .*key/],
    ["d4 05 00", /^x is the extension 5, not a value$/],
    ["c7 0c ff ff ff ff ff 7f ff ff ff ff ff ff ff", /a time that cannot be/],
  ];
  for (const [bytes, reason] of cases) {
    assert.match(await rejected({ decode: "msgpack" }, hex(bytes)), reason);
  }
});

Deno.test("cbor: what is cut, or none, is a reject with the reason", async () => {
  const cases: [string, RegExp][] = [
    ["a2 61 74", /^not CBOR: it ends too early$/],
    ["01 02", /^not CBOR: /],
    ["62 ff 80", /^not CBOR: /],
    ["63 ed a0 80", /UTF-8|valid/],
    ["a1 81 01 02", /^not CBOR: a key that is no text$/],
    ["a2 61 61 01 61 61 02", /^not CBOR: two fields "a"$/],
    ["f0", /^x is the simple value 16, not a value$/],
    ["d8 23 63 61 28 2b", /^x is the tag 35, not a value$/],
    ["c1 61 61", /a time that cannot be/],
    ["c2 58 41" + "ff".repeat(65), /^x is an integer of 65 bytes/],
  ];
  for (const [bytes, reason] of cases) {
    assert.match(await rejected({ decode: "cbor" }, hex(bytes)), reason);
  }
});

Deno.test("cbor: tags of times and integers are read, undefined is a gap", async () => {
  const { rows, gaps } = await decode(
    { decode: "cbor" },
    hex("c0 74 323031332d30332d32315432303a30343a30305a"),
    hex("c1 fb 41d452d9ec200000"),
    hex("c2 49 010000000000000000"),
    hex("c3 49 010000000000000000"),
    hex("d9d9f7 01"),
    hex("bf 61 61 9f 01 ff ff"),
    hex("f7"),
    hex("f97e00"),
  );
  assert.deepEqual(rows, [
    ["x", "2013-03-21T20:04:00Z"],
    ["x", "2013-03-21T20:04:00.500Z"],
    ["x", "18446744073709551616"],
    ["x", "-18446744073709551617"],
    ["x", 1],
    ["x/a/0", 1],
  ]);
  assert.equal(gaps, 2);
});

Deno.test("gzip+json: it is read as JSON, and a bomb is a reject", async () => {
  const rule: Rule = { decode: "gzip+json" };
  const { rows, gaps } = await decode(
    rule,
    gzipSync('{"t":21.5,"h":nan,"tag":12345678901234567890}'),
    gzipSync("ON"),
  );
  assert.deepEqual(rows, [
    ["x/t", 21.5],
    ["x/tag", "12345678901234567890"],
    ["x", "ON"],
  ]);
  assert.equal(gaps, 1);
  assert.match(await rejected(rule, '{"t":1}'), /^not gzip: /);
  assert.match(
    await rejected(rule, gzipSync('{"t":1}').subarray(0, 20)),
    /^not gzip: /,
  );
  assert.match(await rejected(rule, gzipSync("{")), /^not JSON: /);
  assert.match(
    await rejected(rule, gzipSync(new Uint8Array(50_000_000))),
    /^over 4194304 bytes once it is unpacked$/,
  );
});

Deno.test("headers that promise a billion elements, and depth, cost no more than a reject", async () => {
  // Each of these would take gigabytes, or the stack, if it were believed.
  const arrays = (header: number[]) =>
    Uint8Array.from({ length: 500_000 }, (_, at) => header[at % header.length]);
  const hostile: [Rule["decode"], Uint8Array][] = [
    ["msgpack", hex("dd 3fffffff 01")],
    ["msgpack", hex("df 3fffffff 01")],
    ["msgpack", hex("db 3fffffff 01")],
    ["msgpack", arrays([0xdd, 0, 7, 0xa1, 0x20])],
    ["msgpack", nested(0x91)],
    ["msgpack", Uint8Array.from([...new Uint8Array(9999).fill(0x91), 1])],
    ["msgpack", nested(0x81)],
    ["cbor", hex("9a 3fffffff 01")],
    ["cbor", hex("9b ffffffffffffffff 01")],
    ["cbor", hex("ba 3fffffff 01")],
    ["cbor", hex("7a 3fffffff 01")],
    ["cbor", arrays([0x9a, 0, 7, 0xa1, 0x20])],
    ["cbor", nested(0x81)],
    ["cbor", nested(0x9f)],
    ["cbor", nested(0xc6)],
    ["cbor", nested(0xa1)],
  ];
  for (const [decode, payload] of hostile) {
    assert.match(
      await rejected({ decode }, payload),
      /ends too early|end of stream|depth|nested/i,
    );
  }
});
