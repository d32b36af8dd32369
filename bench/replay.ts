import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { jsonlFormat, mqtt } from "../pipeline/mod.ts";
import { type Mosquitto, startMosquitto } from "../tests/helpers/mosquitto.ts";
import { runChild } from "./child.ts";
import { align, median } from "./table.ts";

/** A second of a recording has so many messages. */
const RATE = 1000;

/**
 * Measures `weir replay` through Mosquitto: at `--speed max` beside
 * `mosquitto_pub -l`, from the start of each program to its end, and how late
 * messages are at `--speed 1`.
 */
export async function benchReplay(
  messages: number,
  runs: number,
): Promise<void> {
  if (spawnSync("mosquitto", ["-h"]).error) {
    return console.log("Left out, as it is not here: mosquitto (Debian)");
  }
  await using mosquitto = await startMosquitto();
  const folder = await Deno.makeTempDir({ prefix: "weir-bench-" });
  try {
    const payloads = `${folder}/payloads`;
    await write(payloads, messages, (n) => `${payload(n)}\n`);
    const readings = `${folder}/all.jsonl`;
    await writeReadings(readings, messages);
    const whole = `${folder}/raw.jsonl`;
    await write(whole, messages, rawLine);
    const commands: Record<string, string[]> = {
      "mosquitto_pub -l": publishLines(payloads, mosquitto),
      "weir replay all.jsonl --speed max": replay(readings, mosquitto, "max"),
      "weir replay raw.jsonl --speed max": replay(whole, mosquitto, "max"),
    };
    const rates = new Map<string, number[]>();
    for (let run = 0; run < runs; run++) {
      for (const [name, command] of Object.entries(commands)) {
        const { seconds } = await runChild(command);
        rates.getOrInsertComputed(name, () => []).push(messages / seconds);
      }
    }
    const base = median(rates.get("mosquitto_pub -l")!);
    console.log(align([
      ["", "messages/s", "× mosquitto_pub -l"],
      ...[...rates].map(([name, all]) => [
        name,
        Math.round(median(all)).toLocaleString("en-US"),
        (median(all) / base).toFixed(2),
      ]),
    ]));
    const seconds = Math.max(1, Math.min(30, Math.round(messages / 5000)));
    const slow = `${folder}/slow.jsonl`;
    await writeReadings(slow, seconds * RATE);
    const late = await lateness(slow, mosquitto, seconds * RATE);
    const at = (part: number) => late[Math.floor(part * (late.length - 1))];
    console.log(
      `At ${
        RATE.toLocaleString("en-US")
      } messages/s for ${seconds} s: the median message is ${
        at(0.5).toFixed(1)
      } ms late, the 99th percentile ${at(0.99).toFixed(1)} ms`,
    );
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const replay = (file: string, { url }: Mosquitto, speed: string) => [
  ...[Deno.execPath(), "run", "-q", "-A"],
  fileURLToPath(import.meta.resolve("../main.ts")),
  ...["replay", file, "-b", url, "--speed", speed],
];

/** A shell gives it the file, so that nobody has to pass the lines on. */
const publishLines = (file: string, { port }: Mosquitto) => [
  ...["sh", "-c", 'exec mosquitto_pub -h 127.0.0.1 -p "$1" -t a -l < "$0"'],
  ...[file, `${port}`],
];

const START = 1_700_000_000;

const payload = (n: number) => `["lux-1",${START + n / RATE},${n}]`;

/** A message as `record --raw` keeps it. */
function rawLine(n: number): string {
  const facts = { qos: 0, retain: false, dup: false };
  const time = START + n / RATE;
  return JSON.stringify({ time, topic: "a", payload: payload(n), ...facts }) +
    "\n";
}

async function writeReadings(path: string, messages: number): Promise<void> {
  const { rows } = jsonlFormat();
  await write(
    path,
    messages,
    (n) =>
      rows([{ sensor_id: "lux-1", ts: START + n / RATE, val: n, topic: "a" }]),
  );
}

async function write(
  path: string,
  lines: number,
  line: (n: number) => string,
): Promise<void> {
  using file = await Deno.open(path, { write: true, create: true });
  const writer = file.writable.getWriter();
  const encoder = new TextEncoder();
  for (let at = 0; at < lines; at += 10_000) {
    const length = Math.min(10_000, lines - at);
    const texts = Array.from({ length }, (_, n) => line(at + n));
    await writer.write(encoder.encode(texts.join("")));
  }
}

/**
 * How many milliseconds each message of a replay at its own speed came after its
 * time, in order: as against the one that was the most punctual.
 */
async function lateness(
  file: string,
  mosquitto: Mosquitto,
  messages: number,
): Promise<number[]> {
  const subscribed = Promise.withResolvers<void>();
  const ending = new AbortController();
  const offsets: number[] = [];
  const listening = (async () => {
    const options = {
      signal: ending.signal,
      onStatus: ({ state }: { state: string }) => {
        if (state === "connected") subscribed.resolve();
      },
    };
    for await (const batch of mqtt(mosquitto.url, "a", options)) {
      for (const { payload, time } of batch) {
        const [, ts] = JSON.parse(new TextDecoder().decode(payload));
        offsets.push((time - ts) * 1000);
      }
      if (offsets.length >= messages) return;
    }
  })();
  await Promise.race([subscribed.promise, listening]);
  const late = setTimeout(
    () => ending.abort(),
    messages / RATE * 1000 + 60_000,
  );
  await runChild(replay(file, mosquitto, "1"));
  await listening;
  clearTimeout(late);
  if (offsets.length < messages) {
    throw new Error(`${offsets.length} of ${messages} messages came`);
  }
  const earliest = offsets.reduce((a, b) => Math.min(a, b));
  return offsets.map((offset) => offset - earliest).sort((a, b) => a - b);
}
