import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { type Mosquitto, startMosquitto } from "../tests/helpers/mosquitto.ts";
import { weir } from "../tests/helpers/weir.ts";
import { print } from "./printed.ts";
import { align, median, withRange } from "./table.ts";

/** The most messages of a run: Mosquitto keeps them all in its memory. */
const MOST = 60_000;

/**
 * Measures a durable recording through Mosquitto: messages that wait at the
 * broker at QoS 1, until each is safe on disk and acknowledged. Beside it
 * `mosquitto_sub -q 1 -c`, which acknowledges what is not on disk.
 */
export async function benchDurable(
  wanted: number,
  runs: number,
): Promise<void> {
  if (spawnSync("mosquitto", ["-h"]).error) {
    return print("Left out, as it is not here: mosquitto (Debian)");
  }
  const messages = Math.min(wanted, MOST);
  const rates = { weir: [] as number[], sub: [] as number[] };
  for (let run = 1; run <= runs; run++) {
    // On the disk that the checkout is on: a folder in memory would flatter.
    const folder = await Deno.makeTempDir({
      dir: fileURLToPath(import.meta.resolve("./")),
      prefix: "out-",
    });
    try {
      rates.weir.push(await measure(messages, `${folder}/rows.csv`, record));
      rates.sub.push(await measure(messages, `${folder}/lines`, subscribe));
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  }
  const ratio = rates.weir.map((rate, run) => rate / rates.sub[run]);
  print(align([
    ["", "messages/s", "× mosquitto_sub -q 1 -c"],
    ["weir, durable", withRange(rates.weir), median(ratio).toFixed(2)],
    ["mosquitto_sub -q 1 -c", withRange(rates.sub), "1.00"],
  ]));
}

/** A client under way, which writes a line for each message to a file. */
interface Client extends AsyncDisposable {
  /** Resolves when it is subscribed for sure. */
  subscribed(): Promise<unknown>;
  /** Resolves at the earliest time at which it may get messages. */
  begins(): Promise<unknown>;
  /** Ends it. */
  stop(): Promise<unknown>;
}

/** Messages a second, from the connection to the last line. */
async function measure(
  messages: number,
  file: string,
  start: (mosquitto: Mosquitto, file: string) => Client,
): Promise<number> {
  await using mosquitto = await startMosquitto({
    config: () => "max_queued_messages 0\nmax_queued_bytes 0",
  });
  {
    await using first = start(mosquitto, file);
    await first.subscribed();
    await first.stop();
  }
  for (let sent = 0; sent < messages; sent += 10_000) {
    const lines = Array.from(
      { length: Math.min(10_000, messages - sent) },
      (_, n) => `["lux-1", 624, ${(284 + (sent + n) / 1e4).toFixed(4)}]`,
    );
    await mosquitto.publishLines("t", lines, "-q", "1", "-V", "5");
  }
  await using second = start(mosquitto, file);
  // From here, so that weir's start is not in it. mosquitto_sub's is short.
  await second.begins();
  const began = performance.now();
  // A row has 50 bytes and more, a line of mosquitto_sub 26.
  const size = async () =>
    (await Deno.stat(file).catch(() => ({ size: 0 }))).size;
  while (await size() < messages * 25) await sleep(5);
  while ((await countLines(file)) < messages) await sleep(5);
  const rate = messages / (performance.now() - began) * 1000;
  await second.stop();
  return rate;
}

function record(mosquitto: Mosquitto, file: string): Client {
  const running = weir([
    ...["record", "t", file, "--broker", mosquitto.url, "--quiet"],
    ...["--durable", "bench"],
  ], { patience: Infinity });
  return {
    subscribed: () => running.stderr.match(/^Connected/),
    begins: () => running.stderr.match(/^Connected/),
    stop() {
      running.kill("SIGINT");
      return running.code;
    },
    [Symbol.asyncDispose]: () => running[Symbol.asyncDispose](),
  };
}

function subscribe({ port }: Mosquitto, file: string): Client {
  const child = spawn("sh", [
    "-c",
    `exec mosquitto_sub -p ${port} -t t -q 1 -c -i bench -V mqttv5 -x 3600 > '${file}'`,
  ], { stdio: "ignore" });
  const end = once(child, "exit");
  return {
    // It says nothing when it is.
    subscribed: () => sleep(500),
    begins: () => Promise.resolve(),
    stop() {
      child.kill("SIGTERM");
      return end;
    },
    async [Symbol.asyncDispose]() {
      child.kill();
      await end;
    },
  };
}

/** How many lines hold a reading. */
async function countLines(file: string): Promise<number> {
  return (await Deno.readTextFile(file)).split("lux-1").length - 1;
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
