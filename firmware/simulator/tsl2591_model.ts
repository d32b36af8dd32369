/**
 * A TSL2591 ambient light sensor at register level, after the ams datasheet (v2, "TSL2591 Datasheet - Light-to-Digital
 * Converter"): what it answers on I²C depends on what was written to it and on how long ago, as with the real chip.
 */

import type { Chip, Surroundings } from "./surroundings.ts";

/** The chip's I²C address (datasheet, "I²C Protocol"). */
export const ADDRESS = 0x29;

/** AGAIN (register 0x01, bits 5:4): typical gain of low, medium, high and maximum. */
const GAINS = [1, 25, 428, 9876];

/** Counts per lux at gain 1 and 1 ms, and the light's infrared part: see {@linkcode counts}. */
const LUX_FACTOR = 408;
const INFRARED = 0.25;

const Register = {
  ENABLE: 0x00,
  CONTROL: 0x01,
  PACKAGE: 0x11,
  ID: 0x12,
  STATUS: 0x13,
  C0DATAL: 0x14,
} as const;
const PON = 0x01;
const AEN = 0x02;
const SRESET = 0x80;
const AVALID = 0x01;

/**
 * The counts of channel 0 (visible and infrared) and channel 1 (infrared) for a light in lux.
 *
 * The datasheet gives no formula for lux. The one in use everywhere, Adafruit's, is
 * `lux = (c0 - c1) * (1 - c1 / c0) * 408 / (ms * gain)`; this is its inverse for light of which a fixed part is
 * infrared. A channel stops at 36,863 counts with 100 ms of integration and at 65,535 with more (datasheet, "ALS
 * operation": maximum ADC count).
 */
function counts(
  lux: number,
  ms: number,
  gain: number,
): [number, number] {
  const full = ms === 100 ? 36_863 : 65_535;
  const c0 = lux * ms * gain / LUX_FACTOR / (1 - INFRARED) ** 2;
  const stop = (count: number) => Math.min(full, Math.round(count));
  return [stop(c0), stop(c0 * INFRARED)];
}

/** Makes a chip that has just been powered. */
export function tsl2591(world: Surroundings): Chip {
  let enable = 0;
  let control = 0;
  let pointer = 0;
  /** When the ADC was last switched on, or its gain or time changed: integration starts again. */
  let started = 0;

  const integration = () => ((control & 0x07) + 1) * 100;
  // The oscillator is up to 8 % slow (datasheet, "ATIME: integration time", 108 ms at most for 100 ms).
  const cycle = () => integration() * 1.05;
  const running = () => (enable & (PON | AEN)) === (PON | AEN);

  function data(): [number, number] {
    const elapsed = world.now() - started;
    if (!running() || elapsed < cycle()) return [0, 0];
    const done = started + Math.floor(elapsed / cycle()) * cycle();
    return counts(
      world.lux(done),
      integration(),
      GAINS[(control >> 4) & 0x03],
    );
  }

  function set(register: number, value: number): void {
    if (register === Register.CONTROL) {
      if (value & SRESET) {
        enable = control = 0;
        return;
      }
      if (control !== (value & 0x37)) started = world.now();
      control = value & 0x37;
    } else if (register === Register.ENABLE) {
      if (!running() && (value & (PON | AEN)) === (PON | AEN)) {
        started = world.now();
      }
      enable = value & 0xd3;
    }
  }

  function get(register: number): number {
    switch (register) {
      case Register.ENABLE:
        return enable;
      case Register.CONTROL:
        return control;
      case Register.PACKAGE:
        return 0;
      case Register.ID:
        return world.wrongChip() ? 0x44 : 0x50;
      case Register.STATUS:
        return running() && world.now() - started >= cycle() ? AVALID : 0;
    }
    const byte = register - Register.C0DATAL;
    if (byte < 0 || byte > 3) return 0;
    return (data()[byte >> 1] >> (8 * (byte & 1))) & 0xff;
  }

  return {
    write(bytes) {
      if (bytes.length === 0) return;
      // Command register: bit 7 must be 1, bits 6:5 = 01 for a normal operation, 4:0 the register.
      if ((bytes[0] & 0xe0) !== 0xa0) return;
      pointer = bytes[0] & 0x1f;
      for (const value of bytes.subarray(1)) set(pointer++, value);
    },
    read(length) {
      return Uint8Array.from({ length }, () => get(pointer++));
    },
  };
}
