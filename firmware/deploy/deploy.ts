/** From the firmware's files to a board that runs them. */
import { WeirError } from "../../pipeline/error.ts";
import { escape } from "../../pipeline/escape.ts";
import { deviceFiles } from "../device_files.ts";
import { precompile } from "../precompile.ts";
import { advice, flashing, isKnown, sensorAdvice, silent } from "./advice.ts";
import { hasRun, holdBoard, type Main, mainFile } from "./hold_board.ts";
import { type RawRepl, rawRepl } from "./raw_repl.ts";
import type { Transport } from "./transport.ts";
import { carryOut, listFiles, makePlan, type Plan } from "./upload.ts";

/** Options of {@linkcode deploy}. */
export interface DeployOptions {
  /** The text of `config.py`. Without it the board keeps its own. */
  config?: string;
  /** With a `config.py` that has `MQTT_TLS`: the certificate that it names, as DER. */
  authority?: { name: string; der: Uint8Array };
  /** A person's own drivers, by file name. */
  drivers?: Readonly<Record<string, string>>;
  /** Whether the board starts the firmware by itself. Default: yes. */
  autostart?: boolean;
  /** Whether modules go as source, and not compiled. */
  source?: boolean;
  /** Whether only to find out what would be done. */
  dryRun?: boolean;
  /** Seconds to wait until the board has published a sample. Default: 60. */
  timeout?: number;
  /**
   * Breaks off when aborted. A board that is in the middle of an upload then starts what it has; it is taken up when it
   * is done again.
   */
  signal?: AbortSignal;
  /** Is told the plan before it is carried out. */
  onPlan?: (plan: Plan) => void;
  /** Is told how many bytes have been written, and of which file. */
  onProgress?: (bytes: number, name: string) => void;
  /** Is told what happens, in a sentence. */
  tell?: (what: string) => void;
}

/** No soft reset touches the Wi-Fi: a changed name or password would be ignored. A radio that is off is left off. */
const LEAVE_NETWORK = `
import network
try:
    network.WLAN(network.STA_IF).disconnect()
except OSError:
    pass
`;

/**
 * Puts the firmware on a board over its prompt, starts it, and waits until it has published a sample. What is done stays
 * done: interrupted, it goes on where it was when it is run again.
 *
 * @throws {WeirError} if that fails; the message says what to do.
 * @throws the signal's reason if it is aborted.
 *
 * @example
 * ```ts ignore
 * await using transport = await openTransport("/dev/ttyUSB0");
 * await deploy(transport, { config: await Deno.readTextFile("config.py") });
 * ```
 */
export async function deploy(
  transport: Transport,
  options: DeployOptions = {},
): Promise<void> {
  const { autostart = true, timeout = 60, signal, tell = () => {} } = options;
  const repl = rawRepl(transport, signal);
  await repl.enter();
  try {
    const platform = await checkVersion(repl, transport.name);
    if (!isKnown(platform)) {
      tell(
        `weir's firmware is made for ESP8266, ESP32 and Pico W, and this board is another: ${
          escape(platform)
        }`,
      );
    }
    if (options.authority && platform === "esp8266") throw tooSmallForTls();
    const main = await mainFile(repl);
    if (main !== "none" && await hasRun(repl)) {
      // Its watchdog may be armed, and would reset the board in the middle of the upload.
      tell("Restarting the board without its watchdog");
      await holdBoard(repl);
    }
    await upload(repl, main, options);
    if (!options.dryRun) await repl.run(LEAVE_NETWORK);
  } catch (error) {
    // What it did before, it does again.
    await repl.softReset().catch(() => {});
    throw error;
  }
  if (autostart && !options.dryRun) {
    tell(
      `Starting the firmware, and waiting for its first sample (${timeout} s at most)`,
    );
  }
  await repl.softReset();
  if (options.dryRun) return;
  await Promise.race([
    autostart ? untilPublished(repl, timeout, tell) : repl.hear(/>>> $/, 5000),
    aborted(signal),
  ]);
}

function aborted(signal?: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const abort = () => reject(signal!.reason);
    if (signal?.aborted) abort();
    signal?.addEventListener("abort", abort);
  });
}

/** It would run into the same at its start, and have no program then. */
const tooSmallForTls = () =>
  new WeirError(
    "ERR_WEIR_BOARD",
    "config.py has MQTT_TLS, and this board is an ESP8266: its TLS cannot check a certificate, and its heap of 38 KB has no room for it beside the firmware. Take an ESP32 or a Pico W, or leave MQTT_TLS out. Nothing was written.",
  );

/**
 * Compiled modules are of a version that MicroPython has since 1.19. Resolves with the board's platform: `esp8266`,
 * `esp32`, `rp2`.
 */
async function checkVersion(repl: RawRepl, port: string): Promise<string> {
  const text = await repl.run(
    "import sys\nprint(sys.implementation.name, *sys.implementation.version[:2], sys.platform)",
  );
  const [name, major, minor, platform] = text.trim().split(" ");
  if (name === "micropython" && Number(major) * 100 + Number(minor) >= 119) {
    return platform;
  }
  throw new WeirError(
    "ERR_WEIR_BOARD",
    `The board runs ${
      escape(`${name} ${major}.${minor}`)
    }, and the firmware needs MicroPython 1.19 or later. ${
      flashing(port, platform)
    }`,
  );
}

async function upload(
  repl: RawRepl,
  main: Main,
  options: DeployOptions,
): Promise<void> {
  const { autostart = true } = options;
  if (main === "foreign" && autostart) {
    throw new WeirError(
      "ERR_WEIR_BOARD",
      "The board starts a main.py that is not weir's. Keep it under another name with mpremote (mpremote fs cp :main.py main.py, mpremote fs rm :main.py).",
      { facts: { help: "no-autostart" } },
    );
  }
  const wanted = await files(options);
  const there = await listFiles(repl, Object.keys(wanted));
  if (options.config === undefined && !there.has("config.py")) {
    throw new WeirError(
      "ERR_WEIR_BOARD",
      "The board has no config.py yet.",
      { facts: { help: "board-config" } },
    );
  }
  const plan = await makePlan(wanted, there);
  const other = autostart ? "client.py" : "main.py";
  if (there.has(other) && (autostart || main === "ours")) {
    plan.remove.push(other);
  }
  options.onPlan?.(plan);
  if (!options.dryRun) await carryOut(repl, plan, options.onProgress);
}

async function files(
  { config, authority, drivers, autostart = true, source }: DeployOptions,
): Promise<Record<string, string | Uint8Array>> {
  const { "client.py": client, "config.py": _example, ...modules } = {
    ...deviceFiles,
    ...drivers,
  };
  return {
    ...(source ? modules : await precompile(modules)),
    ...(config === undefined ? {} : { "config.py": config }),
    ...(authority ? { [authority.name]: authority.der } : {}),
    [autostart ? "main.py" : "client.py"]: client,
  };
}

/** Once a sample is out, or the board cannot go on by itself. */
const PUBLISHED = /(^|\n)First sample published to .*\r?\n/;
const NETWORK = /(?:^|\n)On the Wi-Fi network (.*?)\r?\n/;
const CONNECTED = /(^|\n)Connection successful\r?\n/;
const ENDED = /(^|\n)(\w*Error: .*\r?\n[^]*>>> $|E_\w+_AUTH: .*\r?\n)/;
/** The first sample is taken before the connection is there. */
const SENSOR =
  /(^|\n)E_(I2C|DHT|ONEWIRE|CRC|SENSOR_ID|SATURATED|VALUE): .*\r?\n/;
const NO_SENSOR = new RegExp(
  `${SENSOR.source}[^]*${CONNECTED.source}|${CONNECTED.source}[^]*${SENSOR.source}`,
);

async function untilPublished(
  repl: RawRepl,
  timeout: number,
  tell: (what: string) => void,
): Promise<void> {
  const done = [PUBLISHED, NO_SENSOR, ENDED].map(({ source }) => source);
  const text = await repl.hear(new RegExp(done.join("|")), timeout * 1000);
  const heard = text ?? repl.drain();
  if (!CONNECTED.test(heard)) {
    throw new WeirError("ERR_WEIR_BOARD", advice(heard, timeout));
  }
  if (SENSOR.test(heard)) {
    throw new WeirError("ERR_WEIR_BOARD", sensorAdvice(heard));
  }
  if (!text || !PUBLISHED.test(text)) {
    throw new WeirError("ERR_WEIR_BOARD", silent(heard, timeout));
  }
  const network = NETWORK.exec(text)?.[1];
  if (network) tell(`The board is on the Wi-Fi network ${escape(network)}`);
}
