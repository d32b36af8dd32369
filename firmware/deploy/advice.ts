/** What to do about what a board prints. */
import { escape } from "../../pipeline/escape.ts";

/** By error code, as in docs/error-codes.md. */
const ADVICE: Record<string, string> = {
  E_CFG: "Correct config.py, and deploy it again.",
  E_WIFI_AUTH: "Check WIFI_PASSWORD in config.py.",
  E_WIFI_AP:
    "Check WIFI_ESSID and WIFI_PASSWORD in config.py, and the distance. The ESP8266 sees 2.4 GHz only.",
  E_DNS: "Write the broker's address into MQTT_HOST in config.py.",
  E_MQTT_CONN:
    "Is the broker running, and does it listen on more than its own machine? Check MQTT_HOST and MQTT_PORT in config.py.",
  E_TLS:
    "Is MQTT_CA the certificate that signed the broker's, is MQTT_HOST the name in the broker's, and does NTP_HOST answer?",
  E_MQTT_AUTH: "Check MQTT_USER and MQTT_PASSWORD in config.py.",
  E_I2C: "Check the sensor's wiring: docs/wiring.md.",
  E_DHT: "Check the sensor's wiring and its pin: docs/wiring.md.",
  E_ONEWIRE: "Check the sensor's wiring and its pin: docs/wiring.md.",
  E_CRC: "Check the cable: is it long, or without its pull-up resistor?",
  E_NOT_READY: "Does the sensor have its power?",
  E_SATURATED: "Too much light: shade the sensor.",
  E_SENSOR_ID:
    "Is it the sensor that config.py names? A TSL2561 looks like a TSL2591.",
};

/** How to put MicroPython on each board, by its `sys.platform`. */
const FLASHING: Record<string, (port: string) => string> = {
  esp8266: (port) =>
    `For an ESP8266 get it from
https://micropython.org/download/ESP8266_GENERIC/ and flash it with esptool:
  esptool --port ${port} erase-flash
  esptool --port ${port} --baud 460800 write-flash --flash-size=detect 0 ESP8266_GENERIC.bin`,
  esp32: (port) =>
    `For an ESP32 get it from
https://micropython.org/download/ESP32_GENERIC/ and flash it with esptool:
  esptool --port ${port} erase-flash
  esptool --port ${port} --baud 460800 write-flash 0x1000 ESP32_GENERIC.bin`,
  rp2: () =>
    `For a Pico W get the .uf2 from
https://micropython.org/download/RPI_PICO_W/. Hold BOOTSEL while you plug the board
in, and copy the file to the drive RPI-RP2.`,
};

/** How to put MicroPython on the board on a port: on all that weir knows, if its platform is not known. */
export function flashing(port: string, platform = ""): string {
  const one = FLASHING[platform];
  return one
    ? one(port)
    : Object.values(FLASHING).map((how) => how(port)).join("\n");
}

/** Whether the firmware is made for boards of this platform. A virtual board's is `webassembly`. */
export const isKnown = (platform: string): boolean =>
  platform === "webassembly" || Object.hasOwn(FLASHING, platform);

/**
 * A sentence on why a board has not reached its broker, from what it printed.
 */
export function advice(printed: string, seconds: number): string {
  const before =
    "The firmware is on the board, but the board has not reached its broker";
  return explain(`${before}. It says:`, printed) ??
    `${before} within ${seconds} s, and says nothing of why. See what it prints: mpremote repl`;
}

/**
 * The same for a board that has reached its broker, and has no sample to publish.
 */
export function sensorAdvice(printed: string): string {
  const before =
    "The board runs and has reached its broker, but not its sensor.";
  return explain(`${before} It says:`, printed) ?? before;
}

/**
 * The same for a board that has reached its broker, and has published nothing all the same.
 */
export function silent(printed: string, seconds: number): string {
  const before =
    `The board runs and has reached its broker, but has published no sample within ${seconds} s`;
  return explain(`${before}. It says:`, printed) ??
    `${before}, and says nothing of why. See what it prints: mpremote repl`;
}

function explain(before: string, printed: string): string | undefined {
  const lines = printed.split(/\r?\n/).map((line) => line.trim());
  const errors = new Set(
    lines.filter((line) => /^(E_[A-Z0-9_]+|\w*Error):/.test(line)),
  );
  if (errors.size === 0) return undefined;
  const codes = new Set(
    [...errors].flatMap((line) => /E_[A-Z0-9_]+/.exec(line) ?? []),
  );
  return [
    before,
    ...[...errors].map((line) => `  ${escape(line)}`),
    ...[...codes].flatMap((code) => ADVICE[code] ?? []),
  ].join("\n");
}
