import {
  type Config,
  deviceFiles,
  stationFiles,
} from "../../firmware/device.ts";
import {
  type Board,
  type BoardOptions,
  startBoard,
} from "../../firmware/simulator/mod.ts";

/** How fast a board's time goes, at most, while a broker owes it an answer. */
export const LEAPING = { pace: 20 };

/** A board with the firmware, at its prompt. */
export function startPrompt(options: BoardOptions = {}): Promise<Board> {
  return startBoard({
    light: { kind: "constant", lux: 284.1312 },
    ...options,
    files: { ...deviceFiles, ...options.files },
  });
}

/** A board that samples and publishes by itself, in leaping time. */
export function startStation(
  port: number,
  config: Config = {},
  options: BoardOptions = {},
): Promise<Board> {
  return startBoard({
    light: { kind: "constant", lux: 284.1312 },
    clock: LEAPING,
    ...options,
    files: {
      ...stationFiles({
        SENSOR_ID: "lux-1",
        WIFI_ESSID: "my_wifi_sid",
        WIFI_PASSWORD: "my_wifi_password",
        MQTT_HOST: "127.0.0.1",
        MQTT_PORT: port,
        MQTT_TOPIC: "sensor-data",
        SLEEP_TIME: 5,
        ...config,
      }),
      ...options.files,
    },
  });
}
