/** A BH1750FVI after its datasheet (ROHM): commands of one byte, and a count of two. */
import type { Chip, Surroundings } from "./surroundings.ts";

/** Its I²C address with ADDR low ("I2C Bus Access, Slave Address"). */
export const ADDRESS = 0x23;

const ONE_TIME = 0x20;
/** The most that H-resolution mode takes ("Electrical Characteristics"). */
const MEASURING_MS = 180;
const COUNTS_PER_LUX = 1.2;

/** Makes a chip that has just been powered. */
export function bh1750(world: Surroundings): Chip {
  let count = 0;
  let done: number | undefined;
  return {
    write([command]) {
      if (command === ONE_TIME) done = world.now() + MEASURING_MS;
    },
    read(length) {
      if (done !== undefined && world.now() >= done) {
        const lux = world.lux(done);
        count = Math.min(0xffff, Math.round(lux * COUNTS_PER_LUX));
        done = undefined;
      }
      return Uint8Array.of(count >> 8, count & 255).subarray(0, length);
    },
  };
}
