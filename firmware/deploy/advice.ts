/** What to do about what a board prints. */
import { escape } from "../../pipeline/text.ts";

/** By error code, as in docs/error-codes.md. */
const ADVICE: Record<string, string> = {
  E_CFG: "Correct config.py, and deploy it again with --config.",
  E_WIFI_AUTH: "Check WIFI_PASSWORD in config.py.",
  E_WIFI_AP:
    "Check WIFI_ESSID in config.py and the distance. The ESP8266 sees 2.4 GHz only.",
  E_MQTT_CONN:
    "Is the broker running, and does it listen on more than its own machine? Check MQTT_HOST and MQTT_PORT in config.py.",
  E_MQTT_AUTH: "Check MQTT_USER and MQTT_PASSWORD in config.py.",
  E_I2C: "Check the sensor's wiring: docs/wiring.md.",
  E_SENSOR_ID: "Is the sensor a TSL2591? The TSL2561 looks alike.",
};

/**
 * A sentence on why a board has not reached its broker, from what it printed.
 *
 * @example
 * ```ts
 * import { advice } from "./advice.ts";
 *
 * const text = advice("E_WIFI_AUTH: wrong password for home (-3)\n", 60);
 * if (!text.includes("Check WIFI_PASSWORD")) throw text;
 * ```
 */
export function advice(printed: string, seconds: number): string {
  const lines = printed.split(/\r?\n/).map((line) => line.trim());
  const errors = new Set(
    lines.filter((line) => /^(E_[A-Z0-9_]+|\w*Error):/.test(line)),
  );
  const before =
    "The firmware is on the board, but the board has not reached its broker";
  if (errors.size === 0) {
    return `${before} within ${seconds} s, and says nothing of why. See what it prints: mpremote repl`;
  }
  const codes = new Set(
    [...errors].flatMap((line) => /E_[A-Z0-9_]+/.exec(line) ?? []),
  );
  const todo = [...codes].flatMap((code) => ADVICE[code] ?? []);
  return [
    `${before}. It says:`,
    ...[...errors].map((line) => `  ${escape(line)}`),
    ...todo,
  ].join("\n");
}
