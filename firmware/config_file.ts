/** What the firmware takes for valid in its `config.py`, so that a mistake is found where it is made: see `settings.py`. */

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
  value: string | number,
): string | undefined {
  if (typeof value === "number") {
    const [low, high] = name === "SLEEP_TIME" ? [0.01, 86400] : [1, 65535];
    const whole = name === "SLEEP_TIME" || Number.isInteger(value);
    return whole && value >= low && value <= high
      ? undefined
      : `must be a number from ${low} to ${high}`;
  }
  const { length } = [...value];
  if (name === "WIFI_PASSWORD") {
    return 0 < length && length < 8
      ? "must have 8 characters or more (or none for an open network)"
      : undefined;
  }
  if (value === "") return "must not be empty";
  if (name !== "SENSOR_ID" && name !== "MQTT_TOPIC") return undefined;
  if (/[+#]/.test(value)) return "must not contain + or #";
  if (name === "SENSOR_ID" && (/^\*$|\//.test(value) || length > 64)) {
    return "must have 64 characters at most, and no /, and not be *";
  }
}
