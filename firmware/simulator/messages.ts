/** What the host and a board's Worker say to each other, besides what is in their shared memory. */
import type { Request } from "./bridge.ts";
import type { ClockOptions } from "./clock.ts";
import type { Files } from "./flash.ts";
import type { Light } from "./light.ts";
import type { Weather } from "./weather.ts";
import type { Network } from "./wlan.ts";

/** What a board is made of; the host sends it first. */
export interface BoardSetup {
  /** The bridge's. */
  memory: SharedArrayBuffer;
  /** What is on its flash. */
  files: Files;
  /** `machine.unique_id()` in hexadecimal digits. */
  uniqueId: string;
  /** The access points in range. */
  wifi: readonly Network[];
  /** The network in its flash from before. */
  storedWifi?: Network;
  /** What falls on its sensor. */
  light: Light;
  /** The air around it. */
  weather: Weather;
  /** How its time goes. */
  clock: ClockOptions;
  /** Signal strength in dBm. */
  rssi: number;
}

/** From the host. A bell tells an idle board to look at its control words. */
export type ToBoard =
  | { setup: BoardSetup }
  | { input: string }
  | { bell: true }
  | { readFiles: true };

/** From the board: requests it waits for, what it prints, the causes of its boots, its files, its end. */
export type FromBoard =
  | { request: Request }
  | { output: string }
  | { booted: number }
  | { files: Files }
  | { off: true }
  | { crashed: string };
