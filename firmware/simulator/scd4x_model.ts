/** An SCD40 or SCD41 after its datasheet (Sensirion, "SCD4x"): commands of two bytes, words of two bytes with a checksum. */
import type { Chip, Surroundings } from "./surroundings.ts";

/** Its I²C address (3.1). */
export const ADDRESS = 0x62;

const Command = {
  START: 0x21b1,
  READ: 0xec05,
  STOP: 0x3f86,
  READY: 0xe4b8,
} as const;
/** From one measurement to the next (3.5.1). */
const PERIOD_MS = 5000;

/** 3.11: polynomial 0x31, begins with 0xFF; of 0xBEEF it is 0x92. */
function crc8(bytes: readonly number[]): number {
  let crc = 0xff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let i = 0; i < 8; i++) {
      crc = (crc & 0x80 ? crc << 1 ^ 0x31 : crc << 1) & 0xff;
    }
  }
  return crc;
}

/** Makes a chip that has just been powered, and is idle. */
export function scd4x(world: Surroundings): Chip {
  let started: number | undefined;
  /** How many measurements were read, or were replaced by the next. */
  let taken = 0;
  let answer: number[] = [];

  const made = () =>
    started === undefined ? 0 : Math.floor((world.now() - started) / PERIOD_MS);

  function measurement(): number[] {
    if (made() <= taken) return [];
    taken = made();
    const { co2, temperature, humidity } = world.air(
      started! + taken * PERIOD_MS,
    );
    // 3.5.2
    const t = Math.round((temperature + 45) / 175 * 65535);
    return [co2, t, Math.round(humidity / 100 * 65535)];
  }

  return {
    write(bytes) {
      if (bytes.length < 2) return;
      const command = bytes[0] << 8 | bytes[1];
      answer = [];
      if (command === Command.STOP) started = undefined;
      // 3.5: while it measures it takes no second start.
      if (command === Command.START && started === undefined) {
        started = world.now();
        taken = 0;
      }
      if (command === Command.READY) {
        answer = [0x8000 | (made() > taken ? 6 : 0)];
      }
      if (command === Command.READ) answer = measurement();
    },
    read(length) {
      const bytes = answer.flatMap((word) => {
        const two = [word >> 8, word & 255];
        return [...two, crc8(two) ^ (world.damaged() ? 1 : 0)];
      });
      return Uint8Array.from({ length }, (_, i) => bytes[i] ?? 0xff);
    },
  };
}
