/** A DS18B20 on a wire of its own, byte by byte, after its datasheet (Maxim, 19-7487). */
import type { Surroundings } from "./surroundings.ts";

/** Family code, serial number, checksum (figure 6). */
const ROM = withCrc([0x28, 1, 2, 3, 4, 5, 6]);

const MATCH_ROM = 0x55;
const SKIP_ROM = 0xcc;
const READ_ROM = 0x33;
const CONVERT = 0x44;
const READ_SCRATCHPAD = 0xbe;
/** Table 2: at 12 bits. */
const CONVERSION_MS = 750;

/** The checksum of the bytes at their end ("CRC Generation": X⁸ + X⁵ + X⁴ + 1). */
function withCrc(bytes: number[]): number[] {
  let crc = 0;
  for (const byte of bytes) {
    crc ^= byte;
    for (let i = 0; i < 8; i++) crc = crc & 1 ? crc >> 1 ^ 0x8c : crc >> 1;
  }
  return [...bytes, crc];
}

/** Makes one that has just been powered. */
export function ds18b20(world: Surroundings) {
  /** +85 °C until the first conversion is over (table 1). */
  let temperature = 0x0550;
  let done: number | undefined;
  let written: number[] = [];
  let answer: number[] = [];

  function scratchpad(): number[] {
    if (done !== undefined && world.now() >= done) {
      temperature = Math.round(world.air(done).temperature * 16) & 0xffff;
      done = undefined;
    }
    const low = [temperature & 255, temperature >> 8];
    // Figure 8: alarms, configuration for 12 bits, reserved.
    const bytes = withCrc([...low, 75, 70, 0x7f, 0xff, 0x0c, 0x10]);
    if (world.damaged()) bytes[0] ^= 1;
    return bytes;
  }

  return {
    /** A reset pulse; it answers by its presence. */
    reset(): void {
      written = [];
      answer = [];
    },
    write(byte: number): void {
      written.push(byte);
      const [first] = written;
      if (first === READ_ROM && written.length === 1) answer = [...ROM];
      const command = first === SKIP_ROM
        ? written[1]
        : first === MATCH_ROM && written.length === 10 &&
            ROM.every((byte, i) => written[i + 1] === byte)
        ? written[9]
        : undefined;
      if (command === CONVERT) done = world.now() + CONVERSION_MS;
      if (command === READ_SCRATCHPAD) answer = scratchpad();
    },
    /** A byte from it; ones if it has nothing to say. */
    read: (): number => answer.shift() ?? 0xff,
  };
}
