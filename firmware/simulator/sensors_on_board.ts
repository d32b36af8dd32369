/** The sensors of a virtual board, and the buses on which they are: the part of `_board` by which Python reaches them. */
import { Buffer } from "node:buffer";
import * as bh1750 from "./bh1750_model.ts";
import * as bme280 from "./bme280_model.ts";
import { Word } from "./bridge.ts";
import { dhtBytes } from "./dht_model.ts";
import { ds18b20 } from "./ds18b20_model.ts";
import { Errno } from "./errno.ts";
import type { Frame } from "./frame.ts";
import { lux } from "./light.ts";
import * as scd4x from "./scd4x_model.ts";
import type { Chip, Surroundings } from "./surroundings.ts";
import * as tsl2591 from "./tsl2591_model.ts";
import { air } from "./weather.ts";

/** How each chip on I²C is made, by its address. */
const CHIPS: Record<number, (world: Surroundings) => Chip> = {
  [bh1750.ADDRESS]: bh1750.bh1750,
  [bme280.ADDRESS]: bme280.bme280,
  [scd4x.ADDRESS]: scd4x.scd4x,
  [tsl2591.ADDRESS]: tsl2591.tsl2591,
};

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");

/** The ADC, and what hangs on I²C and on single pins. */
export function bus({ bridge, clock, setup }: Frame) {
  const word = (index: number) => Atomics.load(bridge.words, index);
  const world: Surroundings = {
    now: () => clock.now(),
    lux: (at) =>
      word(Word.LIGHT_SET) ? bridge.light[0] : lux(setup.light, at / 1000),
    air: (at) => air(setup.weather, at / 1000),
    wrongChip: () => word(Word.WRONG_CHIP) === 1,
    damaged: () => word(Word.DAMAGED) === 1,
  };
  const chips = new Map(
    Object.entries(CHIPS).map(([address, make]) =>
      [Number(address), make(world)] as const
    ),
  );
  const wire = ds18b20(world);
  /** Whether a transfer fails; counts it. */
  const fails = () => {
    const left = word(Word.I2C_FAILS);
    if (left > 0) Atomics.sub(bridge.words, Word.I2C_FAILS, 1);
    return left !== 0;
  };
  return {
    adc: () => word(Word.ADC),
    i2c(address: number, out: string, length: number) {
      const chip = chips.get(address);
      if (!chip || fails()) return -Errno.ENODEV;
      chip.write(Buffer.from(out, "hex"));
      return hex(chip.read(length));
    },
    onewire_reset() {
      if (fails()) return 0;
      wire.reset();
      return 1;
    },
    onewire_write(byte: number) {
      wire.write(byte);
      return 0;
    },
    onewire_read: () => wire.read(),
    dht: (kind: number) =>
      fails()
        ? -Errno.ETIMEDOUT
        : hex(dhtBytes(kind === 11 ? "dht11" : "dht22", world)),
  };
}
