/** A BME280 at register level, after its datasheet (Bosch, BST-BME280-DS002). */
import type { Chip, Surroundings } from "./surroundings.ts";

/** Its I²C address with SDO at GND (6.2). */
export const ADDRESS = 0x76;

/** Calibration (4.2.2): temperature and pressure as in the worked example of BST-BMP280-DS001, 3.12. */
const T = [27504, 26435, -1000];
const P = [36477, -10685, 3024, 2855, 140, -7, 15500, -14600, 6000];
const H = [75, 362, 0, 313, 50, 30];

const Register = {
  CALIBRATION: 0x88,
  H1: 0xa1,
  ID: 0xd0,
  CALIBRATION_H: 0xe1,
  CTRL_HUM: 0xf2,
  STATUS: 0xf3,
  CTRL_MEAS: 0xf4,
  DATA: 0xf7,
} as const;
const FORCED = [1, 2];
const MEASURING = 0x08;
/** The most that three values without oversampling take (9.1). */
const MEASURING_MS = 9.3;

// The formulas with floating point (8.1), which the driver does not use.

function fine(raw: number): number {
  const a = (raw / 16384 - T[0] / 1024) * T[1];
  return a + (raw / 131072 - T[0] / 8192) ** 2 * T[2];
}

function pascal(raw: number, fine: number): number {
  const [p1, p2, p3, p4, p5, p6, p7, p8, p9] = P;
  const d = fine / 2 - 64000;
  const offset = (d * d * p6 / 32768 + d * p5 * 2) / 4 + p4 * 65536;
  const scale = (1 + (p3 * d * d / 524288 + p2 * d) / 524288 / 32768) * p1;
  const p = (1048576 - raw - offset / 4096) * 6250 / scale;
  return p + (p9 * p * p / 2147483648 + p * p8 / 32768 + p7) / 16;
}

function percent(raw: number, fine: number): number {
  const [h1, h2, h3, h4, h5, h6] = H;
  const d = fine - 76800;
  const h = (raw - (h4 * 64 + h5 / 16384 * d)) * (h2 / 65536 *
    (1 + h6 / 67108864 * d * (1 + h3 / 67108864 * d)));
  return h * (1 - h1 * h / 524288);
}

/** The raw number, of so many bits, at which a function that rises or falls has a value. */
function inverse(
  f: (raw: number) => number,
  value: number,
  bits: number,
): number {
  const rises = f(2 ** bits - 1) > f(0);
  let raw = 0;
  for (let bit = 2 ** (bits - 1); bit >= 1; bit /= 2) {
    if (f(raw + bit) <= value === rises) raw += bit;
  }
  return raw;
}

/** Makes a chip that has just been powered. */
export function bme280(world: Surroundings): Chip {
  const registers = new Uint8Array(256);
  const view = new DataView(registers.buffer);
  [...T, ...P].forEach((value, i) =>
    view.setInt16(Register.CALIBRATION + 2 * i, value, true)
  );
  registers[Register.H1] = H[0];
  view.setInt16(Register.CALIBRATION_H, H[1], true);
  registers.set(
    [H[2], H[3] >> 4, H[3] & 15 | (H[4] & 15) << 4, H[4] >> 4, H[5]],
    Register.CALIBRATION_H + 2,
  );
  // Nothing is measured yet (5.4.8).
  registers.set([0x80, 0, 0, 0x80, 0, 0, 0x80, 0], Register.DATA);
  let pointer = 0;
  let done: number | undefined;

  function measure(at: number): void {
    const { temperature, pressure, humidity } = world.air(at);
    const t = inverse((raw) => fine(raw) / 5120, temperature, 20);
    const p = inverse((raw) => pascal(raw, fine(t)), pressure, 20);
    const h = inverse((raw) => percent(raw, fine(t)), humidity, 16);
    registers.set(
      [
        ...[p, t].flatMap((v) => [v >> 12, v >> 4 & 255, v << 4 & 255]),
        h >> 8,
        h & 255,
      ],
      Register.DATA,
    );
  }

  function get(register: number): number {
    if (done !== undefined && world.now() >= done) {
      measure(done);
      done = undefined;
    }
    if (register === Register.ID) return world.wrongChip() ? 0x61 : 0x60;
    if (register === Register.STATUS) return done === undefined ? 0 : MEASURING;
    return registers[register];
  }

  return {
    // A register, and its value (6.2.1).
    write([register, value]) {
      if (register === undefined) return;
      pointer = register;
      if (value === undefined) return;
      registers[register] = value;
      if (register === Register.CTRL_MEAS && FORCED.includes(value & 3)) {
        done = world.now() + MEASURING_MS;
      }
    },
    read: (length) => Uint8Array.from({ length }, () => get(pointer++)),
  };
}
