/**
 * The firmware's files, as they are copied to a board. Imports as text, so that they come along wherever weir is run
 * from, and no permission to read them is needed.
 */
import adc_esp8266 from "./device/adc_esp8266.py" with { type: "text" };
import bh1750 from "./device/bh1750.py" with { type: "text" };
import bme280 from "./device/bme280.py" with { type: "text" };
import client from "./device/client.py" with { type: "text" };
import config from "./device/config.py" with { type: "text" };
import dht22 from "./device/dht22.py" with { type: "text" };
import ds18b20 from "./device/ds18b20.py" with { type: "text" };
import link from "./device/link.py" with { type: "text" };
import lookup from "./device/lookup.py" with { type: "text" };
import loop from "./device/loop.py" with { type: "text" };
import mqtt_client from "./device/mqtt_client.py" with { type: "text" };
import mqtt_connect from "./device/mqtt_connect.py" with { type: "text" };
import mqtt_writer from "./device/mqtt_writer.py" with { type: "text" };
import named_client from "./device/named_client.py" with { type: "text" };
import ntp from "./device/ntp.py" with { type: "text" };
import pull from "./device/pull.py" with { type: "text" };
import restart from "./device/restart.py" with { type: "text" };
import ring from "./device/ring.py" with { type: "text" };
import scd4x from "./device/scd4x.py" with { type: "text" };
import settings from "./device/settings.py" with { type: "text" };
import start from "./device/start.py" with { type: "text" };
import station from "./device/station.py" with { type: "text" };
import thingflow from "./device/thingflow.py" with { type: "text" };
import tls_socket from "./device/tls_socket.py" with { type: "text" };
import tsl2591 from "./device/tsl2591.py" with { type: "text" };
import wifi from "./device/wifi.py" with { type: "text" };

/** Source by file name. `client.py` is named `main.py` on a board that starts it at boot. */
export const deviceFiles: Readonly<Record<string, string>> = {
  "adc_esp8266.py": adc_esp8266,
  "bh1750.py": bh1750,
  "bme280.py": bme280,
  "client.py": client,
  "config.py": config,
  "dht22.py": dht22,
  "ds18b20.py": ds18b20,
  "link.py": link,
  "lookup.py": lookup,
  "loop.py": loop,
  "mqtt_client.py": mqtt_client,
  "mqtt_connect.py": mqtt_connect,
  "mqtt_writer.py": mqtt_writer,
  "named_client.py": named_client,
  "ntp.py": ntp,
  "pull.py": pull,
  "restart.py": restart,
  "ring.py": ring,
  "scd4x.py": scd4x,
  "settings.py": settings,
  "start.py": start,
  "station.py": station,
  "thingflow.py": thingflow,
  "tls_socket.py": tls_socket,
  "tsl2591.py": tsl2591,
  "wifi.py": wifi,
};

/** A value that Python knows: a list and a dict among them. */
export type Value =
  | string
  | number
  | boolean
  | null
  | readonly Value[]
  | { readonly [name: string]: Value };

/** What `config.py` may say, by name. */
export type Config = Record<string, Value>;

/**
 * Writes a `config.py`.
 *
 * @example
 * ```ts
 * import { configFile } from "./device_files.ts";
 *
 * const text = configFile({ SENSOR_ID: "lux-1", MQTT_USER: null });
 * if (text !== 'SENSOR_ID = "lux-1"\nMQTT_USER = None\n') throw text;
 * ```
 */
export function configFile(config: Config): string {
  return Object.entries(config)
    .map(([name, value]) => `${name} = ${python(value)}\n`).join("");
}

/** A Python literal. JSON's escapes in strings are also Python's. */
function python(value: Value): string {
  if (value === null) return "None";
  if (typeof value === "boolean") return value ? "True" : "False";
  if (typeof value !== "object") return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(python).join(", ")}]`;
  const entries = Object.entries(value)
    .map(([name, each]) => `${JSON.stringify(name)}: ${python(each)}`);
  return `{${entries.join(", ")}}`;
}

/**
 * The files of a board that starts by itself: the firmware, with `client.py` as `main.py`, and its configuration.
 *
 * @example
 * ```ts
 * import { stationFiles } from "./device_files.ts";
 *
 * const files = stationFiles({ SENSOR_ID: "lux-1" });
 * if (!("main.py" in files) || "client.py" in files) throw files;
 * ```
 */
export function stationFiles(config: Config): Record<string, string> {
  const { "client.py": client, ...files } = deviceFiles;
  return { ...files, "main.py": client, "config.py": configFile(config) };
}
