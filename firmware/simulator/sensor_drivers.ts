/** The driver of each sensor that a virtual board can have. */
export const DRIVERS = {
  tsl2591: "tsl2591.Tsl2591",
  bme280: "bme280.BME280",
  bh1750: "bh1750.BH1750",
  scd4x: "scd4x.SCD4x",
  dht11: "dht22.DHT11",
  dht22: "dht22.DHT22",
  ds18b20: "ds18b20.DS18B20",
} as const;

/** A sensor that a virtual board can have. */
export type Sensor = keyof typeof DRIVERS;
