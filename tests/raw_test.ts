import assert from "node:assert/strict";
import {
  checkRecording,
  csv,
  exportRecordings,
  jsonl,
  type Message,
  pipe,
  raw,
  rawFormat,
  WeirError,
} from "../pipeline/mod.ts";
import { EVENT, flow } from "./helpers/csv_rows.ts";
import { type Folder, makeFolder } from "./helpers/folder.ts";
import { message } from "./helpers/message.ts";

async function record(path: string, ...messages: Message[]): Promise<void> {
  async function* source() {
    yield messages;
  }
  await pipe(source(), raw(), csv(path, { format: rawFormat() }));
}

/** The messages of a raw recording, as they are read. */
async function messagesOf(folder: Folder, name: string): Promise<Message[]> {
  const lines = (await folder.read(name)).split(/(?<=\n)/);
  return lines.map((line) => {
    const { row, fault } = rawFormat().read(line);
    assert.equal(fault, undefined);
    const { payload, ...rest } = row!.message!;
    const encoder = new TextEncoder();
    return {
      ...rest,
      payload: typeof payload === "string" ? encoder.encode(payload) : payload,
    };
  });
}

const bytes = (...values: number[]) => new Uint8Array(values);

Deno.test("A raw recording holds each message whole", async () => {
  await using folder = await makeFolder();
  const messages: Message[] = [
    message("open", "lab/door"),
    message("", "cleared"),
    message('\ufeff\0\x1b[31m"\\\r\n\u202e😀', "odd\u0007 topic"),
    message(bytes(0xff, 0, 0xc3), "binary"),
    { ...message("1", "kept"), qos: 2, retain: true, dup: true },
    {
      ...message("1", "properties"),
      qos: 1,
      properties: {
        payloadFormatIndicator: true,
        messageExpiryInterval: 60,
        responseTopic: "answer",
        correlationData: bytes(1, 255),
        contentType: "text/plain",
        userProperties: { unit: "lx", tag: ["a", "b"] },
      },
    },
  ];
  await record(folder.path("raw.jsonl"), ...messages);
  const text = await folder.read("raw.jsonl");
  // What a terminal would obey is escaped.
  assert.doesNotMatch(text, /[^\P{Cc}\n]|\u202e/u);
  const read = await messagesOf(folder, "raw.jsonl");
  assert.deepEqual(
    read.map(({ payload, properties, ...rest }) => ({
      ...rest,
      bytes: undefined,
      payload: [...payload],
      properties: properties && {
        ...properties,
        correlationData: [...properties.correlationData!],
      },
    })),
    messages.map(({ payload, properties, ...rest }) => ({
      ...rest,
      bytes: undefined,
      payload: [...payload],
      properties: properties && {
        ...properties,
        correlationData: [...properties.correlationData!],
      },
    })),
  );
  const found: string[] = [];
  const { rows } = await checkRecording(folder.path("raw.jsonl"), {
    onProblem: ({ text }) => found.push(text),
  });
  assert.deepEqual([rows, found], [6, []]);
});

Deno.test("A raw recording leaves out what belongs to the subscription", async () => {
  await using folder = await makeFolder();
  const properties = { subscriptionIdentifier: 7, topicAlias: 1 } as object;
  await record(folder.path("raw.jsonl"), { ...message("1"), properties });
  assert.doesNotMatch(await folder.read("raw.jsonl"), /properties/);
});

Deno.test("A payload that is too large for a row is cut, and its size kept", async () => {
  await using folder = await makeFolder();
  const size = 7 * 1_048_576 + 1;
  const zeros = message(new Uint8Array(size));
  const sevens = message(new Uint8Array(size).fill(55));
  await record(folder.path("raw.jsonl"), zeros, sevens);
  const read = await messagesOf(folder, "raw.jsonl");
  assert.deepEqual(
    read.map(({ payload, bytes }) => [payload.length, bytes]),
    [[size - 1, size], [size - 1, size]],
  );
  const { size: file } = await Deno.stat(folder.path("raw.jsonl"));
  assert.ok(file < 20_000_000, `${file}`);
});

Deno.test("A raw recording goes on in a raw recording, and in nothing else", async () => {
  await using folder = await makeFolder();
  const path = folder.path("raw.jsonl");
  await record(path, message("1"));
  await record(path, message("2"));
  assert.equal((await messagesOf(folder, "raw.jsonl")).length, 2);
  const refused = (error: unknown) =>
    error instanceof WeirError && error.code === "ERR_WEIR_FILE_HEADER";
  await assert.rejects(jsonl(path)(flow([EVENT])), refused);
  await jsonl(folder.path("events.jsonl"))(flow([EVENT]));
  await assert.rejects(
    record(folder.path("events.jsonl"), message("1")),
    refused,
  );
  // A reading is no message.
  await assert.rejects(
    csv(path, { format: rawFormat() })(flow([EVENT])),
    (error) => error instanceof WeirError && error.code === "ERR_WEIR_EVENT",
  );
});

Deno.test("An export makes readings of a raw recording, by rules, and names what is none", async () => {
  await using folder = await makeFolder();
  const path = folder.path("raw.jsonl");
  await record(
    path,
    message('{"model":"WH2","id":37,"t":17.5,"time":1484535000}', "rtl"),
    message("{no JSON", "rtl"),
    message("21.5", "attic", 1484535481),
    message('{"network":"up"}', "weir/lux-1/status"),
  );
  const faults: string[] = [];
  const rules = [{ filter: "rtl", id: "{model}/{id}", time: "time" }];
  const { events, faults: count } = await exportRecordings(
    [path],
    folder.path("out.csv"),
    {
      rules,
      onFault: (_path, line, text) => faults.push(`${line}: ${text}`),
    },
  );
  assert.deepEqual([events, count], [2, 1]);
  assert.match(faults.join(), /^2: /);
  assert.deepEqual(
    (await folder.read("out.csv")).split("\r\n").slice(1).map((row) =>
      row.split(",").toSpliced(1, 1).join()
    ),
    ["1484535000.000,WH2/37/t,17.5", "1484535481.000,attic,21.5", ""],
  );
});

Deno.test("A line that is no message is a fault", () => {
  const { read } = rawFormat();
  const line = (changes: object) =>
    JSON.stringify({
      ...{ time: 1, topic: "a", payload: "1", qos: 0, retain: false },
      ...changes,
    }) + "\n";
  assert.equal(read(line({})).fault, undefined);
  for (
    const changes of [
      { time: "1" },
      { topic: 1 },
      { payload: 1 },
      { qos: 3 },
      { retain: "no" },
      { bytes: "1" },
      { properties: 1 },
      { properties: { contentType: 1 } },
      { properties: { other: 1 } },
      { properties: { userProperties: { a: [1] } } },
    ]
  ) assert.ok(read(line(changes)).fault, JSON.stringify(changes));
  assert.ok(read("null\n").fault);
  assert.ok(read("{\n").fault);
});
