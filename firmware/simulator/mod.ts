/**
 * Virtual boards: the firmware, unmodified, in MicroPython on WebAssembly, with a sensor, Wi-Fi, and real TCP.
 *
 * @module
 */
export { type Board, type BoardOptions, startBoard } from "./board.ts";
export { type BoardsOptions, startBoards } from "./boards.ts";
export type { Sensor } from "./sensor_drivers.ts";
export {
  type PlainBoardsCounts,
  type PlainBoardsOptions,
  startPlainBoards,
} from "./plain_boards.ts";
export { openPty, type Pty } from "./pty.ts";
export { type ReplServer, serveRepl } from "./repl_server.ts";
export { chaos, type ChaosOptions } from "./chaos.ts";
export type { ClockOptions } from "./clock.ts";
export type { Faults } from "./faults.ts";
export type { Files } from "./flash.ts";
export { type Light, lux } from "./light.ts";
export type { Network } from "./wlan.ts";
export type { Air, Weather } from "./weather.ts";
