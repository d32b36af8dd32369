/** What can be made to go wrong on a virtual board, and set right again. */
import { type Bridge, BrokerFault, Power, Word } from "./bridge.ts";

/** What can be made to go wrong, and set right again. */
export interface Faults {
  /** Out of range of all access points, or back. Open connections neither end nor carry anything. */
  wifi(lost: boolean): void;
  /** The radio says only that it is connecting, and not why it cannot join. */
  vagueWifi(on: boolean): void;
  /** Looking up a name takes `ms`, and Python waits for it; `Infinity` for ever, 0 for no time. */
  dns(ms: number): void;
  /** The next `count` transfers with a sensor fail, by I²C or by a wire; `Infinity` for all, 0 for none. */
  i2c(count: number): void;
  /** Holds the light at `lux`; undefined gives the scenario back. 200,000 saturates the sensor. */
  light(lux: number | undefined): void;
  /** The chip at the sensor's address says it is another. */
  wrongChip(on: boolean): void;
  /** What the sensors send is damaged on its way. Their checksums show it, if they have any. */
  damaged(on: boolean): void;
  /** No more than `bytes` fit on the flash; undefined for no limit. */
  flashFull(bytes: number | undefined): void;
  /** The broker refuses connections, or takes them and goes silent; undefined: it does as it should. */
  broker(fault: "refuses" | "hangs" | undefined): void;
  /** The broker closes its side of the connections there are. */
  halfClose(): void;
  /** Takes the power away and gives it back. */
  powerCycle(): void;
  /** Presses the reset button. */
  reset(): void;
}

const BROKER_FAULTS = {
  refuses: BrokerFault.REFUSES,
  hangs: BrokerFault.HANGS,
};

/** Makes the faults of a board; `set` changes one of its control words. */
export function makeFaults(
  { light }: Bridge,
  set: (word: number, value: number) => void,
  halfClose: () => void,
): Faults {
  /** A count of which -1 is without end. */
  const endless = (count: number) => count === Infinity ? -1 : count;
  return {
    wifi: (lost) => set(Word.WIFI_LOST, lost ? 1 : 0),
    vagueWifi: (on) => set(Word.WIFI_VAGUE, on ? 1 : 0),
    dns: (ms) => set(Word.DNS_MS, endless(ms)),
    i2c: (count) => set(Word.I2C_FAILS, endless(count)),
    light(lux) {
      light[0] = lux ?? 0;
      set(Word.LIGHT_SET, lux === undefined ? 0 : 1);
    },
    wrongChip: (on) => set(Word.WRONG_CHIP, on ? 1 : 0),
    damaged: (on) => set(Word.DAMAGED, on ? 1 : 0),
    flashFull: (bytes) => set(Word.FLASH_BYTES, bytes ?? -1),
    broker: (fault) =>
      set(Word.BROKER, fault ? BROKER_FAULTS[fault] : BrokerFault.NONE),
    halfClose,
    powerCycle: () => set(Word.POWER, Power.CYCLE),
    reset: () => set(Word.POWER, Power.RESET),
  };
}
