import {
  type Config,
  configFile,
  deviceFiles,
  stationFiles,
} from "../../firmware/device_files.ts";
import {
  type Board,
  type BoardOptions,
  startBoard,
} from "../../firmware/simulator/mod.ts";

/** How fast a board's time goes, at most, while a broker owes it an answer. */
export const LEAPING = { pace: 10 };

/** The same, and never faster than a thousand times real time, so that a test can catch up with it. */
export const BRISK = { pace: 10, speed: 1000 };

/** Fails a test that waits in vain, rather than letting it wait. */
export function inTime<T>(work: Promise<T>, seconds = 300): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => reject(new Error(`Not done within ${seconds} s`)),
    seconds * 1000,
  );
  return Promise.race([work, promise]).finally(() => clearTimeout(timer));
}

/** A board with the firmware, at its prompt. */
export function startPrompt(options: BoardOptions = {}): Promise<Board> {
  return startBoard({
    light: { kind: "constant", lux: 284.1312 },
    ...options,
    files: { ...deviceFiles, ...options.files },
  });
}

/** A `config.py` for the access point that a board is in range of. */
export function stationConfig(port: number, config: Config = {}): string {
  return configFile({
    SENSOR_ID: "lux-1",
    WIFI_ESSID: "my_wifi_sid",
    WIFI_PASSWORD: "my_wifi_password",
    MQTT_HOST: "127.0.0.1",
    MQTT_PORT: port,
    MQTT_TOPIC: "sensor-data",
    SLEEP_TIME: 5,
    ...config,
  });
}

/** A board that samples and publishes by itself, in brisk time. */
export function startStation(
  port: number,
  config: Config = {},
  options: BoardOptions = {},
): Promise<Board> {
  return startBoard({
    light: { kind: "constant", lux: 284.1312 },
    clock: BRISK,
    ...options,
    files: {
      ...stationFiles({}),
      "config.py": stationConfig(port, config),
      ...options.files,
    },
  });
}
