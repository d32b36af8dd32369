/** Rules: how the messages of some topics become readings. */
import assert from "node:assert/strict";
import {
  checkRule,
  explain,
  type Message,
  parse,
  pipe,
  type Reject,
  type Rule,
  type SharedId,
  stamp,
  WeirError,
} from "../pipeline/mod.ts";

const TIME = 1795647029.507;

interface Read {
  rows: [string, unknown][];
  times: number[];
  reasons: string[];
  gaps: number;
  untimed: number;
  excluded: number;
}

/** A message with a value or a text. */
const message = (topic: string, payload: unknown): Message => ({
  topic,
  payload: new TextEncoder().encode(
    typeof payload === "string" ? payload : JSON.stringify(payload),
  ),
  time: TIME,
  qos: 0,
  retain: false,
  dup: false,
});

/** What rules make of messages, each a topic with a value or a text. */
async function read(
  rules: Rule[],
  ...messages: [topic: string, payload: unknown][]
): Promise<Read> {
  const rejects: Reject[] = [];
  const counts = { gaps: 0, untimed: 0, excluded: 0 };
  const events = (await Array.fromAsync(pipe(
    (async function* () {
      yield messages.map(([topic, payload]) => message(topic, payload));
    })(),
    parse({
      rules,
      rejects: async (flow) => {
        for await (const batch of flow) rejects.push(...batch);
      },
      onGaps: (count) => counts.gaps += count,
      onUntimed: (count) => counts.untimed += count,
      onExcluded: (count) => counts.excluded += count,
    }),
    stamp(),
  ))).flat();
  return {
    rows: events.map(({ sensor_id, val }) => [sensor_id, val]),
    times: events.map(({ ts }) => ts),
    reasons: rejects.map(({ reason }) => reason),
    ...counts,
  };
}

Deno.test("the first rule whose filter covers the topic applies", async () => {
  const { rows } = await read(
    [
      { filter: "a/+", id: "first" },
      { filter: "a/#", id: "second" },
    ],
    ["a/b", 1],
    ["a/b/c", 2],
    ["b", 3],
  );
  assert.deepEqual(rows, [["first", 1], ["second", 2], ["b", 3]]);
});

Deno.test("a time is ISO 8601, or s, ms, µs or ns since 1970 by its size", async () => {
  const written: [unknown, number][] = [
    ["2026-11-25T22:50:29.507Z", TIME],
    ["2026-11-25T23:50:29.507+01:00", TIME],
    [1795647029, 1795647029],
    [1795647029.507, TIME],
    [1795647029507, TIME],
    [1795647029507000, TIME],
    ["1795647029507", TIME],
  ];
  for (const [t, ts] of written) {
    const { times, untimed } = await read([{ time: "t" }], ["x", { t, v: 1 }]);
    assert.deepEqual({ t, times, untimed }, { t, times: [ts], untimed: 0 });
  }
  const ns = await read([{ time: "t" }], [
    "x",
    '{"t":1795647029507000000,"v":1}',
  ]);
  assert.deepEqual(ns.times, [TIME]);
});

Deno.test("without a time in its field a reading has the host's, and is counted", async () => {
  const { rows, times, untimed } = await read(
    [{ time: "t" }],
    ["x", { t: "soon", v: 1 }],
    ["x", { v: 2 }],
    ["x", { t: -1, v: 3 }],
  );
  assert.deepEqual(rows, [["x/v", 1], ["x/v", 2], ["x/v", 3]]);
  assert.deepEqual(times, [TIME, TIME, TIME]);
  assert.equal(untimed, 3);
});

Deno.test("an id lacks a field, or a level of the topic: a reject that names it", async () => {
  const { rows, reasons } = await read(
    [{ id: "{model}/{id}" }],
    ["x", { model: "WH2", t: 1 }],
    ["x", { model: "", id: 1, t: 1 }],
    ["x", { model: "WH2", id: 7, t: 1 }],
  );
  assert.deepEqual(rows, [["WH2/7/t", 1]]);
  assert.deepEqual(reasons, [
    'no field "id" for its id',
    'no field "model" for its id',
  ]);
  const level = await read([{ id: "{topic[2]}" }], ["a/b", 1]);
  assert.deepEqual(level.reasons, ["its topic has no level 2"]);
});

Deno.test("an id keeps the digits that a double does not hold", async () => {
  const { rows } = await read(
    [{ id: "{tag}" }],
    ["door", '{"tag":12345678901234567890,"open":true}'],
  );
  assert.deepEqual(rows, [["12345678901234567890/open", true]]);
});

Deno.test("an id takes the sensor's own name, in an array of readings, too", async () => {
  const { rows } = await read(
    [{ id: "{topic[0]}/{sensor_id}" }],
    ["a/data", ["lux-1", 624, 1]],
    ["b/data", [["lux-1", 624, 2], ["lux-2", 624, 3]]],
    ["c/data", { sensor_id: "lux-1", val: 4 }],
    ["d/data", { sensor_id: "lux-1", t: 5 }],
  );
  assert.deepEqual(rows, [
    ["a/lux-1", 1],
    ["b/lux-1", 2],
    ["b/lux-2", 3],
    ["c/lux-1", 4],
    ["d/lux-1/sensor_id", "lux-1"],
    ["d/lux-1/t", 5],
  ]);
});

Deno.test("fields are kept by name, * is one level and ** all below", async () => {
  const payload = { a: 1, b: { c: 2, d: { e: 3 } }, f: null };
  const cases: [string[], string[]][] = [
    [["a"], ["x/a"]],
    [["b/*"], ["x/b/c"]],
    [["b/**"], ["x/b/c", "x/b/d/e"]],
    [["*/d/e", "a"], ["x/a", "x/b/d/e"]],
    [["**"], ["x/a", "x/b/c", "x/b/d/e"]],
  ];
  for (const [fields, ids] of cases) {
    const { rows, gaps } = await read([{ fields }], ["x", payload]);
    assert.deepEqual({ fields, ids: rows.map(([id]) => id) }, { fields, ids });
    assert.equal(gaps, fields.includes("**") ? 1 : 0);
  }
  const { reasons } = await read([{ fields: ["z", "y/*"] }], ["x", payload], [
    "x",
    "ON",
  ]);
  assert.deepEqual(reasons, [
    "none of the fields z, y/*",
    "none of the fields z, y/*",
  ]);
});

Deno.test("one field is the value: a gap is counted, an object is a reject", async () => {
  const { rows, gaps, reasons } = await read(
    [{ value: "v", id: "{topic[1]}" }],
    ["a/one", { v: 1, w: 2 }],
    ["a/two", { v: null }],
    ["a/three", { v: { w: 1 } }],
    ["a/four", { w: 1 }],
    ["a/five", 5],
  );
  assert.deepEqual(rows, [["one", 1]]);
  assert.equal(gaps, 1);
  assert.deepEqual(reasons, [
    "v is an object, not a value",
    'no field "v"',
    'no field "v"',
  ]);
});

Deno.test("each element is read by itself, with the fields of what it lies in", async () => {
  const { rows, times, reasons } = await read(
    [{ each: "values", id: "{gateway}/{n}", time: "at" }],
    ["x", {
      gateway: "g",
      at: 1795647029507,
      values: [{ n: 1, t: 20 }, { n: 2, t: 21 }, { t: 22 }],
    }],
    ["x", { gateway: "g", values: 3 }],
  );
  assert.deepEqual(rows, [["g/1/t", 20], ["g/2/t", 21]]);
  assert.deepEqual(times, [TIME, TIME]);
  assert.deepEqual(reasons, [
    'element 2: no field "n" for its id',
    "values is 3, not an array",
  ]);
});

Deno.test("elements that their id does not tell apart are told apart by index", async () => {
  const { rows } = await read(
    [{ each: "v", id: "{topic}" }],
    ["x", { v: [{ t: 1 }, { t: 2 }] }],
  );
  assert.deepEqual(rows, [["x/0/t", 1], ["x/1/t", 2]]);
});

Deno.test("excluded topics make neither rows nor rejects, and are counted", async () => {
  const { rows, reasons, excluded } = await read(
    [{ filter: "logs/#", exclude: true }],
    ["logs/a", "{"],
    ["logs", "1"],
    ["lab", "2"],
  );
  assert.deepEqual({ rows, reasons, excluded }, {
    rows: [["lab", 2]],
    reasons: [],
    excluded: 2,
  });
});

Deno.test("text that is not JSON is a reject where a rule says so", async () => {
  const { rows, reasons } = await read([{ text: false }], ["x", "ON"], [
    "x",
    1,
  ]);
  assert.deepEqual(rows, [["x", 1]]);
  assert.deepEqual(reasons, ['not JSON: unexpected "O" at 0']);
});

Deno.test("two topics whose readings a template makes one sensor are told once", async () => {
  const shared: SharedId[] = [];
  const source = async function* () {
    for (const topic of ["home/a", "home/b", "home/b"]) {
      yield [message(topic, 1), message(topic, { t: 1 })];
    }
  };
  await Array.fromAsync(pipe(
    source(),
    parse({
      rules: [{ id: "{topic[0]}" }],
      onSharedId: (id) => shared.push(id),
    }),
  ));
  assert.deepEqual(shared, [
    { sensor_id: "home", topics: ["home/a", "home/b"] },
    { sensor_id: "home/t", topics: ["home/a", "home/b"] },
  ]);
});

Deno.test("a decoder of text takes what looks like JSON as it stands", async () => {
  const { rows, reasons } = await read(
    [{ decode: "text" }],
    [
      "plug",
      '{"a":1}\n',
    ],
    ["plug", "a\u0007b"],
    ["plug", " "],
  );
  assert.deepEqual(rows, [["plug", '{"a":1}']]);
  assert.deepEqual(reasons, ['text with a control character: "\\u0007" at 1']);
  assert.throws(
    () => parse({ rules: [{ decode: "xml" as "json" }] }),
    /no decoder "xml".*json/,
  );
});

Deno.test("a wrong filter or id of a rule is an error, before anything is read", () => {
  for (
    const rule of [{ filter: "a#" }, { id: "{a" }, { id: "{}" }, { id: "" }]
  ) {
    assert.throws(() => checkRule(rule), WeirError);
    assert.throws(() => parse({ rules: [rule] }), WeirError);
  }
});

Deno.test("hostile names and depths in a rule's fields are fields, nothing more", async () => {
  const { rows, reasons } = await read(
    [{ id: "{__proto__}", time: "constructor/name" }],
    ["x", '{"a":1}'],
    ["x", '{"__proto__":"p","a":1}'],
  );
  assert.deepEqual(rows, [["p/a", 1]]);
  assert.equal(reasons.length, 1);
});

Deno.test("explain() says which rule applies to a message, and what becomes of it", async () => {
  const rules: Rule[] = [
    { filter: "logs/#", exclude: true },
    { filter: "rtl/+", id: "{id}", time: "t" },
  ];
  const source = async function* () {
    yield [
      message("rtl/a", { id: 7, t: 1795647029, x: 1, y: null }),
      message("rtl/a", { id: 7, t: "soon", x: 1 }),
      message("rtl/a", { x: 1 }),
      message("logs/a", "{"),
      message("weir/lux-1/status", "{}"),
      message("plug", "ON"),
      message("plug", ""),
    ];
  };
  const [explained] = await Array.fromAsync(
    pipe(source(), explain({ rules })),
  );
  assert.deepEqual(
    explained.map((each) => [
      each.rule && rules.indexOf(each.rule),
      each.events.map(({ sensor_id, ts }) => [sensor_id, ts]),
      each.gaps,
      each.untimed,
      each.rejects.map(({ reason }) => reason),
      each.excluded,
      each.nothing,
    ]),
    [
      [1, [["7/x", 1795647029]], 1, 0, [], false, false],
      [1, [["7/x", TIME]], 0, 1, [], false, false],
      [1, [], 0, 1, ['no field "id" for its id'], false, false],
      [0, [], 0, 0, [], true, false],
      [undefined, [], 0, 0, [], false, true],
      [undefined, [["plug", TIME]], 0, 0, [], false, false],
      [undefined, [], 0, 0, [], false, true],
    ],
  );
});
