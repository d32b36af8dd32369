import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { jsonlFormat, mqtt } from "../pipeline/mod.ts";
import { type Mosquitto, startMosquitto } from "../tests/helpers/mosquitto.ts";
import { type Ran, runChild } from "./child.ts";
import { align, median } from "./table.ts";

/** A second of a recording has so many messages. */
const RATE = 1000;

/**
 * Measures `weir replay` through Mosquitto: at `--speed max` beside
 * `mosquitto_pub -l`, and how late messages are at `--speed 1`.
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
    const recording = `${folder}/all.jsonl`;
    await writeRecording(recording, messages);
    const payloads = `${folder}/payloads`;
    await writePayloads(payloads, messages);
    const { port } = mosquitto;
    const one = { recording: `${folder}/one.jsonl`, payloads: `${folder}/one` };
    await writeRecording(one.recording, 1);
    await writePayloads(one.payloads, 1);
    const pub = (lines: string) =>
      runChild(
        ["mosquitto_pub", "-h", "127.0.0.1", "-p", `${port}`, "-t", "a", "-l"],
        lines,
      );
    const weir = (file: string) => runChild(replay(file, mosquitto, "max"));
    const rates = { weir: [] as number[], pub: [] as number[] };
    for (let run = 0; run < runs; run++) {
      // What a program needs for one message is its start, and not its speed.
      rates.pub.push(
        await rateOf(messages, () => pub(payloads), () => pub(one.payloads)),
      );
      rates.weir.push(
        await rateOf(
          messages,
          () => weir(recording),
          () => weir(one.recording),
        ),
      );
    }
    const ratio = median(rates.weir.map((rate, run) => rate / rates.pub[run]));
    const text = (all: number[]) =>
      Math.round(median(all)).toLocaleString("en-US");
    console.log(align([
      ["", "messages/s", "× mosquitto_pub -l"],
      ["weir replay --speed max", text(rates.weir), ratio.toFixed(2)],
      ["mosquitto_pub -l", text(rates.pub), "1.00"],
    ]));
    const seconds = Math.max(1, Math.min(30, Math.round(messages / 5000)));
    const slow = `${folder}/slow.jsonl`;
    await writeRecording(slow, seconds * RATE);
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

async function rateOf(
  messages: number,
  all: () => Promise<Ran>,
  one: () => Promise<Ran>,
): Promise<number> {
  const start = (await one()).seconds;
  return (messages - 1) / Math.max((await all()).seconds - start, 0.001);
}

const replay = (file: string, { url }: Mosquitto, speed: string) => [
  ...[Deno.execPath(), "run", "-q", "-A"],
  fileURLToPath(import.meta.resolve("../main.ts")),
  ...["replay", file, "-b", url, "--speed", speed],
];

const START = 1_700_000_000;

async function writeRecording(path: string, messages: number): Promise<void> {
  const { rows } = jsonlFormat();
  await write(
    path,
    messages,
    (n) =>
      rows([{ sensor_id: "lux-1", ts: START + n / RATE, val: n, topic: "a" }]),
  );
}

const writePayloads = (path: string, messages: number) =>
  write(path, messages, (n) => `["lux-1",${START + n / RATE},${n}]\n`);

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
