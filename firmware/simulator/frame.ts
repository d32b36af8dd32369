/** What a board is from one boot to the next, and what its modules need of it. */
import type { Answer, Bridge, Request } from "./bridge.ts";
import type { Clock } from "./clock.ts";
import type { Inbox } from "./console_input.ts";
import type { Files } from "./flash.ts";
import type { BoardSetup, FromBoard } from "./messages.ts";
import type { Watchdog } from "./watchdog.ts";
import type { Radio } from "./wlan.ts";

/** What outlives a boot. */
export interface Frame {
  /** What the board is made of. */
  setup: BoardSetup;
  /** What is on the flash at boot. */
  files: Files;
  /** `machine.reset_cause()` */
  cause: number;
  /** When the power came, in milliseconds of `clock`. */
  poweredAt: number;
  /** When its ticks began, in milliseconds of `clock`: a soft reset lets them go on. */
  bootedAt: number;
  /** Whether it boots into the raw REPL, where a soft reset came from. */
  raw: boolean;
  radio: Radio;
  clock: Clock;
  bridge: Bridge;
  inbox: Inbox;
  /** Asks the host, and waits. */
  request(request: Request): Answer;
  post(message: FromBoard): void;
  /** How many seconds the clock was set ahead: a reset spares that. */
  rtc: { ahead: number };
  /** Reads (null) or writes the memory that a reset spares, in hexadecimal digits. */
  rtcMemory(hex: string | null): string;
}

/** What the `_board` module of a life needs of it. */
export interface Pulse {
  /** Throws when the board is to lose its power or its watchdog bites. */
  check(): void;
  /** Whether a Ctrl-C came while Python was busy; it is then spent. */
  interrupted(): boolean;
  watchdog: Watchdog;
  /** Sleeps; returns false if a Ctrl-C ended it. */
  sleep(ms: number): boolean;
  /** The sockets that are open. */
  sockets: Set<number>;
  /** Python has handed its main loop over. */
  looping(): void;
  /** Ends this life. */
  end(cause: number): never;
}
