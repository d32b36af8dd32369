import { type Config, configFile } from "../firmware/device.ts";
import { WeirError } from "../pipeline/mod.ts";
import { UsageError } from "./usage.ts";

/**
 * Asks a person for what a board has to know, writes it into a new file that
 * only its owner can read, and resolves with its text.
 *
 * @throws {UsageError} where nobody can be asked.
 * @throws {WeirError} where the file is there already, or an answer is missing.
 *
 * @example
 * ```ts ignore
 * const text = await newConfig("config.py");
 * ```
 */
export async function newConfig(file: string): Promise<string> {
  if (!Deno.stdin.isTerminal()) {
    throw new UsageError(
      "--new asks questions, and needs a terminal for it. Without one: --config config.py",
    );
  }
  await refuseExisting(file);
  const config: Config = {
    SENSOR_ID: ask("Sensor id", "lux-1"),
    WIFI_ESSID: ask("Wi-Fi network"),
    WIFI_PASSWORD: await askHidden("Wi-Fi password"),
    MQTT_HOST: ask("Broker's address"),
    MQTT_TOPIC: ask("Topic", "sensor-data"),
    SLEEP_TIME: Number(ask("Seconds from sample to sample", "5")),
  };
  if (!(config.SLEEP_TIME as number >= 0.01)) {
    throw new WeirError(
      "The seconds from sample to sample are a number, 0.01 or more.",
    );
  }
  const text = configFile(config);
  // It holds a password.
  await Deno.writeTextFile(file, text, { createNew: true, mode: 0o600 });
  console.error(`Wrote ${file}. More settings: docs/firmware.md`);
  return text;
}

async function refuseExisting(file: string): Promise<void> {
  try {
    await Deno.lstat(file);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return;
    throw error;
  }
  throw new WeirError(
    `${file} is there already, and is not overwritten. To use it: --config ${file}`,
  );
}

function ask(question: string, preset?: string): string {
  const answer = prompt(`${question}:`, preset)?.trim();
  if (answer) return answer;
  throw new WeirError(`${question}: nothing was given. Nothing is written.`);
}

/** Reads a line without showing it. */
async function askHidden(question: string): Promise<string> {
  await Deno.stdout.write(
    new TextEncoder().encode(`${question} (not shown): `),
  );
  const bytes: number[] = [];
  Deno.stdin.setRaw(true, { cbreak: true });
  try {
    const buffer = new Uint8Array(64);
    for (;;) {
      const count = await Deno.stdin.read(buffer);
      if (count === null) break;
      for (const byte of buffer.subarray(0, count)) {
        if (byte === 0x0a || byte === 0x0d) {
          return new TextDecoder().decode(new Uint8Array(bytes));
        }
        if (byte === 0x7f || byte === 0x08) removeLast(bytes);
        else bytes.push(byte);
      }
    }
  } finally {
    Deno.stdin.setRaw(false);
    console.log();
  }
  throw new WeirError(`${question}: nothing was given. Nothing is written.`);
}

/** A character of UTF-8: its first byte is none of 10xxxxxx. */
function removeLast(bytes: number[]): void {
  while (((bytes.pop() ?? 0) & 0xc0) === 0x80);
}
