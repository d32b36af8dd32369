/** What the firmware takes for valid in its `config.py`, so that a mistake is found where it is made: see `settings.py`. */

/** The least and the greatest number of a setting. */
const LIMITS: Record<string, [number, number]> = {
  SLEEP_TIME: [0.01, 86400],
  MQTT_PORT: [1, 65535],
  MQTT_QOS: [0, 1],
  MAX_FAILURES: [1, 10000],
};

/**
 * What is wrong with a setting, in the firmware's own words, as far as a person is asked for it; undefined where nothing is.
 *
 * @example
 * ```ts
 * import { problem } from "./config_file.ts";
 *
 * if (problem("SENSOR_ID", "lux-1")) throw new Error();
 * if (problem("SENSOR_ID", "a/b") === undefined) throw new Error();
 * ```
 */
export function problem(
  name: string,
  value: string | number | boolean,
): string | undefined {
  if (name in LIMITS) {
    const [low, high] = LIMITS[name];
    const whole = name === "SLEEP_TIME" || Number.isInteger(value);
    return typeof value === "number" && whole && value >= low && value <= high
      ? undefined
      : `must be a number from ${low} to ${high}`;
  }
  if (typeof value !== "string") return "must be text in quotes";
  const { length } = [...value];
  if (name === "WIFI_PASSWORD") {
    return 0 < length && length < 8
      ? "must have 8 characters or more (or none for an open network)"
      : undefined;
  }
  if (value === "") return "must not be empty";
  if (name === "MQTT_CA" && value.includes("/")) {
    return "must be a file beside config.py";
  }
  if (name !== "SENSOR_ID" && name !== "MQTT_TOPIC") return undefined;
  if (/[+#]/.test(value)) return "must not contain + or #";
  if (name === "SENSOR_ID" && (/^\*$|\//.test(value) || length > 64)) {
    return "must have 64 characters at most, and no /, and not be *";
  }
}
