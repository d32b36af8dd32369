import { type Message, parse, type Rule } from "../pipeline/mod.ts";
import { align, median } from "./table.ts";

/** Two payloads that most messages are like. */
const PAYLOADS: Record<string, (n: number) => string> = {
  "the tutorial's": (n) => `["lux-1", ${n}, ${284 + n / 1000}]`,
  "eight fields": (n) =>
    JSON.stringify({
      ...{ temperature: 20 + n / 1000, humidity: 45.5, pressure: 1013.25 },
      ...{ battery: 97, linkquality: 120, occupancy: false, state: "ON" },
      illuminance: n,
    }),
};

/** What reads them, each beside the first. */
const READERS: Record<string, readonly Rule[]> = {
  "no rules": [],
  "rules for other topics": [
    { filter: "rtl_433/+/events", id: "{model}/{id}", time: "time" },
    { filter: "cam/#", exclude: true },
  ],
  "a rule for text": [{ text: false }],
  "a rule for ids": [{ id: "{topic[0]}" }],
};

const BATCH = 100;
const TOPICS = 10;

/**
 * Measures how fast messages become events by rules, as a ratio to reading
 * without rules in the same run: the median of the runs.
 */
export async function benchReading(
  messages: number,
  runs: number,
): Promise<void> {
  const batches = Math.ceil(messages / 10 / BATCH);
  const rows = [["", "events/s", "× no rules"]];
  for (const [payload, textOf] of Object.entries(PAYLOADS)) {
    const source = makeBatches(textOf, batches);
    const names = Object.keys(READERS);
    const rates = new Map<string, number[]>(names.map((name) => [name, []]));
    // The first run warms up, and is not counted. Each run begins with another.
    for (let run = 0; run <= runs; run++) {
      for (let turn = 0; turn < names.length; turn++) {
        const name = names[(run + turn) % names.length];
        const rate = await measure(source, READERS[name]);
        if (run > 0) rates.get(name)!.push(rate);
      }
    }
    const base = rates.get(names[0])!;
    for (const [name, all] of rates) {
      rows.push([
        `${payload}, ${name}`,
        Math.round(median(all)).toLocaleString("en-US"),
        median(all.map((rate, run) => rate / base[run])).toFixed(2),
      ]);
    }
  }
  console.log(align(rows));
}

function makeBatches(
  textOf: (n: number) => string,
  batches: number,
): Message[][] {
  const encoder = new TextEncoder();
  return Array.from(
    { length: batches },
    (_, batch) =>
      Array.from({ length: BATCH }, (_, at) => ({
        topic: `sensor-data/${at % TOPICS}`,
        payload: encoder.encode(textOf(batch * BATCH + at)),
        time: 1484535480.613,
        qos: 0 as const,
        retain: false,
        dup: false,
      })),
  );
}

/** Events a second. */
async function measure(
  batches: Message[][],
  rules: readonly Rule[],
): Promise<number> {
  const stage = parse({ rules, onSharedId() {} });
  const started = performance.now();
  let events = 0;
  for await (const batch of stage(flowOf(batches))) events += batch.length;
  return events / (performance.now() - started) * 1000;
}

async function* flowOf(batches: Message[][]) {
  yield* batches;
}
