import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { startMosquitto } from "../tests/helpers/mosquitto.ts";
import { weir } from "../tests/helpers/weir.ts";

/** The most messages of a run: Mosquitto keeps them all in its memory. */
const MOST = 60_000;

/**
 * Measures a durable recording through Mosquitto: messages that wait at the
 * broker at QoS 1, until each is safe on disk and acknowledged.
 */
export async function benchDurable(
  wanted: number,
  runs: number,
): Promise<void> {
  if (spawnSync("mosquitto", ["-h"]).error) {
    return console.log("Left out, as it is not here: mosquitto (Debian)");
  }
  const messages = Math.min(wanted, MOST);
  const rates: number[] = [];
  for (let run = 1; run <= runs; run++) {
    // On the disk that the checkout is on: a folder in memory would flatter.
    const folder = await Deno.makeTempDir({
      dir: fileURLToPath(import.meta.resolve("./")),
      prefix: "out-",
    });
    await using mosquitto = await startMosquitto({
      config: () => "max_queued_messages 0\nmax_queued_bytes 0",
    });
    const file = `${folder}/rows.csv`;
    const start = () =>
      weir([
        ...["record", "t", file, "--broker", mosquitto.url, "--quiet"],
        ...["--durable", "bench"],
      ], { patience: Infinity });
    try {
      await using first = start();
      await first.stderr.match(/^Connected/);
      first.kill("SIGINT");
      await first.code;
      for (let sent = 0; sent < messages; sent += 10_000) {
        const lines = Array.from(
          { length: Math.min(10_000, messages - sent) },
          (_, n) => `["lux-1", 624, ${(284 + (sent + n) / 1e4).toFixed(4)}]`,
        );
        await mosquitto.publishLines("t", lines, "-q", "1", "-V", "5");
      }
      await using second = start();
      // From here, so that the start of the process is not in it.
      await second.stderr.match(/^Connected/);
      const began = performance.now();
      const size = messages * 50;
      while ((await Deno.stat(file)).size < size) await sleep(5);
      while ((await countRows(file)) < messages) await sleep(5);
      rates.push(messages / (performance.now() - began) * 1000);
      second.kill("SIGINT");
      await second.code;
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  }
  const sorted = rates.toSorted((a, b) => a - b).map((rate) =>
    Math.round(rate)
  );
  const text = (rate: number) => rate.toLocaleString("en-US");
  console.log(
    `durable, through Mosquitto: ${
      text(sorted[Math.floor(sorted.length / 2)])
    } messages/s (median of ${sorted.length}; ${text(sorted[0])} to ${
      text(sorted.at(-1)!)
    })`,
  );
}

async function countRows(file: string): Promise<number> {
  return (await Deno.readTextFile(file)).split("\n").length - 2;
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
