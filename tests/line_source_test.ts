import assert from "node:assert/strict";
import { lines, type Message } from "../pipeline/mod.ts";
import { attend } from "./helpers/attend.ts";
import { makeFolder } from "./helpers/folder.ts";
import { MAIN, weir } from "./helpers/weir.ts";

/** A stream of these chunks. */
const stream = (...chunks: string[]) =>
  ReadableStream.from(chunks).pipeThrough(new TextEncoderStream());

async function read(
  ...args: Parameters<typeof lines>
): Promise<Message[]> {
  return (await Array.fromAsync(lines(...args))).flat();
}

const text = ({ payload }: Message) => new TextDecoder().decode(payload);

Deno.test("lines() makes a message of each line, however the stream is cut", async () => {
  const whole = "a\nß\r\n\n c \nlast";
  const bytes = new TextEncoder().encode(whole);
  for (let size = 1; size <= bytes.length; size++) {
    const chunks = Array.from(
      { length: Math.ceil(bytes.length / size) },
      (_, at) => bytes.slice(at * size, (at + 1) * size),
    );
    const messages = await read(ReadableStream.from(chunks));
    assert.deepEqual(messages.map(text), ["a", "ß", "", " c ", "last"]);
    assert.ok(
      messages.every(({ topic, qos }) => topic === "stdin" && qos === 0),
    );
  }
  assert.deepEqual(await read(stream()), []);
});

Deno.test("lines() keeps the beginning of a line that is too long, and its size", async () => {
  const long = "x".repeat(10_000);
  const found = await read(stream(long.slice(0, 7000), `${long}\nshort\n`), {
    maxPayload: 9000,
  });
  assert.deepEqual(
    found.map(({ payload, bytes }) => [payload.length, bytes]),
    [[4096, 17_000], [5, undefined]],
  );
});

Deno.test("lines() ends with its signal, also if nothing comes", async () => {
  const ending = new AbortController();
  const silent = new ReadableStream<Uint8Array>({
    start: (controller) => controller.enqueue(new TextEncoder().encode("a\nb")),
  });
  const seen: string[] = [];
  for await (const batch of lines(silent, { signal: ending.signal })) {
    seen.push(...batch.map(text));
    ending.abort();
  }
  // What was taken in flows through to the end.
  assert.deepEqual(seen, ["a", "b"]);
});

Deno.test("record - records the lines of stdin, by rules, and rejects what it cannot read", async () => {
  await using folder = await makeFolder();
  const file = folder.path("rtl.csv");
  await using recording = weir(
    ["record", "-", file, "--id", "{model}/{id}", "--time", "time"],
    {
      stdin: '{"time":1484535480.5,"model":"WH2","id":37,"t":17.5}\n' +
        "{no JSON\n" +
        '{"time":1484535481.5,"model":"WH2","id":37,"t":17.75}\n',
    },
  );
  assert.equal(await recording.code, 0, recording.stderr.text());
  assert.equal(
    await folder.read("rtl.csv"),
    "timestamp,datetime,sensor_id,value\r\n" +
      "1484535480.500,2017-01-16T02:58:00.500Z,WH2/37/t,17.5\r\n" +
      "1484535481.500,2017-01-16T02:58:01.500Z,WH2/37/t,17.75\r\n",
  );
  assert.match(recording.stderr.text(), /^Reading lines, recording to /);
  assert.match(recording.stderr.text(), /Recorded 2 events .* \(1 rejected\)/);
  const reject = JSON.parse(await folder.read("rtl.csv.rejects.jsonl"));
  assert.equal(reject.topic, "stdin");
});

Deno.test("record - ends with Ctrl-C while its stdin is silent", async () => {
  await using folder = await makeFolder();
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-qA", MAIN, "record", "-", folder.path("a.csv")],
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  await using recording = attend(child);
  await recording.stderr.match(/^Reading lines/);
  child.kill("SIGINT");
  assert.equal(await recording.code, 0);
  assert.match(recording.stderr.text(), /Recorded 0 events/);
  await child.stdin.close();
});

Deno.test("record - refuses what needs a broker", async () => {
  for (
    const more of [["--durable", "lab"], ["-t", "x"], ["--password-file", "-"]]
  ) {
    await using recording = weir(["record", "-", "a.csv", ...more]);
    assert.equal(await recording.code, 2);
    assert.match(recording.stderr.text(), /^- reads stdin/);
  }
});
