/** What devices really send, after bug reports and manuals: each case with its rows. */
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import {
  csvFormat,
  type Message,
  parse,
  pipe,
  type Reject,
} from "../pipeline/mod.ts";
import { readArguments } from "../cli/read_arguments.ts";
import { readRules } from "../cli/rule_options.ts";
import { command } from "../commands/record.ts";
import { readPage } from "./helpers/pages.ts";

interface Case {
  name: string;
  topic: string;
  payload?: string;
  payload_base64?: string;
  /** `[sensor_id, value]`, and the timestamp where it is known, as in the CSV. */
  rows: [string, string, string?][];
  /** A word of the reject's reason. */
  rejected?: string;
  gaps?: number;
  /** Options of `weir record`. */
  args?: string[];
}

const cases: Case[] = (await readPage("tests/payload_cases.jsonl"))
  .trim().split("\n").map((line) => JSON.parse(line));

/** The rules that `weir record` makes of options. */
function rulesOf(args: string[]) {
  const read = readArguments("record", command, ["topic", "x.csv", ...args]);
  return readRules(read!.options as Parameters<typeof readRules>[0]);
}

for (const example of cases) {
  Deno.test(`a payload from the field: ${example.name}`, async () => {
    const { topic, payload, payload_base64, rows, rejected } = example;
    const message: Message = {
      topic,
      payload: payload === undefined
        ? Buffer.from(payload_base64!, "base64")
        : Buffer.from(payload),
      time: 1795647029.507,
      qos: 0,
      retain: false,
      dup: false,
    };
    const rejects: Reject[] = [];
    let gaps = 0;
    const events = (await Array.fromAsync(
      pipe(
        (async function* () {
          yield [message];
        })(),
        parse({
          rules: example.args && rulesOf(example.args),
          rejects: async (flow) => {
            for await (const batch of flow) rejects.push(...batch);
          },
          onGaps: (count) => gaps += count,
        }),
      ),
    )).flat();

    const { rows: write } = csvFormat();
    const times = events.map((event) => write([event]).split(",", 1)[0]);
    const cells = events.map((event) =>
      write([event]).trimEnd().split(",").slice(2)
    );
    // A decimal comma is quoted in a CSV.
    const plain = cells.map((
      [id, ...value],
    ) => [id, value.join(",").replace(/^"(.*)"$/, "$1")]);
    assert.deepEqual(plain, rows.map(([id, value]) => [id, value]));
    for (const [at, [, , time]] of rows.entries()) {
      if (time !== undefined) assert.equal(times[at], time);
    }
    assert.equal(gaps, example.gaps ?? 0);
    assert.equal(rejects.length, rejected === undefined ? 0 : 1);
    if (rejected !== undefined) {
      assert.ok(rejects[0].reason.includes(rejected), rejects[0].reason);
      assert.equal(rejects[0].topic, topic);
    }
  });
}

Deno.test("there are cases enough", () => {
  assert.ok(cases.length >= 52);
});
