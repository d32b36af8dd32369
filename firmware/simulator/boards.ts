import { type Board, type BoardOptions, startBoard } from "./board.ts";
import { type Config, stationFiles } from "../device_files.ts";
import { DRIVERS, type Sensor } from "./sensor_drivers.ts";
import type { Light } from "./light.ts";
import type { Network } from "./wlan.ts";

/** Options of {@linkcode startBoards}. */
export interface BoardsOptions
  extends Omit<BoardOptions, "wifi" | "light" | "files" | "onOutput"> {
  /** The access point that all of them are in range of. */
  wifi?: Network;
  /** How many. Their sensors are called `lux-1`, `lux-2`, and so on. */
  count: number;
  /** Where the broker listens: an address without a path. */
  broker: { host: string; port: number; user?: string; password?: string };
  /** Where they publish. Default: `sensor-data`. */
  topic?: string;
  /** Seconds from sample to sample. Default: 1. */
  interval?: number;
  /** What is connected to each. Their ids: `bme280-1`, `dht22-1`. Default: a TSL2591, with the board's own id. */
  sensors?: readonly Sensor[];
  /** More of `config.py`. */
  config?: Config;
  /** More files, such as a driver. */
  extra?: BoardOptions["files"];
  /** The light on the board with this index. Default: the same day for all, with clouds of their own. */
  light?: (index: number) => Light;
  /** Called with what a board prints. */
  onOutput?: (text: string, sensorId: string) => void;
}

/** Its default. */
const WIFI = { essid: "weir", password: "flow and level" };

/**
 * Switches on boards that run the firmware as real ones do, started at boot.
 *
 * @example
 * ```ts
 * import { broker } from "../../pipeline/mod.ts";
 * import { startBoards } from "./mod.ts";
 *
 * await using local = await broker({ port: 0 });
 * const boards = await startBoards({
 *   count: 2,
 *   broker: { host: "127.0.0.1", port: local.port },
 * });
 * for (const board of boards) await board.waitFor("Connection successful");
 * await Promise.all(boards.map((board) => board.stop()));
 * ```
 */
export function startBoards(options: BoardsOptions): Promise<Board[]> {
  const {
    count,
    broker,
    topic,
    interval,
    config,
    extra,
    light,
    sensors,
    onOutput,
    ...rest
  } = options;
  return Promise.all(Array.from({ length: count }, (_, index) => {
    const id = `lux-${index + 1}`;
    return startBoard({
      wifi: WIFI,
      light: light?.(index) ??
        { kind: "day", peak: 400 + 300 * (index % 5), seed: index + 1 },
      weather: { seed: index + 1 },
      uniqueId: (0x77_65_00_00 + index + 1).toString(16),
      ...rest,
      onOutput: onOutput && ((text) => onOutput(text, id)),
      files: {
        ...extra,
        ...stationFiles({
          SENSOR_ID: id,
          WIFI_ESSID: (rest.wifi ?? WIFI).essid,
          WIFI_PASSWORD: (rest.wifi ?? WIFI).password,
          MQTT_HOST: broker.host,
          MQTT_PORT: broker.port,
          MQTT_USER: broker.user ?? null,
          MQTT_PASSWORD: broker.password ?? null,
          MQTT_TOPIC: topic ?? "sensor-data",
          SLEEP_TIME: interval ?? 1,
          SENSORS:
            sensors?.map((name) => [`${name}-${index + 1}`, DRIVERS[name]]) ??
              null,
          ...config,
        }),
      },
    });
  }));
}
