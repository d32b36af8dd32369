import assert from "node:assert/strict";
import {
  type Message,
  parse,
  pipe,
  type Reject,
  type SensorEvent,
  stamp,
} from "../pipeline/mod.ts";
import { message } from "./helpers/message.ts";

/** What parse() makes of messages. */
async function parsed(
  messages: Message[],
  maxPayload?: number,
): Promise<{ events: SensorEvent[]; rejects: Reject[] }> {
  async function* source() {
    yield messages;
  }
  const rejects: Reject[] = [];
  const stage = parse({
    maxPayload,
    rejects: async (flow) => {
      for await (const batch of flow) rejects.push(...batch);
    },
  });
  const events = (await Array.fromAsync(pipe(source(), stage))).flat();
  return { events, rejects };
}

/** `[id, ts, val]` of what parse() makes of one payload, and the reasons. */
async function one(payload: string | Uint8Array, topic = "home/attic") {
  const { events, rejects } = await parsed([message(payload, topic)]);
  return {
    events: events.map(({ sensor_id, ts, val }) => [sensor_id, ts, val]),
    reasons: rejects.map(({ reason }) => reason),
  };
}

const NOW = 1484535480.613;

for (
  const [payload, expected] of [
    ['["lux-1", 624, 284.1312]', [["lux-1", 624, 284.1312]]],
    ['{"sensor_id":"lux-1","ts":624,"val":284.1312}', [[
      "lux-1",
      624,
      284.1312,
    ]]],
    ['["door", 1.5, true]', [["door", 1.5, true]]],
    ['["", 0, "open"]', [["", 0, "open"]]],
    ["21.5", [["home/attic", NOW, 21.5]]],
    ["-0.5e-3", [["home/attic", NOW, -0.0005]]],
    ["  7\n", [["home/attic", NOW, 7]]],
    ["true", [["home/attic", NOW, true]]],
    ['"ON"', [["home/attic", NOW, "ON"]]],
    [
      '{"battery":97,"contact":true,"action":"open","linkquality":120}',
      [
        ["home/attic/battery", NOW, 97],
        ["home/attic/contact", NOW, true],
        ["home/attic/action", NOW, "open"],
        ["home/attic/linkquality", NOW, 120],
      ],
    ],
    [
      '{"Time":"2017-01-16T02:58:00","ENERGY":{"Power":3,"Factor":{"a":0.5}}}',
      [
        ["home/attic/Time", NOW, "2017-01-16T02:58:00"],
        ["home/attic/ENERGY/Power", NOW, 3],
        ["home/attic/ENERGY/Factor/a", NOW, 0.5],
      ],
    ],
    ['{"a":null,"b":[1,2],"c":3}', [["home/attic/c", NOW, 3]]],
    ['["\\ud83c\\udf21",1,"\\\\ud800"]', [["\ud83c\udf21", 1, "\\ud800"]]],
    ['{"__proto__":1}', [["home/attic/__proto__", NOW, 1]]],
    [
      '{"sensor_id":"x","ts":1,"val":2,"unit":"lx"}',
      [
        ["x", 1, 2],
      ],
    ],
  ] as const
) {
  Deno.test(`parse() reads ${JSON.stringify(payload)}`, async () => {
    assert.deepEqual(await one(payload), { events: expected, reasons: [] });
  });
}

const halfCharacter = "half a character (a lone surrogate) in its text";
const notTriple = "an array that is not [sensor_id, ts, val]";
for (
  const [payload, reason] of [
    ["", "not JSON"],
    ["garbage", "not JSON"],
    ["NaN", "not JSON"],
    ["[", "not JSON"],
    ["\ufeff1", "not JSON"],
    ["null", "null"],
    ["1e999", "not a finite number"],
    ["[]", notTriple],
    ["[1,2,3]", notTriple],
    ['["x",1]', notTriple],
    ['["x",1,2,3]', notTriple],
    ['["x","1",2]', notTriple],
    ['["x",1,null]', notTriple],
    ['["x",1,[2]]', notTriple],
    ['["x",1,1e999]', notTriple],
    ['["x",1e999,1]', notTriple],
    ["{}", "an object without a number, string or boolean in it"],
    [
      '{"a":null,"b":[]}',
      "an object without a number, string or boolean in it",
    ],
    ['["\\ud800",1,2]', halfCharacter],
    ['{"a":{"\\uDC00":1}}', halfCharacter],
    ['"\\\\\\ud83d"', halfCharacter],
    [new Uint8Array([0x22, 0xff, 0x22]), "not UTF-8"],
    [new Uint8Array([0x22, 0xed, 0xa0, 0x80, 0x22]), "not UTF-8"],
  ] as const
) {
  Deno.test(`parse() rejects ${JSON.stringify(payload)}: ${reason}`, async () => {
    assert.deepEqual(await one(payload), { events: [], reasons: [reason] });
  });
}

Deno.test("parse() keeps the good fields of an object and rejects the others", async () => {
  assert.deepEqual(await one('{"a":1,"b":1e999,"c":2}'), {
    events: [["home/attic/a", NOW, 1], ["home/attic/c", NOW, 2]],
    reasons: ["home/attic/b is not a finite number"],
  });
});

Deno.test("parse() gives up on objects nested without end, and keeps the rest", async () => {
  const levels = 100_000;
  const nested = '{"a":'.repeat(levels) + "1" + "}".repeat(levels);
  assert.deepEqual(await one(`{"deep":${nested},"val":1}`), {
    events: [["home/attic/val", NOW, 1]],
    reasons: ["nested over 32 levels"],
  });
  assert.deepEqual(await one("[".repeat(levels) + "]".repeat(levels)), {
    events: [],
    reasons: [notTriple],
  });
});

Deno.test("parse() rejects a payload over the size, and keeps its beginning", async () => {
  const large = message(`"${"x".repeat(100_000)}"`);
  const { events, rejects: [reject] } = await parsed([large], 1000);
  assert.equal(events.length, 0);
  assert.equal(
    reject.reason,
    "100002 bytes are over the 1000 allowed (kept: the first 65536)",
  );
  assert.deepEqual(reject.payload, large.payload.slice(0, 65_536));
  assert.equal(
    (await parsed([message(`"${"x".repeat(998)}"`)], 1000)).events.length,
    1,
  );
});

Deno.test("parse() makes one reject of a message, however much is wrong in it", async () => {
  const fields = Array.from({ length: 10_000 }, (_, n) => `"${n}":1e999`);
  assert.deepEqual(await one(`{${fields.join()}}`), {
    events: [],
    reasons: ["home/attic/0 is not a finite number, and 9999 more"],
  });
});

Deno.test("parse() does not make a gigabyte of ids out of a megabyte", async () => {
  const fields = Array.from({ length: 60_000 }, (_, n) => `"${n}":1`).join();
  for (
    const [topic, payload] of [
      ["home/attic", `{"${"x".repeat(400_000)}":{${fields}}}`],
      ["x".repeat(65_000), `{${fields}}`],
    ]
  ) {
    assert.deepEqual(await one(payload, topic), {
      events: [],
      reasons: ["its fields have too long names for so many"],
    });
  }
  assert.equal((await one(`{${fields}}`)).events.length, 60_000);
});

Deno.test("parse() tells rejects without control characters where nobody takes them", async () => {
  const told: string[] = [];
  const { error } = console;
  console.error = (text: string) => told.push(text);
  async function* source() {
    yield [message('{"\\u001b[31mred\\n":1e999}', "a\x1b[2J")];
  }
  try {
    await Array.fromAsync(pipe(source(), parse()));
  } finally {
    console.error = error;
  }
  assert.deepEqual(told, [
    "Rejected a message on a\\x1b[2J: a\\x1b[2J/\\x1b[31mred\\n is not a finite number",
  ]);
});

Deno.test("parse() gives a reject its time, topic and payload", async () => {
  const { rejects } = await parsed([message("?", "a/b", 1484535480.613)]);
  assert.deepEqual(rejects, [{
    time: 1484535480.613,
    topic: "a/b",
    reason: "not JSON",
    payload: new TextEncoder().encode("?"),
  }]);
});

Deno.test("parse() passes over weir's own topics, and no others", async () => {
  const own = ["status", "request", "reply", "config"]
    .map((name) => `weir/lux-1/${name}`);
  const others = [
    "weir/lux-1",
    "weir/status",
    "weir/greenhouse/pump/status",
    "weir/lux-1/stat",
    "xweir/a/status",
  ];
  const { events, rejects } = await parsed(
    [...own, ...others].map((topic) => message("1", topic)),
  );
  assert.deepEqual(events.map(({ topic }) => topic), others);
  assert.deepEqual(rejects, []);
});

Deno.test("parse() lets the facts of the message ride along", async () => {
  const kept = { ...message('["lux-1",624,1]'), retain: true, dup: true };
  const { events: [event] } = await parsed([kept]);
  assert.deepEqual(event, {
    sensor_id: "lux-1",
    ts: 624,
    val: 1,
    time: 1484535480.613,
    device_ts: 624,
    topic: "sensor-data",
    retain: true,
    dup: true,
  });
});

Deno.test("stamp() puts in the time at which the message was taken in", async () => {
  async function* source() {
    yield [message('["lux-1",624,1]', "sensor-data", 1484535480.613)];
  }
  const [event] = (await Array.fromAsync(pipe(source(), parse(), stamp())))
    .flat();
  assert.equal(event.ts, 1484535480.613);
  assert.equal(event.device_ts, 624);
  async function* bare() {
    yield [message("21.5", "attic", 1484535480.613)];
  }
  const [plain] = (await Array.fromAsync(pipe(bare(), parse(), stamp())))
    .flat();
  assert.equal(plain.ts, 1484535480.613);
  assert.equal(plain.device_ts, undefined);
});
