/** A DHT11 or DHT22: the five bytes that it sends after a start pulse, after Aosong's datasheets ("AM2302", "DHT11"). */
import type { Surroundings } from "./surroundings.ts";

/** Two bytes of humidity, two of temperature, and the low byte of their sum. */
export function dhtBytes(
  kind: "dht11" | "dht22",
  world: Surroundings,
): Uint8Array {
  const { temperature, humidity } = world.air(world.now());
  const bytes = kind === "dht11"
    // Whole numbers and tenths; a DHT11 has no tenths of humidity.
    ? [Math.round(humidity), 0, Math.floor(temperature), 0]
    : [...tenths(humidity), ...tenths(temperature)];
  const sum = bytes.reduce((a, b) => a + b, 0) + (world.damaged() ? 1 : 0);
  return Uint8Array.of(...bytes, sum & 255);
}

/** Tenths, with a sign in the highest bit. */
function tenths(value: number): number[] {
  const size = Math.round(Math.abs(value) * 10);
  return [size >> 8 | (value < 0 ? 0x80 : 0), size & 255];
}
