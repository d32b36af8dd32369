/** The ways in which a boot ends. Thrown through MicroPython, they unwind it for good: Python cannot catch them. */

/** `machine.reset_cause()`, as numbered on the ESP8266. */
export const ResetCause = {
  POWER_ON: 0,
  WATCHDOG: 1,
  SOFT: 4,
  HARD: 6,
} as const;

/** The board starts again. */
export class Reset {
  /** Makes a reset of this cause; in the raw REPL a soft one stays there. */
  constructor(readonly cause: number, readonly raw = false) {}
}

/** The board is switched off. */
export class PowerOff {}
