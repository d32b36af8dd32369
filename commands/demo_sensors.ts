import { publish } from "../pipeline/mod.ts";

/** Each sensor and how bright it is where it stands, in lux at noon. */
const SENSORS = { "lux-1": 800, "lux-2": 450, "lux-3": 12_000 };

/** A day of the demo passes in so many seconds. */
const DAY = 120;

/**
 * Publishes readings of simulated light sensors, each once a second, over a
 * connection to the broker: a day's curve, clouds, and the sensor's noise.
 *
 * @example
 * ```ts
 * import { broker } from "../pipeline/mod.ts";
 * import { demoSensors } from "./demo_sensors.ts";
 *
 * await using local = await broker({ port: 0 });
 * await demoSensors(local.url, "sensor-data", AbortSignal.timeout(100));
 * ```
 */
export async function demoSensors(
  url: string,
  topic: string,
  signal: AbortSignal,
): Promise<void> {
  await publish(url, topic, readings(signal), {});
}

async function* readings(signal: AbortSignal): AsyncGenerator<string> {
  const ids = Object.entries(SENSORS);
  for (let tick = 0; !signal.aborted; tick++) {
    const [id, noon] = ids[tick % ids.length];
    const seconds = Math.floor(tick / ids.length);
    const lux = noon * daylight(seconds / DAY) * clouds(seconds, noon);
    const noise = 1 + 0.01 * (Math.random() - 0.5);
    yield JSON.stringify([id, seconds, Number((lux * noise).toFixed(4))]);
    await pause(1000 / ids.length, signal);
  }
}

/** From 0.02 at night to 1 at noon; the demo starts in the morning. */
function daylight(days: number): number {
  return Math.max(0.02, Math.sin(Math.PI * (2 * days + 0.2)));
}

/** Shadows that drift by, another one for each sensor. */
function clouds(seconds: number, phase: number): number {
  const wave = Math.sin(seconds / 7 + phase) + Math.sin(seconds / 3.1 + phase);
  return wave > 0.5 ? 1 - 0.3 * Math.min(1, wave - 0.5) : 1;
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const wake = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", wake);
      resolve();
    };
    const timer = setTimeout(wake, ms);
    signal.addEventListener("abort", wake);
    if (signal.aborted) wake();
  });
}
