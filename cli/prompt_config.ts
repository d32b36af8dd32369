import { type Config, configFile } from "../firmware/device_files.ts";
import { problem } from "../firmware/config_file.ts";
import { WeirError } from "../pipeline/error.ts";
import { say } from "../pipeline/say.ts";
import { promptHidden } from "./prompt_hidden.ts";
import { UsageError } from "./usage_error.ts";

/**
 * The text of a new config.py, from a person's answers. The file is readable by
 * its owner only. An answer that the firmware would refuse is asked for again.
 *
 * @throws {UsageError} if there is no terminal.
 * @throws {WeirError} if the file exists, cannot be written, or the person
 * breaks off.
 */
export async function promptConfig(file: string): Promise<string> {
  if (!Deno.stdin.isTerminal() || !Deno.stdout.isTerminal()) {
    throw new UsageError(
      "--new asks questions, and needs a terminal for it. Without one: --config config.py",
    );
  }
  await refuseExisting(file);
  const text = configFile(await askAll());
  try {
    // It holds a password.
    await Deno.writeTextFile(file, text, { createNew: true, mode: 0o600 });
  } catch (error) {
    throw new WeirError(
      "ERR_WEIR_FILE",
      `Cannot write ${file}: ${(error as Error).message}`,
    );
  }
  say(`Wrote ${file}. More settings: docs/firmware.md`);
  return text;
}

async function askAll(): Promise<Config> {
  const config: Config = {};
  config.SENSOR_ID = ask("Sensor id", "SENSOR_ID", "lux-1");
  config.WIFI_ESSID = askNetwork();
  config.WIFI_PASSWORD = await askWifiPassword();
  const broker = again("Broker's address", readAddress);
  config.MQTT_HOST = broker.host;
  const doubt = doubtful(broker.host);
  if (doubt) say(doubt);
  if (broker.port !== undefined) config.MQTT_PORT = broker.port;
  if (broker.tls) {
    config.MQTT_TLS = true;
    config.MQTT_CA = ask("File with the CA's certificate", "MQTT_CA", "ca.pem");
    config.NTP_HOST = ask("Time server", "NTP_HOST", "pool.ntp.org");
  }
  const user = question("Broker's user (empty for none)");
  if (user !== "") {
    config.MQTT_USER = user;
    const password = await hidden("Broker's password");
    if (password !== "") config.MQTT_PASSWORD = password;
  }
  config.MQTT_TOPIC = ask("Topic", "MQTT_TOPIC", "sensor-data");
  config.SLEEP_TIME = again("Seconds between samples", (text) => {
    const seconds = Number(text);
    return problem("SLEEP_TIME", seconds) ?? { seconds };
  }, "5").seconds;
  return config;
}

async function refuseExisting(file: string): Promise<void> {
  try {
    await Deno.lstat(file);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return;
    throw error;
  }
  throw new WeirError(
    "ERR_WEIR_FILE_EXISTS",
    `${file} is there already, and is not overwritten. To use it: --config ${file}`,
  );
}

function ask(text: string, name: string, preset?: string): string {
  const read = (answer: string) => problem(name, answer) ?? { answer };
  return again(text, read, preset).answer;
}

/** Asks until `read` returns no text that says what is wrong. */
function again<T extends object>(
  text: string,
  read: (answer: string) => T | string,
  preset?: string,
): T {
  for (;;) {
    const result = read(question(text, preset));
    if (typeof result !== "string") return result;
    tellProblem(text, result);
  }
}

async function askWifiPassword(): Promise<string> {
  const text = "Wi-Fi password";
  for (;;) {
    const answer = await hidden(text);
    const wrong = problem("WIFI_PASSWORD", answer);
    if (!wrong) return answer;
    tellProblem(text, wrong);
  }
}

async function hidden(text: string): Promise<string> {
  const answer = await promptHidden(text);
  if (answer === undefined) throw brokenOff();
  return answer;
}

/** An empty answer takes the preset. */
function question(text: string, preset?: string): string {
  const shown = preset === undefined ? text : `${text} [${preset}]`;
  return untrimmed(shown).trim() || (preset ?? "");
}

function untrimmed(text: string): string {
  const answer = prompt(`${text}:`);
  if (answer === null) throw brokenOff();
  return answer;
}

/** The name of a network may begin or end with a blank, which nobody sees. */
function askNetwork(): string {
  const text = "Wi-Fi network";
  for (;;) {
    const answer = untrimmed(text);
    if (answer.trim() === "") {
      tellProblem(text, problem("WIFI_ESSID", "")!);
      continue;
    }
    if (answer !== answer.trim()) {
      say(
        `The name ${
          JSON.stringify(answer)
        } begins or ends with a blank. The blank is kept. If it is not part of the name, correct config.py.`,
      );
    }
    return answer;
  }
}

/** What may be wrong with a broker's address, seen from the board. */
function doubtful(host: string): string | undefined {
  if (/^(localhost|127(\.\d+){3})$/i.test(host)) {
    return `${host} is the board itself there. If the broker runs on this computer, the board needs this computer's address in the network.`;
  }
  if (/\.local\.?$/i.test(host)) {
    return `Many boards cannot look up a name that ends in .local. An address, such as 192.168.1.10, always works.`;
  }
}

const tellProblem = (text: string, wrong: string) => say(`${text} ${wrong}.`);

const brokenOff = () =>
  new WeirError("ERR_WEIR_BROKEN_OFF", "Broken off. Nothing is written.");

/** `192.168.1.10`, with `:1884` if the port is not MQTT's own, after `mqtts://` for TLS. */
function readAddress(
  text: string,
): { host: string; port?: number; tls: boolean } | string {
  const [, scheme, host, digits] =
    /^(mqtts:\/\/)?([^\s/:]+)(?::(\d+))?$/.exec(text) ?? [];
  const tls = scheme !== undefined;
  if (host === undefined) {
    return "must be like 192.168.1.10, or 192.168.1.10:1884 if the port is not 1883, or mqtts://broker.lan for TLS";
  }
  if (digits === undefined) return { host, tls };
  const port = Number(digits);
  return problem("MQTT_PORT", port) ?? { host, port, tls };
}
