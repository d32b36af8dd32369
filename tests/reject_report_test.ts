import assert from "node:assert/strict";
import { createRejectReport, type Reject } from "../pipeline/mod.ts";

const reject = (
  payload: string | Uint8Array = "?",
  { topic = "t", reason = "not JSON" } = {},
): Reject => ({
  time: 1,
  topic,
  reason,
  payload: typeof payload === "string"
    ? new TextEncoder().encode(payload)
    : payload,
});

Deno.test("a report tells a reject of one topic and reason at 1, 10, 100, 1,000 …", () => {
  const { add } = createRejectReport();
  const lines: [number, string][] = [];
  for (let n = 1; n <= 12_345; n++) {
    // Where it is wrong is no other reason.
    const reason = `not JSON: unexpected "${n % 7}" at ${n}`;
    const line = add(reject(`{${n}`, { reason }));
    if (line !== undefined) lines.push([n, line]);
  }
  assert.deepEqual(lines, [
    [1, 'Rejected a message on t: not JSON: unexpected "1" at 1: {1'],
    [10, 'Rejected 10 messages on t: not JSON: unexpected "3" at 10: {10'],
    [100, 'Rejected 100 messages on t: not JSON: unexpected "2" at 100: {100'],
    [
      1000,
      'Rejected 1,000 messages on t: not JSON: unexpected "6" at 1000: {1000',
    ],
    [
      10_000,
      'Rejected 10,000 messages on t: not JSON: unexpected "4" at 10000: {10000',
    ],
  ]);
});

Deno.test("a report shows the first 40 characters of a payload, escaped, and no endless topic", () => {
  const { add } = createRejectReport();
  const line = (...args: Parameters<typeof reject>) => add(reject(...args))!;
  assert.match(line("\x1b[2J\u202e{", { topic: "a" }), /: \\x1b\[2J\\u202e\{$/);
  assert.ok(
    line("🌡".repeat(41), { topic: "b" }).endsWith(
      `: ${"🌡".repeat(40)}…`,
    ),
  );
  assert.ok(
    line("x".repeat(40), { topic: "c" }).endsWith(
      `: ${"x".repeat(40)}`,
    ),
  );
  assert.ok(line("?", { topic: "x".repeat(60_000) }).length < 300);
  const jpeg = Uint8Array.of(0xff, 0xd8, 0xff, 0xe0, 0, 0x10);
  assert.match(line(jpeg, { topic: "d" }), /: \ufffd+\\x00\\x10$/);
});

Deno.test("a report of a million topics takes no more memory and lines than one of a hundred", () => {
  const { add } = createRejectReport();
  const lines: string[] = [];
  for (let n = 0; n < 1_000_000; n++) {
    lines.push(...add(reject("?", { topic: `t/${n}` })) ?? []);
  }
  const text = lines.join("");
  assert.equal(text.match(/Rejected a message on t\/\d+:/g)?.length, 100);
  assert.equal(text.match(/on further topics/g)?.length, 6);
  assert.match(text, /Rejected 100,000 messages on further topics or for/);
});
