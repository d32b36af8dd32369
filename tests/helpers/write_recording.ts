import { csv } from "../../pipeline/mod.ts";

/** When the recordings of tests begin, in seconds since 1970. */
export const BEGIN = 1_700_000_000;

/** A reading: seconds after {@linkcode BEGIN}, sensor, value. */
export type Reading = readonly [number, string, number | string | boolean];

/** Writes a recording of these readings, in their order. */
export async function writeRecording(
  path: string,
  readings: readonly Reading[],
): Promise<void> {
  async function* flow() {
    for (let at = 0; at < readings.length; at += 5000) {
      yield readings.slice(at, at + 5000).map(([second, sensor_id, val]) => ({
        sensor_id,
        ts: BEGIN + second,
        val,
      }));
    }
  }
  await csv(path, { log() {} })(flow());
}
