import assert from "node:assert/strict";
import {
  type Message,
  parse,
  pipe,
  type Reader,
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
    [
      '{"a":null,"b":[1,2],"c":3}',
      [
        ["home/attic/b/0", NOW, 1],
        ["home/attic/b/1", NOW, 2],
        ["home/attic/c", NOW, 3],
      ],
    ],
    ["garbage", [["home/attic", NOW, "garbage"]]],
    ["\ufeff1", [["home/attic", NOW, 1]]],
    ['{"a":1,"b":1e999,"c":2}', [
      ["home/attic/a", NOW, 1],
      ["home/attic/c", NOW, 2],
    ]],
    ["", []],
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
    ["[", "not JSON: unexpected end"],
    ['{"a":1}}', 'not JSON: unexpected "}" at 7'],
    ['{"a":01}', 'not JSON: unexpected "1" at 6'],
    ["[1,]", 'not JSON: unexpected "]" at 3'],
    ["[]", "an array without a number, string or boolean in it"],
    ["[1,2,3]", notTriple],
    ['["x",1]', notTriple],
    ['["x",1,2,3]', notTriple],
    ['["x","1",2]', 'ts is "1", not a time'],
    ['["x",1,[2]]', "val is an array, not a number, string or boolean"],
    ['["x",1e999,1]', "ts is null, not a time"],
    ['{"sensor_id":true,"val":1}', "sensor_id is true, not text"],
    ["[[1]]", `element 0 is ${notTriple}`],
    ["{}", "an object without a number, string or boolean in it"],
    [
      '{"a":{},"b":[]}',
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

Deno.test("parse() counts gaps, and makes neither an event nor a reject of them", async () => {
  let gaps = 0;
  const texts = [
    "null",
    "NaN",
    "1e999",
    '["x",1,null]',
    '["x",1,1e999]',
    '{"a":null,"b":-inf,"c":1}',
  ];
  async function* source() {
    yield texts.map((text) => message(text));
  }
  const stage = parse({ onGaps: (count) => gaps += count });
  const events = (await Array.fromAsync(pipe(source(), stage))).flat();
  assert.equal(gaps, 7);
  assert.deepEqual(events.map(({ val }) => val), [1]);
});

Deno.test("parse() reports a sensor id that comes from two topics, once", async () => {
  const shared: unknown[] = [];
  const text = '["lux-1",624,1]';
  async function* source() {
    for (let n = 0; n < 3; n++) {
      yield ["room-a", "room-b", "room-c"].map((topic) => message(text, topic));
    }
  }
  const stage = parse({ onSharedId: (one) => shared.push(one) });
  await Array.fromAsync(pipe(source(), stage));
  assert.deepEqual(shared, [
    { sensor_id: "lux-1", topics: ["room-a", "room-b"] },
  ]);
});

Deno.test("parse() takes a reader of one's own, and what it cannot read is a reject", async () => {
  const rejects: string[] = [];
  const read: Reader = ({ payload }) => {
    const text = new TextDecoder().decode(payload);
    if (text === "?") return "a question";
    if (text === "!") throw new Error("a cry");
    return [{ sensor_id: "a", val: Number(text) }];
  };
  async function* source() {
    yield ["1", "?", "!", "x"].map((text) => message(text));
  }
  let gaps = 0;
  const stage = parse({
    read,
    onGaps: (count) => gaps += count,
    rejects: async (flow) => {
      for await (const batch of flow) {
        rejects.push(...batch.map(({ reason }) => reason));
      }
    },
  });
  const events = (await Array.fromAsync(pipe(source(), stage))).flat();
  assert.deepEqual(events.map(({ val }) => val), [1]);
  assert.deepEqual(rejects, ["a question", "a cry"]);
  assert.equal(gaps, 1);
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
    reasons: [`element 0 is ${notTriple}`],
  });
});

Deno.test("parse() rejects a payload over the size, and keeps its beginning", async () => {
  const large = message(`"${"x".repeat(100_000)}"`);
  const { events, rejects: [reject] } = await parsed([large], 1000);
  assert.equal(events.length, 0);
  assert.equal(reject.reason, "100002 bytes are over the 1000 allowed");
  assert.deepEqual(reject.payload, large.payload.slice(0, 4096));
  assert.equal(
    (await parsed([message(`"${"x".repeat(998)}"`)], 1000)).events.length,
    1,
  );
});

Deno.test("parse() keeps 256 bytes of what is not UTF-8, 4 KiB of all else, and the size and SHA-256 of the whole", async () => {
  const binary = crypto.getRandomValues(new Uint8Array(50_000));
  binary[0] = 0xff;
  const text = new TextEncoder().encode("{".repeat(50_000));
  const whole = [binary.slice(0, 256), text.slice(0, 4096)];
  const cut = [binary, text];
  const { rejects } = await parsed(
    [...whole, ...cut].map((payload) => message(payload)),
  );
  const hex = async (payload: Uint8Array<ArrayBuffer>) =>
    new Uint8Array(await crypto.subtle.digest("SHA-256", payload)).toHex();
  assert.deepEqual(
    rejects.map(({ payload, bytes, sha256 }) => ({ payload, bytes, sha256 })),
    [
      ...whole.map((payload) => ({
        payload,
        bytes: undefined,
        sha256: undefined,
      })),
      { payload: whole[0], bytes: 50_000, sha256: await hex(binary) },
      { payload: whole[1], bytes: 50_000, sha256: await hex(text) },
    ],
  );
});

Deno.test("parse() makes one reject of a message, however much is wrong in it", async () => {
  const readings = Array.from({ length: 10_000 }, () => "[1]");
  assert.deepEqual(await one(`[${readings.join()}]`), {
    events: [],
    reasons: [`element 0 is ${notTriple}, and 9999 more`],
  });
  const fields = Array.from({ length: 1001 }, (_, n) => `"${n}":1`);
  assert.deepEqual(await one(`{${fields.join()}}`), {
    events: [],
    reasons: ["over 1000 readings in one message"],
  });
});

Deno.test("parse() does not make a gigabyte of ids out of a megabyte", async () => {
  const fields = Array.from({ length: 900 }, (_, n) => `"${n}":1`).join();
  for (
    const [topic, payload] of [
      ["home/attic", `{"${"x".repeat(400_000)}":{${fields}}}`],
    ]
  ) {
    assert.deepEqual(await one(payload, topic), {
      events: [],
      reasons: ["its fields have too long names for so many"],
    });
  }
  assert.equal((await one(`{${fields}}`)).events.length, 900);
});

Deno.test("parse() tells rejects without control characters where nobody takes them", async () => {
  const told: string[] = [];
  const { error } = console;
  console.error = (text: string) => told.push(text);
  async function* source() {
    yield [
      message('{"sensor_id":1,"ts":"\\u001b[31mred","val":1}', "a\x1b[2J"),
    ];
  }
  try {
    await Array.fromAsync(pipe(source(), parse()));
  } finally {
    console.error = error;
  }
  assert.deepEqual(told, [
    'Rejected a message on a\\x1b[2J: ts is "\\u001b[31mred", not a time: {"sensor_id":1,"ts":"\\u001b[31mred","val…',
  ]);
});

Deno.test("parse() gives a reject its time, topic and payload", async () => {
  const { rejects } = await parsed([message("[", "a/b", 1484535480.613)]);
  assert.deepEqual(rejects, [{
    time: 1484535480.613,
    topic: "a/b",
    reason: "not JSON: unexpected end",
    payload: new TextEncoder().encode("["),
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
    qos: 0,
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
